package console

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake/upload"
	"regulars/internal/measure/page"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/understand/duplicate"
	"regulars/internal/understand/quality"
)

// trust is the page about how far the data can be trusted.
type trust struct {
	At      string
	Asked   bool // it is being looked at
	May     bool // have it looked at
	Lines   []trusted
	Sources template.HTML
	Files   []shownFile // with rows that could not be used
	None    bool        // nothing was looked at yet
}

// trusted is one thing that was looked at.
type trusted struct {
	Name, Figure, Verdict, Class string
	Means, Do                    string
	Link, To                     string
}

func (v *visit) showQuality() error {
	return v.allowed(account.ImportsRead, func(by account.Actor) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		shown := trust{May: by.May(account.ImportsWrite)}
		var r *quality.Report
		var files []upload.Upload
		if err := v.read(func(tx *db.Tx) (err error) {
			if r, err = quality.Load(tx); err != nil {
				return err
			}
			if shown.Asked, err = quality.Asked(tx); err != nil {
				return err
			}
			files, err = upload.List(tx, 0, filesMost)
			return err
		}); err != nil {
			return err
		}
		if shown.Asked {
			v.w.Header().Set("Refresh", "3")
		}
		s := sheet{Title: v.l.T("quality.title"), Lead: v.l.T("quality.lead")}
		if shown.None = r == nil; !shown.None {
			at := r.At.In(zoneOf(b))
			shown.At = v.l.T("quality.at", v.l.Date(at), at.Format("15:04"))
			now := time.Now()
			for _, l := range r.Lines(now, upload.Imported(files)) {
				shown.Lines = append(shown.Lines, v.trusted(by, &l))
			}
			if shown.Sources, err = v.origins(b, r.Sources, now); err != nil {
				return err
			}
		}
		for i := range files {
			if u := &files[i]; u.Result != nil && u.Result.Rows.Lost() > 0 {
				shown.Files = append(shown.Files, shownFile{ID: fact.PublicID(importPrefix, u.ID), Name: u.Name, When: v.l.Date(u.Created.In(zoneOf(b))),
					Facts: v.l.P("quality.files.rows", u.Result.Rows.Lost(), v.l.Integer(u.Result.Rows.Rows))})
			}
		}
		s.Content = shown
		return v.show(http.StatusOK, "quality", s)
	})
}

// trusted puts a line into words.
func (v *visit) trusted(by account.Actor, l *quality.Line) trusted {
	key := "quality." + l.Key
	t := trusted{Name: v.l.T(key + ".name"), Verdict: v.l.T("quality.verdict." + string(l.Verdict)), Means: v.l.T(key + ".means")}
	if l.Verdict == quality.Look {
		t.Class, t.Do = "few", v.l.T(key+".do")
	}
	count, of := v.l.Integer(l.Count), v.l.Integer(l.Of)
	switch {
	case l.Verdict == quality.None:
		t.Figure = "–"
	case l.Percent == nil && l.Key == quality.LineSources:
		t.Figure = v.l.T("quality.of", count, of)
	case l.Percent == nil:
		t.Figure = count
	case l.Of == 0:
		t.Figure = v.l.Percent(*l.Percent, 1)
	default:
		t.Figure = v.l.T("quality.share", v.l.Percent(*l.Percent, 1), count, of)
	}
	switch {
	case l.Key == quality.LineIdentified && by.May(account.MeasuresRead):
		t.Link, t.To = v.l.T("measure.identified_share.name"), measureAt("identified_share")
	case l.Key == quality.LineDuplicates && l.Count > 0 && by.May(account.CustomersRead):
		t.Link, t.To = v.l.T("quality.pairs.see"), "/data/duplicates"
	}
	return t
}

// origins is the table of who brings facts, and how late they are.
func (v *visit) origins(b business.Business, all []quality.Source, now time.Time) (template.HTML, error) {
	if len(all) == 0 {
		return "", nil
	}
	t := &page.Table{ID: "sources", Caption: v.l.T("quality.origin"), Headed: true, Columns: []page.Column{page.WordColumn(v.l.T("quality.col.source")),
		page.WordColumn(v.l.T("quality.col.facts")), page.WordColumn(v.l.T("quality.col.last")), page.WordColumn(v.l.T("quality.col.usual"))}}
	for i := range all {
		s := &all[i]
		last := page.WordCell(v.l.DateShort(s.Last.In(zoneOf(b))))
		if days, late := s.Late(now); late {
			last.Sub, last.Class = v.l.T("quality.late", v.days(float64(days))), "late"
		}
		usual := v.l.T("quality.usual.few")
		if s.Longest > 0 {
			usual = v.l.T("quality.usual", v.days(float64(s.Usual)), v.days(float64(s.Longest)))
		}
		t.Add(page.TableCell{Text: v.called("source", s.Name), Class: "id"}, page.WordCell(v.l.P("quality.kind."+s.Kind, s.Facts)), last, page.WordCell(usual))
	}
	return v.written(t)
}

// lookAgain has the data looked at now.
func (v *visit) lookAgain() error {
	return v.allowed(account.ImportsWrite, func(by account.Actor) error {
		if err := v.write(func(tx *db.Tx) error {
			if err := quality.Ask(tx); err != nil {
				return err
			}
			return account.Record(tx, account.Entry{Actor: by, Action: "data_quality.asked", Target: "data_quality", Request: by.Request})
		}); err != nil {
			return err
		}
		return v.leave("/data/quality")
	})
}

// twins is the page of those who may be one person.
type twins struct {
	Done   string
	Count  string
	Beyond string
	Pairs  []twin
	More   string
	May    bool // say what they are
	After  string
}

type twin struct {
	Likely, Class string
	First, Second client
	Reasons       []string
}

const pairsAtOnce = 20

func (v *visit) showDuplicates() error {
	return v.allowed(account.CustomersRead, func(by account.Actor) error { return v.duplicates(by, nil) })
}

func (v *visit) duplicates(by account.Actor, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	shown := twins{May: by.May(account.CustomersWrite)}
	var list []duplicate.Pair
	var r *quality.Report
	var count int64
	who := map[int64]*customer.Stored{}
	after, text := v.pairPlace()
	shown.After = text
	if err := v.read(func(tx *db.Tx) (err error) {
		if r, err = quality.Load(tx); err != nil {
			return err
		}
		if count, err = duplicate.Count(tx); err != nil {
			return err
		}
		if list, err = duplicate.List(tx, after, pairsAtOnce+1); err != nil {
			return err
		}
		var numbers []int64
		for i := range list {
			numbers = append(numbers, list[i].First, list[i].Second)
		}
		known, err := customer.Several(tx, numbers)
		for i := range known {
			who[known[i].Customer] = &known[i]
		}
		return err
	}); err != nil {
		return err
	}
	if len(list) > pairsAtOnce {
		list = list[:pairsAtOnce]
		shown.More = "/data/duplicates?after=" + url.QueryEscape(pairText(&list[pairsAtOnce-1]))
	}
	for i := range list {
		if first, second := who[list[i].First], who[list[i].Second]; first != nil && second != nil {
			shown.Pairs = append(shown.Pairs, v.twin(by, b, &list[i], first, second))
		}
	}
	shown.Count = v.l.P("quality.pairs.count", count)
	if r != nil && r.Beyond > 0 {
		shown.Beyond = v.l.P("quality.pairs.beyond", r.Beyond)
	}
	if v.r.URL.Query().Get("done") != "" {
		shown.Done = v.l.T("quality.pairs.done")
	}
	s, status := sheet{Title: v.l.T("quality.pairs.title"), Lead: v.l.T("quality.pairs.lead"), Content: shown}, http.StatusOK
	if wrong != nil {
		status, s.Problems = v.status(wrong), []problem{{"", v.say(wrong)}}
	}
	return v.show(status, "duplicates", s)
}

// From which likelihood on, in thousandths, a pair is called what.
const (
	veryLikely = 900
	justLikely = 700
)

func (v *visit) twin(by account.Actor, b business.Business, p *duplicate.Pair, first, second *customer.Stored) twin {
	t := twin{Likely: v.l.T("quality.likely.possible")}
	switch {
	case p.Likelihood >= veryLikely:
		t.Likely, t.Class = v.l.T("quality.likely.very"), "few"
	case p.Likelihood >= justLikely:
		t.Likely = v.l.T("quality.likely.likely")
	}
	for _, r := range p.Reasons {
		t.Reasons = append(t.Reasons, v.l.T("quality.reason."+string(r)))
	}
	shown := func(s *customer.Stored) client {
		name := v.nameOf(by, s)
		return client{fact.PublicID(fact.CustomerPrefix, s.Customer), name, strings.TrimPrefix(v.describedAs(by, s, b), name+" · ")}
	}
	t.First, t.Second = shown(first), shown(second)
	return t
}

// pairText is where a page of pairs ends, for an address.
func pairText(p *duplicate.Pair) string {
	return strconv.FormatInt(p.Likelihood, 10) + "." + fact.PublicID(fact.CustomerPrefix, p.First) + "." + fact.PublicID(fact.CustomerPrefix, p.Second)
}

// pairPlace reads what pairText wrote, of the address or of the form; anything else is before the first page.
func (v *visit) pairPlace() (p duplicate.Place, text string) {
	text = v.r.FormValue("after")
	parts := strings.Split(text, ".")
	const three = 3
	if len(parts) != three || fact.ParsePublicID(fact.CustomerPrefix, parts[1], &p.First) != nil || fact.ParsePublicID(fact.CustomerPrefix, parts[2], &p.Second) != nil {
		return duplicate.Place{}, ""
	}
	p.Likelihood = number(parts[0])
	return p, text
}

// tellApart notes that two customers are not one person.
func (v *visit) tellApart() error {
	return v.allowed(account.CustomersWrite, func(by account.Actor) error {
		var one, other int64
		if fact.ParsePublicID(fact.CustomerPrefix, v.typed("first"), &one) != nil || fact.ParsePublicID(fact.CustomerPrefix, v.typed("second"), &other) != nil {
			return noCustomer()
		}
		err := v.write(func(tx *db.Tx) error { return duplicate.TellApart(tx, by, one, other) })
		if k := fault.KindOf(err); k == fault.Conflict {
			return v.duplicates(by, err)
		}
		if err != nil {
			return err
		}
		to := url.Values{"done": {"1"}}
		if _, text := v.pairPlace(); text != "" {
			to.Set("after", text)
		}
		return v.leave("/data/duplicates?" + to.Encode())
	})
}
