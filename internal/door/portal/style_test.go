package portal_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"testing"

	"regulars/internal/act/member"
	"regulars/internal/base/browsertest"
	"regulars/internal/base/db"
	"regulars/internal/record/schema/schematest"
)

// brand brings a logo, of a colour that cannot be read on white.
func (s *shop) brand() {
	s.t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 480, 160))
	draw.Draw(m, image.Rect(40, 40, 440, 120), image.NewUniform(color.NRGBA{0x7a, 0x1f, 0x5c, 0xff}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		s.t.Fatal(err)
	}
	all, err := member.DrawLogo(b.Bytes())
	if err != nil {
		s.t.Fatal(err)
	}
	s.write(func(tx *db.Tx) error {
		if err := member.SaveLogo(tx, all); err != nil {
			return err
		}
		now, err := member.Load(tx)
		if err != nil {
			return err
		}
		now.Accent = "#ffe600"
		return member.Save(tx, now)
	})
}

// The logo stands on every page, and is the icon of the installed one; without it there is the name.
func TestPagesHaveTheLogo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.phone()
		icons := func() (all []string) {
			var m struct {
				Icons []struct{ Src, Sizes, Type string } `json:"icons"`
			}
			if err := json.Unmarshal([]byte(p.get("/my/manifest.webmanifest").raw), &m); err != nil {
				t.Fatal(err)
			}
			for _, i := range m.Icons {
				all = append(all, i.Src+" "+i.Sizes+" "+i.Type)
			}
			return all
		}
		if raw := p.get("/my/join").raw; strings.Contains(raw, "<img") || !strings.Contains(raw, `<a href="/my/">Café Olga</a>`) {
			t.Error(raw)
		}
		if all := icons(); !slices.Equal(all, []string{"/my/icon.svg any image/svg+xml"}) {
			t.Error(all)
		}
		p.get("/my/logo.png").wants(t, http.StatusNotFound, "/my/logo.png")
		s.brand()
		for _, path := range []string{"/my/", "/my/join", "/my/sign-in", "/my/draws", "/my/none"} {
			if raw := p.get(path).raw; !strings.Contains(raw, `alt="Café Olga"`) || !strings.Contains(raw, `src="/my/logo.png?`) {
				t.Errorf("%s: %s", path, raw)
			}
		}
		if all := icons(); !slices.Equal(all, []string{"/my/icon-192.png 192x192 image/png", "/my/icon-512.png 512x512 image/png"}) {
			t.Error(all)
		}
		for path, want := range map[string][2]int{"/my/logo.png": {480, 160}, "/my/icon-192.png": {192, 192}, "/my/icon-512.png": {512, 512}} {
			answer, err := p.Get(s.URL + path)
			if err != nil {
				t.Fatal(err)
			}
			c, err := png.DecodeConfig(answer.Body)
			_ = answer.Body.Close()
			if err != nil || c.Width != want[0] || c.Height != want[1] || answer.Header.Get("Content-Type") != "image/png" || answer.Header.Get("Last-Modified") == "" {
				t.Errorf("%s: %+v, %v, %v", path, c, answer.Header, err)
			}
		}
		style := p.get("/my/style.css").raw
		if !strings.Contains(style, "--brand: #ffe600; --brand-ink: #000000;") || strings.Contains(style, "--accent: #ffe600; }\n@media") || !strings.Contains(style, ":root { --accent: #ffe600; } }") {
			t.Errorf("yellow is read on the dark ground, and mended for the light one: %s", style[len(style)-200:])
		}
		s.write(func(tx *db.Tx) error { return member.Save(tx, member.Settings{}) })
		p.get("/my/join").wants(t, http.StatusNotFound, "/my/join")
		p.get("/my/logo.png").wants(t, http.StatusOK, "/my/logo.png") // the settings show it
	})
}

// TestTheLogoInABrowser looks at pages with a logo and a colour that cannot be read as it is.
func TestTheLogoInABrowser(t *testing.T) {
	t.Parallel()
	b := browsertest.Open(t)
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	s.brand()
	for _, l := range []browsertest.Look{
		{Name: "logo", Path: "/my/", Tag: "en", Scheme: "light", Width: browsertest.Phone},
		{Name: "logo-join", Path: "/my/join", Tag: "ru", Scheme: "light", Width: browsertest.Desk},
		{Name: "logo-join", Path: "/my/join", Tag: "el", Scheme: "dark", Width: browsertest.Small},
	} {
		b.At(t, s.URL, l)
	}
}
