package report

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"regulars/internal/base/locale"
)

func TestALetterShowsThePictureAtAGlance(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]*Picture{"example": examplePicture(), "one order": oneOrder(), "hostile": hostile()} {
		for _, tag := range locale.Tags() {
			l, err := locale.Get(tag)
			if err != nil {
				t.Fatal(err)
			}
			m, err := Letter(p, l, "Café <b>Olga</b>", "https://shop.example/picture", "https://shop.example/letters")
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(m.Text+m.HTML+m.Subject, "⟦") || strings.ContainsAny(m.Subject, "\n\r") || !strings.HasPrefix(m.Subject, "Café <b>Olga</b>") {
				t.Errorf("%s, %s: %s\n%s", name, tag, m.Subject, m.Text)
			}
			if strings.Contains(m.HTML, "<b>Olga") || strings.Contains(m.HTML, "<script") || strings.Contains(m.HTML, "ZgotmplZ") {
				t.Errorf("%s, %s: the page has what it was not to have:\n%s", name, tag, m.HTML)
			}
			if !strings.Contains(m.Text, "https://shop.example/picture") || !strings.Contains(m.HTML, `href="https://shop.example/letters"`) {
				t.Errorf("%s, %s: the addresses are missing", name, tag)
			}
			if n := strings.Count(m.HTML, `src="cid:`); n != len(m.Pictures) || name == "example" && n < 5 {
				t.Errorf("%s, %s: %d pictures are shown, %d go along", name, tag, n, len(m.Pictures))
			}
			for _, picture := range m.Pictures {
				if !strings.Contains(m.HTML, `"cid:`+picture.Name+`"`) {
					t.Errorf("%s is not shown", picture.Name)
				}
				drawn, err := png.Decode(bytes.NewReader(picture.PNG))
				if err != nil {
					t.Fatal(err)
				}
				line := 0
				for x := range trendWidth {
					for y := range trendHeight {
						if drawn.At(x, y) == colour("accent") {
							line++
						}
					}
				}
				if line < trendWidth/2 && name == "example" {
					t.Errorf("%s has a line of %d dots", picture.Name, line)
				}
			}
		}
	}
}
