package report

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"io"

	"regulars/internal/base/chart"
	"regulars/internal/base/locale"
	"regulars/internal/measure/page"
)

//go:embed html/*.gohtml
var htmlFiles embed.FS

// HTML writes the picture as one self-contained page: no script, nothing fetched, light and dark, fit for print.
// Without a renderer of charts (nil) the page says so, and its tables still show everything.
func HTML(w io.Writer, p *Picture, l *locale.Locale, charts *chart.Renderer) error {
	b := newHTMLBuilder(p, l)
	shown := b.page(charts != nil)
	if charts != nil {
		if err := drawAll(context.Background(), charts, b.drawings); err != nil {
			return err
		}
	}
	t, err := htmlTemplates(l)
	if err != nil {
		return err
	}
	// A page that fails half-way must not be half written.
	var buf bytes.Buffer
	if err := t.ExecuteTemplate(&buf, "page.gohtml", shown); err != nil {
		return err
	}
	_, err = buf.WriteTo(w)
	return err
}

// Glance writes what the picture opens with as a part of another page: the finding, what changed, and the figures that
// matter most, each of which leads to where it stands by itself. The page has the style sheet of
// package page.
func Glance(w io.Writer, p *Picture, l *locale.Locale, at func(key string) string) error {
	t, err := htmlTemplates(l)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	view := struct {
		View *pageView
		At   func(key string) string
	}{newHTMLBuilder(p, l).page(false), at}
	if err := t.ExecuteTemplate(&buf, "glance", view); err != nil {
		return err
	}
	_, err = buf.WriteTo(w)
	return err
}

func htmlTemplates(l *locale.Locale) (*template.Template, error) {
	t, err := page.Templates(l)
	if err != nil {
		return nil, err
	}
	return t.Funcs(template.FuncMap{"token": token}).ParseFS(htmlFiles, "html/*.gohtml")
}
