package report

import (
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/base/locale"
	"regulars/internal/measure/page"
	"regulars/internal/record/importer"
)

// Plan writes how a file was understood: what its rows are, what each column was taken for and why, and its first
// rows, so that a wrong guess is seen before it does harm.
func Plan(w io.Writer, p *importer.Plan, l *locale.Locale, o TextOptions) error {
	t := &textPage{p: &Picture{}, l: l, o: o, width: o.width()}
	t.planHead(p)
	t.planColumns(p)
	for _, note := range p.Notes {
		t.say("! "+page.Plain(noteText(t.l, note, true)), 2)
	}
	t.planSample(p)
	_, err := io.WriteString(w, t.out.String())
	return err
}

func (t *textPage) planHead(p *importer.Plan) {
	kind := string(p.Kind)
	if key := "text.kind_of_file." + kind; t.l.Has(key) {
		kind = t.l.T(key)
	}
	if p.Kind == importer.Orders && p.Lines {
		kind = t.l.T("text.kind_of_file.lines")
	}
	t.line(t.paint(page.Cut(t.l.T("text.file", page.Plain(filepath.Base(p.Path)), kind), t.width), page.Bold))

	parts := []string{page.Plain(strings.ToUpper(p.Format))}
	if p.Compression != "" {
		parts = append(parts, page.Plain(p.Compression))
	}
	if p.Encoding != "" {
		parts = append(parts, page.Plain(p.Encoding))
	}
	if p.Delimiter != "" {
		parts = append(parts, t.l.T("text.delimiter", t.delimiter(p.Delimiter)))
	}
	if p.Format != "parquet" {
		key := "text.no_header"
		if p.Header {
			key = "text.header"
		}
		parts = append(parts, t.l.T(key))
	}
	if p.DateLayout != (importer.DateLayout{}) {
		parts = append(parts, t.l.T("text.dates", page.Plain(dateLayout(t.l, p.DateLayout))))
	}
	if p.DecimalMark != "" {
		parts = append(parts, t.l.T("text.decimal_mark", page.Plain(p.DecimalMark)))
	}
	if p.Currency != "" {
		parts = append(parts, t.l.T("text.setting.currency", page.Plain(p.Currency)))
	}
	t.say(strings.Join(parts, " · "), 0)
}

// delimiter names what stands between cells; a tab cannot be shown, and a comma is easily overlooked.
func (t *textPage) delimiter(d string) string {
	names := map[string]string{",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "spaces"}
	if name, ok := names[d]; ok {
		return t.l.T("text.delimiter." + name)
	}
	return page.Plain(d)
}

// planColumns is a row for each column of the file: what it was taken for, and why.
func (t *textPage) planColumns(p *importer.Plan) {
	if len(p.Columns) == 0 {
		return
	}
	g := &page.Grid{}
	g.Add(page.Cell{Text: t.l.T("text.head.column"), Colour: page.Quiet}, page.Cell{Text: t.l.T("text.head.taken_for"), Colour: page.Quiet}, page.Cell{Text: t.l.T("text.head.why"), Colour: page.Quiet},
		page.Cell{Text: t.l.T("text.head.example"), Colour: page.Quiet})
	for i, c := range p.Columns {
		role := page.Cell{Text: page.Plain(c.Role)}
		if key := "text.role." + c.Role; t.l.Has(key) {
			role.Text = t.l.T(key)
		}
		if c.Role == "attribute" || c.Role == "ignored" {
			role.Colour = page.Quiet
		}
		why := page.Plain(c.Guess)
		if key := "text.guess." + c.Guess; t.l.Has(key) {
			why = t.l.T(key)
		}
		example := ""
		for _, row := range p.Sample {
			if i < len(row) && example == "" {
				example = page.Cut(page.Plain(row[i]), 30)
			}
		}
		g.Add(page.Cell{Text: page.Cut(page.Plain(c.Name), 32)}, role, page.Cell{Text: why, Colour: page.Quiet}, page.Cell{Text: example, Colour: page.Quiet})
	}
	t.table(g)
}

// planSample shows the first rows as they were cut into cells; columns that find no room are counted.
func (t *textPage) planSample(p *importer.Plan) {
	if len(p.Sample) == 0 {
		return
	}
	t.line("")
	columns := 0
	for _, row := range p.Sample {
		columns = max(columns, len(row))
	}
	g := &page.Grid{}
	head := make([]page.Cell, columns)
	for i := range head {
		head[i] = page.Cell{Text: strconv.Itoa(i + 1), Colour: page.Quiet}
		if i < len(p.Columns) {
			head[i].Text = page.Cut(page.Plain(p.Columns[i].Name), 18)
		}
	}
	g.Add(head...)
	for _, row := range p.Sample {
		cells := make([]page.Cell, columns)
		for i := range row {
			cells[i].Text = page.Cut(page.Plain(row[i]), 24)
		}
		g.Add(cells...)
	}
	left := 0
	for column := columns - 1; page.Total(g.Widths()) > t.width && column > 0; column-- {
		g.Drop(column)
		left++
	}
	t.table(g)
	if left > 0 {
		t.line(t.paint(t.l.P("text.more_columns", int64(left)), page.Quiet))
	}
}

// Account writes where the rows of a file went, and why some were not taken.
func Account(w io.Writer, a importer.Account, l *locale.Locale) error {
	lines := []string{accountLine(l, a)}
	var codes []string
	for code := range a.Reasons {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(x, y string) int {
		if a.Reasons[x] != a.Reasons[y] {
			return int(max(-1, min(1, a.Reasons[y]-a.Reasons[x])))
		}
		return strings.Compare(x, y)
	})
	for _, code := range codes {
		lines = append(lines, "  "+l.T("text.file", l.Integer(a.Reasons[code]), rowReason(l, code)))
	}
	if a.RejectedFile != "" {
		lines = append(lines, "  "+l.T("text.rejected_in", page.Plain(a.RejectedFile)))
	}
	for _, note := range a.Notes {
		lines = append(lines, "  ! "+page.Plain(noteText(l, note, true)))
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// rowReason is a reason for not taking a row, in words.
func rowReason(l *locale.Locale, code string) string {
	if key := "text.row." + code; l.Has(key) {
		return l.T(key)
	}
	return page.Plain(importer.Reason(code).Sentence())
}

// accountLine is the account in one sentence; what nothing befell is left out.
func accountLine(l *locale.Locale, a importer.Account) string {
	parts := []string{l.T("text.part.recorded", a.Recorded)}
	for _, part := range []struct {
		key  string
		rows int64
	}{
		{"unidentified", a.Unidentified}, {"later", a.Later}, {"ignored", a.Ignored},
		{"rejected", a.Rejected}, {"unreadable", a.Unreadable},
	} {
		if part.rows > 0 {
			parts = append(parts, l.T("text.part."+part.key, part.rows))
		}
	}
	return l.T("text.file", l.P("text.rows", a.Rows), joined(l, "text.list", parts))
}
