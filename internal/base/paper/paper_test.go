package paper_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"pgregory.net/rapid"

	"regulars/internal/base/fault"
	"regulars/internal/base/paper"
)

var made = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

func labels(n int) paper.Labels {
	l := paper.Labels{Business: "Café Olga", Thanks: "Thank you for your order! Scan the code to collect your points.", Gives: "50 points", Until: "Good until 31 January 2027"}
	for i := range n {
		code := fmt.Sprintf("ABCD-EFGH-%04d", i)
		l.Codes = append(l.Codes, paper.Label{Link: "https://club.example.com/my/code/" + code, Code: code})
	}
	return l
}

func drawn(t *testing.T, p *paper.Page) string {
	t.Helper()
	var out bytes.Buffer
	if err := p.SVG(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// keep writes what was drawn to where somebody wants to look at it.
func keep(t *testing.T, name string, content []byte) {
	t.Helper()
	if to := os.Getenv("REGULARS_PICTURES"); to != "" {
		if err := os.WriteFile(filepath.Join(to, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestASheetHasEveryLabel(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 20, 21, 22, 63, 64} {
		l := labels(n)
		pages, err := l.Pages()
		if err != nil {
			t.Fatal(err)
		}
		if want := (n + 20) / 21; len(pages) != want || paper.Sheets(n) != want {
			t.Errorf("%d labels on %d sheets, want %d", n, len(pages), want)
		}
		all := ""
		for i := range pages {
			all += drawn(t, &pages[i])
		}
		for i := range l.Codes {
			if strings.Count(all, ">"+l.Codes[i].Code+"<") != 1 {
				t.Errorf("%s is not there once", l.Codes[i].Code)
			}
		}
		if got := strings.Count(all, "shape-rendering"); got != n {
			t.Errorf("%d codes are drawn for %d labels", got, n)
		}
		var out bytes.Buffer
		if err := paper.PDF(&out, "Labels", made, pages); err != nil {
			t.Fatal(err)
		}
		if got := len(regexp.MustCompile(`/Type /Page\b`).FindAll(out.Bytes(), -1)); !bytes.HasPrefix(out.Bytes(), []byte("%PDF-1.")) || got != len(pages) {
			t.Errorf("the document has %d pages for %d", got, len(pages))
		}
		keep(t, fmt.Sprintf("labels-%d.pdf", n), out.Bytes())
		keep(t, fmt.Sprintf("labels-%d.svg", n), []byte(drawn(t, &pages[0])))
	}
}

func TestTheSameSheetIsTheSameDocument(t *testing.T) {
	t.Parallel()
	var before []byte
	for range 2 {
		l := labels(30)
		pages, err := l.Pages()
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := paper.PDF(&out, "Labels", made, pages); err != nil {
			t.Fatal(err)
		}
		if before != nil && !bytes.Equal(before, out.Bytes()) {
			t.Error("drawn twice it is not the same")
		}
		before = out.Bytes()
	}
}

var scripts = map[string]string{"la": "Thank you, grâce à vous", "el": "Σας ευχαριστούμε για την παραγγελία", "ru": "Спасибо за заказ", "mk": "Ви благодариме, ќе се видиме! Ѓ Ѕ Љ Њ Џ"}

func TestAPDFHasTheLettersOfEurope(t *testing.T) {
	t.Parallel()
	for name, says := range scripts {
		i := paper.Insert{Business: "Café Olga", Greeting: says, Thanks: says, Has: []string{"120 · " + says}, Link: "https://club.example.com/my/", Brings: []string{says}}
		p, err := i.Page()
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := paper.PDF(&out, says, made, []paper.Page{p}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		keep(t, "insert-"+name+".pdf", out.Bytes())
	}
}

// A sign that the font lacks is said, and drawn as a picture.
func TestWhatTheFontLacksIsSaid(t *testing.T) {
	t.Parallel()
	l := labels(2)
	l.Thanks = "感谢您的订单！扫描二维码即可领取积分，祝您愉快。"
	pages, err := l.Pages()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = paper.PDF(&out, "Labels", made, pages)
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != "font_lacks" || !strings.Contains(err.Error(), "感谢您") || out.Len() != 0 {
		t.Errorf("%v, and %d bytes", err, out.Len())
	}
	svg := drawn(t, &pages[0])
	if !strings.Contains(svg, "感谢您") {
		t.Error("the picture lacks them too")
	}
	keep(t, "labels-zh.svg", []byte(svg))
}

func TestAnInsertSaysWhatItIsTold(t *testing.T) {
	t.Parallel()
	i := paper.Insert{Business: "Café Olga & <Sons>", Greeting: "Dear Ada,", Thanks: "thank you for being with us. This is what you have:", Has: []string{"120 points", "3 stamps"},
		Brings: []string{"Bring a friend: you both get 50 points."}, Link: "https://club.example.com/my/join?ref=ABCDEFGH", Code: "ABCDEFGH"}
	p, err := i.Page()
	if err != nil {
		t.Fatal(err)
	}
	svg := drawn(t, &p)
	for _, says := range []string{"Café Olga &amp; &lt;Sons&gt;", "Dear Ada,", "120 points", "3 stamps", "ABCDEFGH", "Bring a friend"} {
		if !strings.Contains(svg, says) {
			t.Errorf("it does not say %q", says)
		}
	}
	var out bytes.Buffer
	if err := paper.PDF(&out, "Insert", made, []paper.Page{p}); err != nil {
		t.Error(err)
	}
	keep(t, "insert.svg", []byte(svg))
	keep(t, "insert.pdf", out.Bytes())
}

// places are where texts stand in a picture.
func places(svg string) (all [][3]float64, err error) {
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "text" {
			continue
		}
		var at [3]float64
		for _, a := range e.Attr {
			for i, name := range []string{"x", "y", "font-size"} {
				if a.Name.Local == name {
					if at[i], err = strconv.ParseFloat(a.Value, 64); err != nil {
						return nil, err
					}
				}
			}
		}
		all = append(all, at)
	}
}

// Whatever is written, it stays on the label, and the picture is sound XML.
func TestNothingRunsOverTheEdge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringOfN(rapid.SampledFrom([]rune("aWé Ω яж谢 . ,-<&\"…\u00a0")), 0, 300, -1)
		l := paper.Labels{Business: words.Draw(t, "business"), Thanks: words.Draw(t, "thanks"), Gives: words.Draw(t, "gives"), Until: words.Draw(t, "until"),
			Codes: []paper.Label{{Link: "https://example.com/my/code/AAAABBBBCCCC", Code: "AAAA-BBBB-CCCC"}}}
		pages, err := l.Pages()
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := pages[0].SVG(&out); err != nil {
			t.Fatal(err)
		}
		all, err := places(out.String())
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range all {
			if at[0] < 7 || at[0] > 7.25+63.5 || at[1] < 15.15+1 || at[1] > 15.15+38.1 || at[2] < 1.9 {
				t.Fatalf("a text of %.1f mm stands at %.1f, %.1f", at[2], at[0], at[1])
			}
		}
	})
}

// What is printed is read by a reader of another maker, whatever the link is, also where capital letters and digits alone would
// be packed closer.
func TestACodeIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		link := rapid.StringMatching(`https://[a-z]{1,20}\.example\.com/my/code/[A-Z2-9]{4,20}|[0-9]{1,40}|[A-Z0-9]{1,60}`).Draw(r, "link")
		l := paper.Labels{Business: "Café", Codes: []paper.Label{{Link: link, Code: "A"}}}
		pages, err := l.Pages()
		if err != nil {
			r.Fatal(err)
		}
		if got := scanned(t, drawn(t, &pages[0])); got != link {
			r.Fatalf("%q is read as %q", link, got)
		}
	})
}

var codeOfSheet = regexp.MustCompile(`viewBox="0 0 (\d+) \d+" shape-rendering="crispEdges"><path d="([^"]*)"`)

// scanned reads the first code of a picture as a camera would see it: four points a module.
func scanned(t *testing.T, svg string) string {
	t.Helper()
	const point = 4
	found := codeOfSheet.FindStringSubmatch(svg)
	if found == nil {
		t.Fatalf("no code in %s", svg)
	}
	side, err := strconv.Atoi(found[1])
	if err != nil {
		t.Fatal(err)
	}
	seen := image.NewGray(image.Rect(0, 0, side*point, side*point))
	draw.Draw(seen, seen.Rect, image.White, image.Point{}, draw.Src)
	for _, run := range strings.Split(strings.TrimSuffix(found[2], "z"), "z") {
		var x, y, n int
		if _, err := fmt.Sscanf(run, "M%d %dh%d", &x, &y, &n); err != nil {
			t.Fatal(err)
		}
		draw.Draw(seen, image.Rect(x*point, y*point, (x+n)*point, (y+1)*point), image.Black, image.Point{}, draw.Src)
	}
	bits, err := gozxing.NewBinaryBitmapFromImage(seen)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bits, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result.GetText()
}
