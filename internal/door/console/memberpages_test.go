package console_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"regulars/internal/act/member"
	"regulars/internal/act/member/membertest"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/schema/schematest"
)

// sign is a picture of so many dots, as a file.
func sign(t *testing.T, width, height int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A logo is brought, seen, replaced and taken away; what is none is refused with what to do.
func TestALogoIsBroughtAndTakenAway(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		const page, to = "/member-pages", "/member-pages/logo"
		owner.get(page).wants(t, http.StatusOK, page, "There is none yet", `enctype="multipart/form-data"`)
		for name, c := range map[string]struct{ file, says string }{
			"":         {"", "Choose a file first"},
			"logo.svg": {`<svg xmlns="http://www.w3.org/2000/svg"/>`, "A logo is a picture as PNG, JPEG, WebP"},
			"logo.gif": {"GIF89a", "A logo is a picture as PNG, JPEG, WebP"},
			"half.png": {sign(t, 99, 99)[:60], "cannot be read"},
			"thin.png": {sign(t, 3, 900), "too few dots or too many"},
			"long.png": {strings.Repeat("x", member.LogoMost+1), "larger than 2 MB"},
			"huge.png": {strings.Repeat("x", member.LogoMost+200_000), "larger than 2 MB"},
		} {
			if p := owner.brings(to, name, c.file).wants(t, http.StatusUnprocessableEntity, to, c.says); !strings.Contains(p.text, `id="logo-error"`) {
				t.Errorf("%s: it is not said beside the field", name)
			}
		}
		kept := func() (p member.Picture, there bool) {
			s.write(t, func(tx *db.Tx) (err error) { p, there, err = member.LogoShown(tx); return err })
			return p, there
		}
		for _, width := range []int{300, 200} {
			owner.brings(to, "logo.png", sign(t, width, 60)).wants(t, http.StatusOK, page, "Saved", "/my/logo.png?", "Take the logo away")
			if p, there := kept(); !there || p.Width != width {
				t.Errorf("%+v", p)
			}
		}
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...).May(account.ProgrammeWrite)
			who := s.signedIn(t, owner, role)
			if p := who.brings(to, "logo.png", sign(t, 100, 60)); (p.status == http.StatusOK) != may {
				t.Errorf("%s brings a logo with %d", role, p.status)
			}
			if p := who.post(to + "/remove"); (p.status == http.StatusOK) != may {
				t.Errorf("%s takes it away with %d", role, p.status)
			}
		}
		owner.post(to+"/remove").wants(t, http.StatusOK, page, "There is none yet")
		if _, there := kept(); there {
			t.Error("it was taken away")
		}
		if s.entries(t, "settings.update") < 3 {
			t.Error("the trail does not tell of it")
		}
	})
}

// Whatever is brought as a logo, over HTTP, becomes a right one or is refused with words beside the field.
func TestWhateverIsBroughtToThePageAsALogo(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	owner := s.owner(t)
	const page, to = "/member-pages", "/member-pages/logo"
	says := map[string]string{"logo_kind": "A logo is a picture as PNG, JPEG, WebP", "logo_broken": "the file is damaged, or it moves", "logo_size": "too few dots or too many", "logo_large": "larger than 2 MB"}
	for _, file := range membertest.Files() {
		if file.Code != "" {
			if p := owner.brings(to, file.Name, string(file.Content)).wants(t, http.StatusUnprocessableEntity, to, says[file.Code]); !strings.Contains(p.text, `id="logo-error"`) {
				t.Errorf("%s: it is not said beside the field", file.Name)
			}
			continue
		}
		owner.brings(to, file.Name, string(file.Content)).wants(t, http.StatusOK, page, "Saved")
		s.write(t, func(tx *db.Tx) error {
			p, _, err := member.LogoShown(tx)
			if p.Width != file.Width || p.Height != file.Height {
				t.Errorf("%s: %d × %d", file.Name, p.Width, p.Height)
			}
			return err
		})
	}
	// What is no form of a file at all, and a form that is cut off.
	owner.post(to, "logo", "x").wants(t, http.StatusUnprocessableEntity, to, "Choose a file first")
	for _, body := range []string{"", "--x\r\n", "--x\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"a.png\"\r\n\r\n\x89PNG"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+to, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		r.Header.Set("Origin", s.URL)
		if p := owner.do(r); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, `id="logo-error"`) {
			t.Errorf("%q: %d %s", body, p.status, p.text)
		}
	}
}

// What greets members, and what they agree to, is said in their language where the business said it.
func TestGreetingAndTermsInOtherLanguages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		const page = "/member-pages"
		save := func(typed ...string) shown {
			all := append([]string{"open", "yes", "greeting", "Welcome", "terms", "Be kind.", "greeting_translations.el", " Καλώς <b>ήρθατε ", "terms_translations.zh", "请友善。"}, typed...)
			return owner.post(page, owner.get(page).from(t, all...)...) // of one field the last counts
		}
		saved := save().wants(t, http.StatusOK, page, "Saved", "Καλώς <b>ήρθατε", "请友善。")
		if !strings.Contains(saved.text, `<details open`) && !strings.Contains(saved.text, ` open>`) {
			t.Errorf("what holds something is closed: %s", saved.text)
		}
		save("greeting_translations.ru", strings.Repeat("ы", 501)).wants(t, http.StatusUnprocessableEntity, page, "too long", strings.Repeat("ы", 501))
		save("terms_translations.ru", strings.Repeat("ы", 50_000), "terms_translations.mk", strings.Repeat("ѓ", 50_000)).wants(t, http.StatusOK, page, "Saved")
		var now member.Settings
		s.write(t, func(tx *db.Tx) (err error) { now, err = member.Load(tx); return err })
		for language, want := range map[string][2]string{"en": {"Welcome", "Be kind."}, "el": {"Καλώς <b>ήρθατε", "Be kind."}, "zh": {"Welcome", "请友善。"}} {
			if in := now.In(language); in.Greeting != want[0] || in.Terms != want[1] {
				t.Errorf("%s: %q and %.40q", language, in.Greeting, in.Terms)
			}
		}
		save("greeting_translations.el", "").wants(t, http.StatusOK, page, "Saved")
		s.write(t, func(tx *db.Tx) (err error) { now, err = member.Load(tx); return err })
		if len(now.GreetingTranslations) != 0 || len(now.TermsTranslations) != 1 {
			t.Errorf("%d and %d are left", len(now.GreetingTranslations), len(now.TermsTranslations))
		}
	})
}
