package console

import (
	"html/template"
	"net/http"
	"slices"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/points/liability"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/measure/page"
	"regulars/internal/record/business"
)

// owed is the page of what the units will cost that members hold, and of budgets.
type owed struct {
	At      string // when it was worked out
	Units   []owedUnit
	Budgets template.HTML
}

type owedUnit struct {
	ID, Name     string
	About        []said
	Note         string // where it cannot be said what they cost
	Ahead, Flows template.HTML
}

const (
	owedAhead = 6  // months in which units will expire
	owedFlows = 12 // months of what was given
)

func (v *visit) showOwed() error {
	return v.allowed(account.MeasuresRead, func(by account.Actor) error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		b, book := facts.Business, facts.Programme().Book
		all, at, err := v.debts.latest(v.ctx, v.Store, book, zoneOf(b))
		if err != nil {
			return err
		}
		if at.IsZero() {
			v.w.Header().Set("Refresh", "2") // for the first time only: later ones come while an older one is read
			return v.message(http.StatusOK, v.l.T("console.owed.title"), message{Text: []string{v.l.T("owed.working")}, Link: v.l.T("nav.programme"), To: "/programme"})
		}
		shown := owed{At: v.l.T("owed.at", v.l.Date(at.In(zoneOf(b))), at.In(zoneOf(b)).Format("15:04"))}
		for i := range all {
			one, err := v.owedUnit(&all[i], b)
			if err != nil {
				return err
			}
			shown.Units = append(shown.Units, one)
		}
		if by.May(account.ProgrammeRead) {
			var budgets []programme.Budget
			if err := v.read(func(tx *db.Tx) (err error) {
				c, err := book.Current(tx, zoneOf(b))
				if err == nil && c != nil {
					budgets, err = c.Budgets(tx)
				}
				return err
			}); err != nil {
				return err
			}
			if shown.Budgets, err = v.budgetTable(budgets); err != nil {
				return err
			}
		}
		return v.show(http.StatusOK, "owed", sheet{Title: v.l.T("console.owed.title"), Lead: v.l.T("owed.lead"), Content: shown})
	})
}

// monthName is a month of the ledger, in words.
func (v *visit) monthName(month int64) string {
	const months = 12
	return v.l.Month(time.Date(int(month/months), time.Month(month%months+1), 1, 0, 0, 0, 0, time.UTC))
}

func (v *visit) owedUnit(r *reckoned, b business.Business) (one owedUnit, err error) {
	one = owedUnit{ID: r.unit, Name: points.UnitName(v.l, r.unit), About: []said{
		{v.l.T("owed.outstanding"), v.l.Integer(r.outstanding)}, {v.l.T("owed.expected"), v.l.Integer(r.expected)}}}
	if r.known {
		one.About = append(one.About, said{v.l.T("owed.cost"), v.l.Money(r.costMinor, b.Currency)})
	} else {
		one.Note = v.l.T("owed.unknown")
	}
	ahead := &page.Table{ID: "ahead-" + r.unit, Caption: v.l.T("owed.ahead"), Headed: true, Columns: []page.Column{page.WordColumn(v.l.T("owed.when")), page.NumberColumn(v.l.T("owed.units"))}}
	for _, d := range r.ahead.Months {
		ahead.Add(page.WordCell(v.monthName(d.Month)), page.NumberCell(v.l.Integer(d.Units)))
	}
	ahead.Add(page.WordCell(v.l.T("owed.later")), page.NumberCell(v.l.Integer(r.ahead.Later)))
	ahead.Add(page.WordCell(v.l.T("owed.never")), page.NumberCell(v.l.Integer(r.ahead.Never)))
	if r.outstanding > 0 {
		if one.Ahead, err = v.written(ahead); err != nil {
			return one, err
		}
	}
	flows := &page.Table{ID: "flows-" + r.unit, Caption: v.l.T("owed.flows"), Headed: true, Columns: []page.Column{page.WordColumn(v.l.T("owed.when"))}}
	for _, key := range []string{"issued", "used", "expired"} {
		flows.Columns = append(flows.Columns, page.NumberColumn(v.l.T("owed."+key)))
	}
	begun := slices.IndexFunc(r.flows, func(f liability.Flow) bool { return f.Issued != 0 || f.Used != 0 || f.Expired != 0 })
	if begun < 0 {
		return one, nil
	}
	for i := len(r.flows) - 1; i >= begun; i-- {
		f := &r.flows[i]
		flows.Add(page.WordCell(v.monthName(f.Month)), page.NumberCell(v.l.Integer(f.Issued)), page.NumberCell(v.l.Integer(f.Used)), page.NumberCell(v.l.Integer(f.Expired)))
	}
	one.Flows, err = v.written(flows)
	return one, err
}

func (v *visit) budgetTable(all []programme.Budget) (template.HTML, error) {
	if len(all) == 0 {
		return "", nil
	}
	t := &page.Table{ID: "budgets", Caption: v.l.T("owed.budgets"), Headed: true, Columns: []page.Column{page.WordColumn(v.l.T("owed.rule"))}}
	for _, key := range []string{"budget", "spent", "left"} {
		t.Columns = append(t.Columns, page.NumberColumn(v.l.T("owed."+key)))
	}
	for i := range all {
		o := &all[i]
		t.Add(page.WordCell(o.Name), page.NumberCell(points.Amount(v.l, o.Unit, o.Units)), page.NumberCell(v.l.Integer(o.Spent)), page.NumberCell(v.l.Integer(o.Left())))
	}
	return v.written(t)
}
