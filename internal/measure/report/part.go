package report

import (
	"bytes"
	"context"
	"html/template"
	"io"
	"regexp"

	"regulars/internal/base/chart"
	"regulars/internal/base/locale"
)

// Part is a part of the picture that can stand on a page of its own.
type Part string

// The parts.
const (
	SegmentsPart Part = "rfm"     // the grid of scores, the segments with what to do, and who moved
	CohortsPart  Part = "cohorts" // who came when, and how many of them came back
)

// bars are drawn by a style of their own, which a page with a strict policy does not take; the share stands beside them.
var bars = regexp.MustCompile(`<div class="bar"[^>]*>.*?</div>\n?`)

// WritePart writes a part of the picture for another page, which has the style sheet of package page; there is false where the
// picture has nothing of it. Without a renderer of charts there are tables alone.
func WritePart(w io.Writer, p *Picture, l *locale.Locale, part Part, charts *chart.Renderer) (there bool, err error) {
	b := newHTMLBuilder(p, l)
	var view any
	switch part {
	case SegmentsPart:
		if v := b.rfm(); v != nil {
			view = v
		}
	case CohortsPart:
		if v := b.cohorts(); v != nil {
			view = v
		}
	}
	if view == nil {
		return false, nil
	}
	if charts != nil {
		if err := drawAll(context.Background(), charts, b.drawings); err != nil {
			return false, err
		}
	}
	var t *template.Template
	if t, err = htmlTemplates(l); err != nil {
		return false, err
	}
	var buf bytes.Buffer
	if err := t.ExecuteTemplate(&buf, string(part), view); err != nil {
		return false, err //nolint:wrapcheck // the templates are ours
	}
	_, err = w.Write(bars.ReplaceAll(buf.Bytes(), nil))
	return true, err //nolint:wrapcheck // of whoever reads
}
