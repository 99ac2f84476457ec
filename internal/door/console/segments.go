package console

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/workbook"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
	"regulars/internal/measure/report"
	"regulars/internal/record/fact"
)

// partOf is a page that shows a part of the picture.
type partOf struct {
	Part  template.HTML
	Age   string
	Links []further
}

// further is a way from there.
type further struct{ To, Name, Says string }

// showPart shows a part of the picture as it was last drawn, under the name that the menu has for it.
func (v *visit) showPart(part report.Part, name string, links func(p *report.Picture) []further) error {
	return v.allowed(account.MeasuresRead, func(account.Actor) error {
		title := v.l.T(name)
		return v.pictured(title, func(last *sight) error {
			var out bytes.Buffer
			there, err := report.WritePart(&out, last.Picture, v.l, part, v.Charts)
			if err != nil {
				return err
			}
			if !there {
				says := v.l.T("console.picture.empty")
				if part == report.CohortsPart && last.Facts.Customers > 0 {
					says = v.l.T("segments.cohorts_later")
				}
				return v.message(http.StatusOK, title, message{Text: []string{says}, Link: v.l.T("console.data.title"), To: "/data"})
			}
			age, err := v.age(last)
			if err != nil {
				return err
			}
			return v.show(http.StatusOK, "part", sheet{Title: title, Content: partOf{Part: template.HTML(out.String()), Age: age, Links: links(last.Picture)}}) //nolint:gosec // of a template that escapes
		})
	})
}

func (v *visit) showSegments() error {
	return v.showPart(report.SegmentsPart, "nav.segments", func(p *report.Picture) (links []further) {
		if !v.me.Actor().May(account.CustomersRead) {
			return nil
		}
		for _, s := range p.RFM.Segments {
			if s.Customers > 0 {
				links = append(links, further{"/segments/" + s.Name, v.l.T("segment." + s.Name + ".name"), v.l.P("segments.customers", s.Customers)})
			}
		}
		return links
	})
}

func (v *visit) showCohorts() error {
	return v.showPart(report.CohortsPart, "nav.cohorts", func(*report.Picture) []further { return nil })
}

// members is the customers of a segment.
type members struct {
	Meaning, Advice string
	Table           template.HTML
	Whole           string // the file of all
	Book            string // the same as a workbook
	More            string
}

const membersAtOnce = 50

// segmentOf is the segment that the address names.
func (v *visit) segmentOf() (string, error) {
	name := v.r.PathValue("segment")
	if !v.l.Has("segment." + name + ".name") {
		return "", fault.Coded("no_page", fault.NotFoundf("there is no segment %.60q", name))
	}
	return name, nil
}

func (v *visit) showSegment() error {
	return v.allowed(account.CustomersRead, func(by account.Actor) error {
		name, err := v.segmentOf()
		if err != nil {
			return err
		}
		var after *metric.Member
		q := v.r.URL.Query()
		if q.Has("paid") {
			after = &metric.Member{Customer: number(q.Get("customer"))}
			after.MonetaryMinor = number(q.Get("paid"))
		}
		list, err := v.Analyses.Members(v.ctx, report.Options{}, name, after, membersAtOnce+1)
		if err != nil {
			return err
		}
		b, err := v.business()
		if err != nil {
			return err
		}
		shown := members{Meaning: v.l.T("segment." + name + ".meaning"), Advice: v.l.T("segment." + name + ".advice"), Whole: "/segments/" + name + "/customers.csv", Book: "/segments/" + name + "/customers" + xlsx}
		if len(list) > membersAtOnce {
			list = list[:membersAtOnce]
			last := &list[membersAtOnce-1]
			shown.More = fmt.Sprintf("?paid=%d&customer=%d", last.MonetaryMinor, last.Customer)
		}
		personal := by.May(account.PersonalRead)
		t := &page.Table{ID: "members", Caption: v.l.T("segment." + name + ".name"), Headed: true, Columns: []page.Column{page.WordColumn(v.l.T("predict.col.customer")),
			page.NumberColumn(v.l.T("segments.recency")), page.NumberColumn(v.l.T("segments.frequency")), page.NumberColumn(v.l.T("segments.paid")), page.NumberColumn(v.l.T("segments.scores"))}}
		for i := range list {
			m := &list[i]
			id := fact.PublicID(fact.CustomerPrefix, m.Customer)
			who := page.TableCell{Text: id, Href: "/customers/" + id, Class: "id"}
			if personal {
				who.Text = cmp.Or(m.Reference, id)
			}
			t.Add(who, page.NumberCell(v.l.Integer(m.RecencyDays)), page.NumberCell(v.l.Integer(m.Frequency)), page.NumberCell(v.l.Money(m.MonetaryMinor, b.Currency)),
				page.NumberCell(fmt.Sprintf("%d-%d-%d", m.R, m.F, m.M)))
		}
		if shown.Table, err = (teller{v, b, by, true}).written(t); err != nil {
			return err
		}
		if personal && len(list) > 0 {
			if err := v.write(func(tx *db.Tx) error { // who is in a segment is shown, by name
				return account.Record(tx, account.Entry{Actor: by, Action: "segment.read", Target: "segment", Fields: []string{"reference"}, Count: int64(len(list)), Request: by.Request})
			}); err != nil {
				return err
			}
		}
		return v.show(http.StatusOK, "segment", sheet{Title: v.l.T("segment." + name + ".name"), Content: shown})
	})
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// exportSegment gives all customers of a segment as a file. Who asked is in the trail.
func (v *visit) exportSegment() error {
	return v.allowed(account.CustomersRead, func(by account.Actor) error {
		name, err := v.segmentOf()
		if err != nil {
			return err
		}
		const most = 1_000_000
		list, err := v.Analyses.Members(v.ctx, report.Options{}, name, nil, most)
		if err != nil {
			return err
		}
		if err := v.write(func(tx *db.Tx) error {
			return account.Record(tx, account.Entry{Actor: by, Action: "segment.exported", Target: "segment", Fields: []string{"reference"}, Count: int64(len(list)), Request: by.Request})
		}); err != nil {
			return err
		}
		personal := by.May(account.PersonalRead)
		head := []string{"id", "reference", "recency_days", "orders", "paid_minor", "r", "f", "m"}
		if strings.HasSuffix(v.r.URL.Path, xlsx) {
			var rows [][]any
			for i := range list {
				m := &list[i]
				reference := ""
				if personal {
					reference = m.Reference
				}
				rows = append(rows, []any{fact.PublicID(fact.CustomerPrefix, m.Customer), reference, m.RecencyDays, m.Frequency, m.MonetaryMinor, m.R, m.F, m.M})
			}
			return v.workbook(name, head, workbook.Rows(rows))
		}
		v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		v.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
		out := csv.NewWriter(v.w)
		rows := [][]string{head}
		for i := range list {
			m := &list[i]
			reference := ""
			if personal {
				reference = harmless(m.Reference)
			}
			rows = append(rows, []string{fact.PublicID(fact.CustomerPrefix, m.Customer), reference, strconv.FormatInt(m.RecencyDays, 10), strconv.FormatInt(m.Frequency, 10),
				strconv.FormatInt(m.MonetaryMinor, 10), fmt.Sprint(m.R), fmt.Sprint(m.F), fmt.Sprint(m.M)})
		}
		return out.WriteAll(rows) //nolint:wrapcheck // who has gone needs no answer
	})
}

// harmless is a text that a spreadsheet does not take for a formula.
func harmless(text string) string {
	if text != "" && slices.Contains([]byte("=+-@\t\r"), text[0]) {
		return "'" + text
	}
	return text
}
