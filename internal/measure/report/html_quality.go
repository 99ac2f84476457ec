package report

import (
	"path/filepath"
	"slices"
	"strings"

	"regulars/internal/measure/page"
	"regulars/internal/record/importer"
)

// sourceView is one file: how it was read and what became of its rows.
type sourceView struct {
	Name    string
	Facts   []termView
	Account *page.Table
	Reasons *page.Table
	Columns *page.Table
	Notes   []string
}

// sources are the files in the order they were given.
func (b *htmlBuilder) sources() []sourceView {
	var views []sourceView
	for i, s := range b.p.Sources {
		if s.Plan != nil {
			views = append(views, b.source(s, "file-"+b.l.Number(float64(i+1), 0)))
		}
	}
	return views
}

func (b *htmlBuilder) source(s Source, id string) sourceView {
	p := s.Plan
	v := sourceView{Name: filepath.Base(p.Path), Facts: b.reading(p)}
	for _, note := range slices.Concat(p.Notes, s.Account.Notes) {
		v.Notes = append(v.Notes, noteText(b.l, note, false))
	}
	if s.Account.RejectedFile != "" {
		v.Facts = append(v.Facts, termView{b.l.T("report.file.rejected_file"), filepath.Base(s.Account.RejectedFile)})
	}
	v.Account = b.account(id+"-rows", v.Name, s.Account)
	v.Reasons = b.rejections(id+"-reasons", v.Name, s.Account.Reasons)
	v.Columns = b.columns(id+"-columns", v.Name, p.Columns)
	return v
}

// reading says how a file was understood.
func (b *htmlBuilder) reading(p *importer.Plan) []termView {
	format := []string{p.Format}
	for _, more := range []string{p.Compression, p.Encoding} {
		if more != "" {
			format = append(format, more)
		}
	}
	facts := []termView{{b.l.T("report.file.kind"), b.worded("report.file.kind.", string(p.Kind))},
		{b.l.T("report.file.format"), strings.Join(format, ", ")}}
	if p.Delimiter != "" {
		facts = append(facts, termView{b.l.T("report.file.delimiter"), b.words().delimiter(p.Delimiter)})
	}
	if p.DateLayout != (importer.DateLayout{}) {
		facts = append(facts, termView{b.l.T("report.file.dates"), dateLayout(b.l, p.DateLayout)})
	}
	if p.DecimalMark != "" {
		facts = append(facts, termView{b.l.T("report.file.decimal"), p.DecimalMark})
	}
	return facts
}

// words gives the wordings that the page for a terminal has too: of dates, delimiters and the like.
func (b *htmlBuilder) words() *textPage { return &textPage{l: b.l, p: b.p} }

// worded is the text for a code of the reader's, or the code itself where there is none.
func (b *htmlBuilder) worded(prefix, code string) string {
	if b.l.Has(prefix + code) {
		return b.l.T(prefix + code)
	}
	return code
}

// account lists where every row went; the parts add up.
func (b *htmlBuilder) account(id, name string, a importer.Account) *page.Table {
	return b.rowsTable(id, b.l.T("report.rows.caption", name), []int64{a.Recorded, a.Unidentified, a.Later, a.Ignored, a.Rejected,
		a.Unreadable}, a.Rows)
}

// besides is what the figures leave out, and how much it is.
func (b *htmlBuilder) besides() []string {
	var notes []string
	if f := b.p.Facts; f.UnidentifiedMinor != 0 {
		notes = append(notes, b.l.T("text.unknown_sales", b.money(f.UnidentifiedMinor)))
	}
	if f := b.p.Facts; f.ReturnsOnly > 0 {
		notes = append(notes, b.l.P("text.returns_only", f.ReturnsOnly))
	}
	return notes
}

// totals is the same over all files.
func (b *htmlBuilder) totals() *page.Table {
	f := b.p.Facts
	if len(b.p.Sources) == 1 || f.RowCounts == nil {
		return nil
	}
	return b.rowsTable("all-rows", b.l.T("report.rows.all"), []int64{f.RecordedRows, f.UnidentifiedRows, f.LaterRows,
		f.IgnoredRows, f.RejectedRows, f.UnreadableRows}, f.Rows)
}

func (b *htmlBuilder) rowsTable(id, caption string, parts []int64, rows int64) *page.Table {
	t := &page.Table{ID: id, Caption: caption, Columns: []page.Column{page.WordColumn(b.l.T("report.rows.what")),
		page.NumberColumn(b.l.T("report.rows.rows")), page.NumberColumn(b.l.T("report.column.share"))}}
	for i, key := range []string{"recorded", "unidentified", "later", "ignored", "rejected", "unreadable"} {
		if parts[i] == 0 && key != "recorded" && key != "rejected" {
			continue
		}
		t.Add(page.TableCell{Text: b.l.T("report.rows." + key), Sub: b.l.T("report.rows." + key + ".note")},
			page.NumberCell(b.l.Integer(parts[i])), page.NumberCell(b.share(parts[i], rows)))
	}
	t.Rows = append(t.Rows, page.Row{Class: "total", Cells: []page.TableCell{page.WordCell(b.l.T("report.rows.total")),
		page.NumberCell(b.l.Integer(rows)), page.NumberCell(b.share(rows, rows))}})
	return t
}

// rejections lists why rows were rejected, the most frequent reason first.
func (b *htmlBuilder) rejections(id, name string, reasons map[string]int64) *page.Table {
	if len(reasons) == 0 {
		return nil
	}
	codes := make([]string, 0, len(reasons))
	for code := range reasons {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(x, y string) int {
		if reasons[x] != reasons[y] {
			return int(reasons[y] - reasons[x])
		}
		return compareText(x, y)
	})
	t := &page.Table{ID: id, Caption: b.l.T("report.reasons.caption", name),
		Columns: []page.Column{page.WordColumn(b.l.T("report.reasons.reason")), page.NumberColumn(b.l.T("report.rows.rows"))}}
	for _, code := range codes {
		t.Add(page.WordCell(rowReason(b.l, code)), page.NumberCell(b.l.Integer(reasons[code])))
	}
	return t
}

// columns says what each column was taken for, and why.
func (b *htmlBuilder) columns(id, name string, columns []importer.Column) *page.Table {
	if len(columns) == 0 {
		return nil
	}
	t := &page.Table{ID: id, Caption: b.l.T("report.columns.caption", name), Columns: []page.Column{
		page.WordColumn(b.l.T("report.columns.column")), page.WordColumn(b.l.T("report.columns.role")), page.WordColumn(b.l.T("report.columns.guess"))}}
	for _, c := range columns {
		t.Add(page.TableCell{Text: c.Name, Class: "id"}, page.WordCell(b.worded("text.role.", c.Role)),
			page.WordCell(orDash(b.worded("text.guess.", c.Guess))))
	}
	return t
}

// settings lists what the figures depend on, and what of it was taken from the data.
func (b *htmlBuilder) settings() *page.Table {
	p := b.p.Parameters
	t := &page.Table{ID: "settings-table", Caption: b.l.T("report.settings.caption"), Headed: true, Columns: []page.Column{
		page.WordColumn(b.l.T("report.settings.setting")), page.WordColumn(b.l.T("report.settings.value")), page.WordColumn(b.l.T("report.settings.origin"))}}
	add := func(name, value string) {
		if value == "" {
			return
		}
		origin := "report.settings.given"
		if slices.Contains(p.FromData, name) {
			origin = "report.settings.from_data"
		}
		t.Add(page.WordCell(b.l.T("report.setting."+name)), page.WordCell(value), page.WordCell(b.l.T(origin)))
	}
	add("timezone", p.Timezone)
	add("currency", p.Currency)
	if p.ActivityDays > 0 {
		add("activity_days", b.unit("days", float64(p.ActivityDays)))
	}
	if p.SecondOrderDays > 0 {
		add("second_order_days", b.unit("days", float64(p.SecondOrderDays)))
	}
	if p.TopShare > 0 {
		add("top_share", b.l.Percent(100*p.TopShare, wholeDigits(100*p.TopShare)))
	}
	add("returns", b.worded("report.setting.returns.", p.Returns))
	add("zero_price", b.worded("report.setting.zero_price.", p.ZeroPrice))
	add("rfm", b.worded("report.setting.rfm.", methodKey(p.RFM)))
	add("nps", p.NPSBands)
	add("kind", b.worded("report.setting.kind.", p.Kind))
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}
