package api_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"strings"
	"testing"

	"regulars/client"
	"regulars/internal/act/member/membertest"
	"regulars/internal/base/account"
)

// sign is a picture of so many dots, as PNG.
func sign(t *testing.T, width, height int) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range width {
		m.Set(i, height/2, color.NRGBA{0x7a, 0x1f, 0x5c, 0xff})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A logo is set as a body or by a form, read as it is shown, and taken away; nothing that hides in the file is kept, and what is no
// picture is refused as the page refuses it.
func TestTheLogoIsSetOverTheAPI(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		const at = "/v1/member-pages/logo"
		if _, err := s.Logo(t.Context()); client.Code(err) != "not_set" {
			t.Errorf("before there is one: %v", err)
		}
		shown := func(width, height int) {
			t.Helper()
			content, err := s.Logo(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			m, err := png.Decode(bytes.NewReader(content))
			if err != nil || m.Bounds().Dx() != width || m.Bounds().Dy() != height || bytes.Contains(content, []byte("script")) {
				t.Errorf("%v, %v", m.Bounds(), err)
			}
		}
		if err := s.SetLogo(t.Context(), bytes.NewReader(append(sign(t, 960, 100), "<script>alert(1)</script>"...))); err != nil {
			t.Fatal(err)
		}
		shown(480, 50)
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		part, err := w.CreateFormFile("logo", "../../etc/logo.png")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(sign(t, 60, 20))
		_ = w.Close()
		if status, _, body := s.call(request{method: "PUT", path: at, body: form.String(), head: map[string]string{"Content-Type": w.FormDataContentType()}}); status/100 != 2 {
			t.Errorf("by a form: %d %s", status, body)
		}
		shown(60, 20)
		if status, head, _ := s.call(request{method: "GET", path: at}); status != 200 || head.Get("Content-Type") != "image/png" {
			t.Errorf("%d %v", status, head)
		}
		huge := bytes.Clone(sign(t, 20, 20))
		copy(huge[16:24], []byte{0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff}) // 65,535 each way, says the head
		for _, c := range []struct{ what, file, code string }{
			{"a drawing", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, "logo_kind"},
			{"nothing", "", "logo_kind"},
			{"what moves", "GIF89a", "logo_kind"},
			{"half a picture", string(sign(t, 200, 200)[:80]), "logo_broken"},
			{"a picture of few dots", string(sign(t, 200, 8)), "logo_size"},
			{"a large file", strings.Repeat("x", (2<<20)+1), "logo_large"},
		} {
			s.refused(c.what, request{method: "PUT", path: at, body: c.file, head: map[string]string{"Content-Type": "image/png"}}, 422, c.code, "logo")
		}
		if err := s.SetLogo(t.Context(), bytes.NewReader(huge)); client.Code(err) != "logo_broken" && client.Code(err) != "logo_size" {
			t.Errorf("a picture that fills the memory: %v", err)
		}
		shown(60, 20)
		reader := client.New(s.url, s.newKey(account.ProgrammeRead))
		if _, err := reader.Logo(t.Context()); err != nil {
			t.Error(err)
		}
		for _, err := range []error{reader.SetLogo(t.Context(), bytes.NewReader(sign(t, 30, 30))), reader.RemoveLogo(t.Context())} {
			if client.Code(err) != "not_allowed" {
				t.Errorf("who may only read: %v", err)
			}
		}
		for range 2 {
			if err := s.RemoveLogo(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if _, err := s.Logo(t.Context()); client.Code(err) != "not_set" {
			t.Errorf("taken away: %v", err)
		}
	})
}

// Whatever is brought as a logo, over HTTP, becomes a right one or is refused with a code; what it is said to be does not matter.
func TestWhateverIsBroughtOverTheAPIAsALogo(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	const at = "/v1/member-pages/logo"
	for _, file := range membertest.Files() {
		for _, kind := range []string{"image/png", "image/svg+xml", "text/html", ""} {
			put := request{method: "PUT", path: at, body: string(file.Content), head: map[string]string{"Content-Type": kind}}
			if file.Code != "" {
				s.refused(file.Name, put, 422, file.Code, "logo")
				continue
			}
			if status, _, body := s.call(put); status/100 != 2 {
				t.Errorf("%s as %q: %d %s", file.Name, kind, status, body)
				continue
			}
			content, err := s.Logo(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if m, err := png.Decode(bytes.NewReader(content)); err != nil || m.Bounds().Dx() != file.Width || m.Bounds().Dy() != file.Height {
				t.Errorf("%s as %q: %v, %v", file.Name, kind, m.Bounds(), err)
			}
		}
	}
	s.refused("far too much", request{method: "PUT", path: at, body: strings.Repeat("x", 20<<20), head: map[string]string{"Content-Type": "image/png"}}, 422, "logo_large", "logo")
	s.refused("a form without a file", request{method: "PUT", path: at, body: "--x--\r\n", head: map[string]string{"Content-Type": "multipart/form-data; boundary=x"}}, 400, "malformed", "")
	s.refused("a form that is none", request{method: "PUT", path: at, body: "nonsense", head: map[string]string{"Content-Type": "multipart/form-data"}}, 400, "malformed", "")
}
