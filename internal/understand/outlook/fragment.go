package outlook

import (
	"bytes"
	"html/template"

	"regulars/internal/base/locale"
	"regulars/internal/measure/page"
	"regulars/internal/understand/predict"
)

// Fragment is an outlook in parts, for a page that has a frame of its own and lists customers itself.
type Fragment struct {
	Subtitle, Headline, Lead string
	WorthIntro, LeavingIntro string
	Tiles, Trust             template.HTML // empty where there is too little data
}

// FragmentOf makes it. The outlook needs no scores.
func FragmentOf(p *Page, l *locale.Locale) (*Fragment, error) {
	say := words{p, l}
	if p.Lack != predict.NothingLacks {
		return &Fragment{Headline: say.lack()}, nil
	}
	t, err := page.Templates(l)
	if err != nil {
		return nil, err
	}
	if t, err = t.ParseFS(htmlFiles, "html/*.gohtml"); err != nil {
		return nil, err //nolint:wrapcheck // the files are ours
	}
	v := &pageView{}
	say.whole(v)
	v.Parts = []partView{say.trustView(), say.howView()}
	f := &Fragment{Subtitle: say.subtitle(), Headline: v.Headline, Lead: v.Lead, WorthIntro: say.worthIntro(), LeavingIntro: say.leavingIntro()}
	for _, part := range []struct {
		name string
		to   *template.HTML
	}{{"tiles", &f.Tiles}, {"parts", &f.Trust}} {
		var out bytes.Buffer
		if err := t.ExecuteTemplate(&out, part.name, v); err != nil {
			return nil, err //nolint:wrapcheck // the templates are ours
		}
		*part.to = template.HTML(out.String()) //nolint:gosec // of a template that escapes
	}
	return f, nil
}
