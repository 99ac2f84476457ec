package report

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"io"
	"strings"

	"regulars/internal/base/chart"
	"regulars/internal/base/locale"
)

//go:embed html/*.gohtml html/*.css
var htmlFiles embed.FS

// HTML writes the picture as one self-contained page: no script, nothing fetched, light and dark, fit for print.
// Without a renderer of charts (nil) the page says so, and its tables still show everything.
func HTML(w io.Writer, p *Picture, l *locale.Locale, charts *chart.Renderer) error {
	b := newHTMLBuilder(p, l)
	page := b.page(charts != nil)
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
	if err := t.ExecuteTemplate(&buf, "page.gohtml", page); err != nil {
		return err
	}
	_, err = buf.WriteTo(w)
	return err
}

func htmlTemplates(l *locale.Locale) (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{
		"T": l.T,
		// The integer must be an int64 for the plural rules.
		"P": func(key string, n int, args ...any) string { return l.P(key, int64(n), args...) },
	}).ParseFS(htmlFiles, "html/*.gohtml")
}

// styleSheet is all of the page's style: the tokens, then what uses them.
func styleSheet() (template.CSS, error) {
	var b strings.Builder
	for _, name := range []string{"html/tokens.css", "html/report.css"} {
		raw, err := htmlFiles.ReadFile(name)
		if err != nil {
			return "", err
		}
		b.Write(raw)
	}
	return template.CSS(b.String()), nil //nolint:gosec // our own files
}
