package portal

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"regulars/internal/act/member"
)

func (v *visit) accent() string {
	if v.settings.Accent == "" {
		return member.UsualAccent
	}
	return v.settings.Accent
}

// ink is black or white, whichever is easier to read on the colour (WCAG 2.2, relative luminance).
func ink(colour string) string {
	const half = 0.179 // where both contrast equally
	if luminance(colour) > half {
		return "#000000"
	}
	return "#ffffff"
}

func luminance(colour string) (sum float64) {
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return 0
		}
		c := float64(n) / math.MaxUint8
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func (v *visit) stylesheet() error {
	v.w.Header().Set("Content-Type", "text/css; charset=utf-8")
	v.w.Header().Set("Cache-Control", "private, max-age=60")
	_, _ = fmt.Fprintf(v.w, "%s\n:root { --brand: %s; --brand-ink: %s; }\n", v.style, v.accent(), ink(v.accent())) // who has gone needs no answer
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
		v.accent(), ink(v.accent()), text)
	return nil
}

// manifest lets a phone install the pages.
func (v *visit) manifest() error {
	v.w.Header().Set("Content-Type", "application/manifest+json")
	return json.NewEncoder(v.w).Encode(map[string]any{ //nolint:wrapcheck // who has gone needs no answer
		"name": v.name(), "short_name": v.name(), "start_url": "/my/", "scope": "/my/", "display": "standalone", "lang": v.l.Tag(),
		"background_color": "#faf7f2", "theme_color": v.accent(),
		"icons": []map[string]string{{"src": "/my/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}},
	})
}
