package portal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"regulars/internal/act/member"
	"regulars/internal/base/db"
	"regulars/internal/measure/page"
)

func (v *visit) accent() string {
	if v.settings.Accent == "" {
		return member.UsualAccent
	}
	return v.settings.Accent
}

func (v *visit) stylesheet() error {
	v.w.Header().Set("Content-Type", "text/css; charset=utf-8")
	v.w.Header().Set("Cache-Control", "private, max-age=60")
	accent := v.accent()
	_, _ = fmt.Fprintf(v.w, "%s\n:root { --brand: %s; --brand-ink: %s; --accent: %s; }\n@media screen and (prefers-color-scheme: dark) { :root { --accent: %s; } }\n", // who has gone needs no answer
		v.Style, accent, member.Ink(accent), member.Readable(accent, page.Token("page"), page.Token("panel")), member.Readable(accent, page.DarkToken("page"), page.DarkToken("panel")))
	return nil
}

// icon stands for the pages on a phone: the first letter of the business on its colour.
func (v *visit) icon() error {
	letter := []rune(v.name())[:1]
	v.w.Header().Set("Content-Type", "image/svg+xml")
	v.w.Header().Set("Cache-Control", "private, max-age=3600")
	text := map[string]string{"<": "&lt;", "&": "&amp;"}[string(letter)]
	if text == "" {
		text = string(letter)
	}
	_, _ = fmt.Fprintf(v.w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" fill="%s"/><text x="256" y="256" fill="%s" font-family="sans-serif" font-size="280" text-anchor="middle" dominant-baseline="central">%s</text></svg>`,
		v.accent(), member.Ink(v.accent()), text)
	return nil
}

// picture is one that was made of the logo of the business.
func (v *visit) picture(name string) error {
	var p member.Picture
	if err := v.read(func(tx *db.Tx) (err error) { p, err = member.LoadPicture(tx, name); return err }); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "image/png")
	v.w.Header().Set("Cache-Control", "public, max-age=300")
	http.ServeContent(v.w, v.r, "", p.Updated, bytes.NewReader(p.Content))
	return nil
}

func (v *visit) logo() error      { return v.picture(member.Logo) }
func (v *visit) smallIcon() error { return v.picture(member.SmallIcon) }
func (v *visit) largeIcon() error { return v.picture(member.LargeIcon) }

// manifest lets a phone install the pages.
func (v *visit) manifest() error {
	icons := []map[string]string{{"src": "/my/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}}
	if v.hasLogo {
		icons = []map[string]string{{"src": "/my/icon-192.png", "sizes": "192x192", "type": "image/png", "purpose": "any"},
			{"src": "/my/icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any"}}
	}
	v.w.Header().Set("Content-Type", "application/manifest+json")
	return json.NewEncoder(v.w).Encode(map[string]any{ //nolint:wrapcheck // who has gone needs no answer
		"name": v.name(), "short_name": v.name(), "start_url": "/my/", "scope": "/my/", "display": "standalone", "lang": v.l.Tag(),
		"background_color": "#faf7f2", "theme_color": v.accent(),
		"icons": icons,
	})
}
