package console

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
)

// packages is the batches of codes, and the form that makes another.
type packages struct {
	List   []shownBatch
	Form   *form // nil: the reader may not, or there is nothing to give
	NoUnit bool
	Closed bool   // the pages of members are
	Older  string // the address of those after; empty: there are none
}

type shownBatch struct {
	To, Name, State, Says string
	Open                  bool
}

// batchesMost is how many batches a page has.
const batchesMost = 50

func (v *visit) showPackages() error {
	return v.allowed(account.ProgrammeRead, func(by account.Actor) error { return v.packages(by, nil) })
}

func (v *visit) packages(by account.Actor, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	var all []packaging.Stored
	var units []choice
	var pages member.Settings
	var now time.Time
	if err := v.read(func(tx *db.Tx) (err error) {
		now = tx.Now
		if all, err = packaging.List(tx, v.r.URL.Query().Get("after"), batchesMost+1); err != nil {
			return err
		}
		if pages, err = member.Load(tx); err != nil {
			return err
		}
		units, err = v.spendable(tx)
		return err
	}); err != nil {
		return err
	}
	p := packages{Closed: !pages.Open, NoUnit: len(units) == 0}
	if len(all) > batchesMost {
		all = all[:batchesMost]
		p.Older = "/packages?after=" + all[batchesMost-1].Batch.Batch
	}
	for i := range all {
		s := &all[i]
		state := s.State(now)
		p.List = append(p.List, shownBatch{To: "/packages/" + s.Batch.Batch, Name: s.Name, State: v.l.T("packages.state." + string(state)), Open: state == packaging.Open,
			Says: v.l.T("packages.some", points.Amount(v.l, s.Unit, s.Units), s.Used, s.Codes) + " · " + v.goodUntilSays(b, s)})
	}
	if by.May(account.ProgrammeWrite) && !p.NoUnit {
		p.Form = v.batchForm(units)
	}
	s := sheet{Title: v.l.T("console.packages.title"), Lead: v.l.T("packages.lead"), Content: &p}
	status := http.StatusOK
	if wrong != nil {
		if status = v.status(wrong); fault.KindOf(wrong) == fault.Internal || p.Form == nil {
			return wrong
		}
		s.Problems = []problem{v.wronged(p.Form, wrong)}
	}
	if p.Form != nil {
		v.fillForm(p.Form, false)
	}
	return v.show(status, "packages", s)
}

// spendable are the units that a code may give.
func (v *visit) spendable(tx *db.Tx) (all []choice, err error) {
	units, err := points.Units(tx)
	for i := range units {
		if units[i].Kind == points.Spendable {
			all = append(all, choice{Value: units[i].Code, Name: points.UnitName(v.l, units[i].Code)})
		}
	}
	return all, err
}

func (v *visit) batchForm(units []choice) *form {
	// What is made from this page is one batch, however often the button is pressed.
	name := "b-" + strings.ToLower(rand.Text()[:12])
	if typed := v.typed("batch"); typed != "" {
		name = typed
	}
	return &form{Action: "/packages", Button: v.l.T("packages.new"), Hidden: []hidden{{"batch", name}}, Groups: []group{{Fields: []field{
		{Name: "name", Label: v.l.T("packages.name"), Help: v.l.T("packages.name.help"), Most: 200},
		{Name: "units", Label: v.l.T("packages.units"), Mode: "numeric"},
		{Name: "unit", Label: v.l.T("packages.unit"), Type: "select", Choices: units, Value: units[0].Value},
		{Name: "codes", Label: v.l.T("packages.codes"), Help: v.l.T("packages.codes.help"), Mode: "numeric"},
		{Name: "question", Label: v.l.T("packages.question"), Help: v.l.T("packages.question.help"), Type: "select", Choices: []choice{
			{Value: "", Name: v.l.T("packages.question.none")}, {Value: packaging.AsksNPS, Name: v.l.T("packages.question.nps")}}},
		{Name: "until", Label: v.l.T("packages.until"), Help: v.l.T("packages.until.help"), Type: "date", Optional: true},
	}}}}
}

// goodUntil is the last day of the codes.
func (v *visit) goodUntil(b business.Business, s *packaging.Stored) string {
	if s.Until.Equal(points.Never) {
		return v.l.T("packages.ever")
	}
	return v.l.Date(s.Until.Add(-time.Microsecond).In(zoneOf(b)))
}

// goodUntilSays is the same as a sentence.
func (v *visit) goodUntilSays(b business.Business, s *packaging.Stored) string {
	if s.Until.Equal(points.Never) {
		return v.l.T("packages.ever.says")
	}
	return v.l.T("packages.until.says", v.goodUntil(b, s))
}

func (v *visit) makeBatch() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		batch, err := v.typedBatch(zoneOf(b))
		if err == nil {
			err = v.write(func(tx *db.Tx) error {
				_, made, err := packaging.Make(tx, batch, "user:"+by.ID)
				if err != nil || !made {
					return err
				}
				return account.Record(tx, account.Entry{Actor: by, Action: "package_batch.made", Target: "package:" + batch.Batch, Count: batch.Codes, Request: by.Request})
			})
		}
		if err != nil {
			return v.packages(by, err)
		}
		return v.leave("/packages/" + batch.Batch)
	})
}

// typedBatch reads what was typed.
func (v *visit) typedBatch(zone *time.Location) (b packaging.Batch, err error) {
	b = packaging.Batch{Batch: v.typed("batch"), Name: strings.TrimSpace(v.typed("name")), Unit: v.typed("unit"), Question: v.typed("question"), Until: points.Never}
	whole := func(name string) (n int64, err error) {
		text := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(strings.TrimSpace(v.typed(name)))
		if n, err = strconv.ParseInt(text, 10, 64); err != nil {
			err = fault.In(name, fault.Coded("no_whole_number", fault.Invalidf("%.20q is no whole number", v.typed(name))))
		}
		return n, err
	}
	if b.Units, err = whole("units"); err != nil {
		return b, err
	}
	if b.Codes, err = whole("codes"); err != nil {
		return b, err
	}
	if text := v.typed("until"); text != "" {
		if b.Until, err = packaging.EndOf(text, zone); err != nil {
			return b, fault.In("until", fault.Coded("no_day", fault.Invalidf("%.20q is no day", text)))
		}
	}
	return b, nil
}

// batchPage is the page of a batch.
type batchPage struct {
	Facts []said
	Print *form // nil: the reader may not print it
	Batch string
	Stop  bool // it can be stopped
}

func (v *visit) showBatch() error {
	return v.allowed(account.ProgrammeRead, func(by account.Actor) error { return v.batch(by, nil) })
}

func (v *visit) batch(by account.Actor, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	var s packaging.Stored
	var now time.Time
	if err := v.read(func(tx *db.Tx) (err error) {
		now = tx.Now
		s, err = packaging.Load(tx, v.r.PathValue("batch"))
		return err
	}); err != nil {
		return err
	}
	state := s.State(now)
	may := by.May(account.ProgrammeWrite)
	left := v.l.T("packages.left")
	switch state {
	case packaging.Open:
	case packaging.Expired:
		left = v.l.T("packages.lost")
	case packaging.Stopped:
		left = v.l.T("packages.lost.stopped")
	}
	p := batchPage{Batch: s.Batch.Batch, Stop: may && state == packaging.Open, Facts: []said{
		{v.l.T("packages.state"), v.l.T("packages.state." + string(state))},
		{v.l.T("packages.each"), points.Amount(v.l, s.Unit, s.Units)}, {v.l.T("packages.made"), v.l.Integer(s.Codes)}, {v.l.T("packages.used"), v.l.Integer(s.Used)},
		{left, v.l.Integer(s.Codes - s.Used)}, {v.l.T("packages.good"), v.goodUntil(b, &s)}, {v.l.T("packages.day"), v.l.Date(s.Created.In(zoneOf(b)))},
	}}
	if s.Question != "" {
		p.Facts = slices.Insert(p.Facts, 2, said{v.l.T("packages.asks"), v.l.T("packages.question." + s.Question)})
	}
	if may && state == packaging.Open {
		p.Print = v.printForm(&s)
	}
	page := sheet{Title: s.Name, Content: &p}
	status := http.StatusOK
	if wrong != nil {
		if status = v.status(wrong); fault.KindOf(wrong) == fault.Internal || p.Print == nil {
			return wrong
		}
		page.Problems = []problem{v.wronged(p.Print, wrong)}
	}
	return v.show(status, "batch", page)
}

func (v *visit) stopBatch() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		batch := v.r.PathValue("batch")
		if err := v.write(func(tx *db.Tx) error {
			if s, err := packaging.Stop(tx, batch); err != nil || s.Stopped == nil || !s.Stopped.Equal(tx.Now) { // it was before
				return err
			}
			return account.Record(tx, account.Entry{Actor: by, Action: "package_batch.stopped", Target: "package:" + batch, Count: 1, Request: by.Request})
		}); err != nil {
			return err
		}
		return v.leave("/packages/" + batch)
	})
}
