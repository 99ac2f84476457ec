package console

import (
	"html/template"
	"math"
	"net/http"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/points/liability"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/page"
	"regulars/internal/record/business"
)

// owed is the page of what the units will cost that members hold, and of budgets.
type owed struct {
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

// reckoned is what is owed in a unit.
type reckoned struct {
	unit                  string
	outstanding, expected int64
	costMinor             int64
	known                 bool // what it costs
	ahead                 liability.Ahead
	flows                 []liability.Flow
}

func (v *visit) showOwed() error {
	return v.allowed(account.MeasuresRead, func(by account.Actor) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		var all []reckoned
		var budgets []programme.Budget
		if err := v.read(func(tx *db.Tx) (err error) { all, budgets, err = reckon(tx, zoneOf(b)); return err }); err != nil {
			return err
		}
		shown := owed{}
		for i := range all {
			one, err := v.owedUnit(&all[i], b)
			if err != nil {
				return err
			}
			shown.Units = append(shown.Units, one)
		}
		if by.May(account.ProgrammeRead) && len(budgets) > 0 {
			if shown.Budgets, err = v.budgetTable(budgets); err != nil {
				return err
			}
		}
		return v.show(http.StatusOK, "owed", sheet{Title: v.l.T("console.owed.title"), Lead: v.l.T("owed.lead"), Content: shown})
	})
}

// reckon works out what is owed in each unit that can be spent, as the API does, and how the budgets of the programme in force stand.
func reckon(tx *db.Tx, zone *time.Location) (all []reckoned, budgets []programme.Budget, err error) {
	worth := map[string]float64{}
	live, err := programme.InForce(tx)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, nil, err
	}
	if err == nil {
		d, err := programme.Parse(live.Document)
		if err != nil {
			return nil, nil, err
		}
		worth = d.Worth()
		c, err := programme.Compile(d, live.Version, zone)
		if err != nil {
			return nil, nil, err
		}
		if budgets, err = c.Budgets(tx); err != nil {
			return nil, nil, err
		}
	}
	units, err := points.Units(tx)
	if err != nil {
		return nil, nil, err
	}
	for i := range units {
		if units[i].Kind != points.Spendable {
			continue
		}
		one := reckoned{unit: units[i].Code}
		cohorts, err := liability.Read(tx, one.unit, zone)
		if err != nil {
			return nil, nil, err
		}
		liability.Estimate(cohorts, 1)
		one.expected = liability.ExpectedUnits(cohorts)
		cost := 0.0
		for j := range cohorts {
			one.outstanding += cohorts[j].Outstanding
			cost += worth[one.unit] * cohorts[j].Use * float64(cohorts[j].Outstanding)
		}
		one.costMinor, one.known = int64(math.Round(cost)), worth[one.unit] > 0
		if one.ahead, err = liability.ReadAhead(tx, one.unit, zone, owedAhead); err != nil {
			return nil, nil, err
		}
		if one.flows, err = liability.Flows(tx, one.unit, zone, owedFlows); err != nil {
			return nil, nil, err
		}
		all = append(all, one)
	}
	return all, budgets, nil
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
	if one.Ahead, err = v.written(ahead); err != nil {
		return one, err
	}
	flows := &page.Table{ID: "flows-" + r.unit, Caption: v.l.T("owed.flows"), Headed: true, Columns: []page.Column{page.WordColumn(v.l.T("owed.when"))}}
	for _, key := range []string{"issued", "used", "expired"} {
		flows.Columns = append(flows.Columns, page.NumberColumn(v.l.T("owed."+key)))
	}
	for i := len(r.flows) - 1; i >= 0; i-- {
		f := &r.flows[i]
		flows.Add(page.WordCell(v.monthName(f.Month)), page.NumberCell(v.l.Integer(f.Issued)), page.NumberCell(v.l.Integer(f.Used)), page.NumberCell(v.l.Integer(f.Expired)))
	}
	one.Flows, err = v.written(flows)
	return one, err
}

func (v *visit) budgetTable(all []programme.Budget) (template.HTML, error) {
	t := &page.Table{ID: "budgets", Caption: v.l.T("owed.budgets"), Headed: true, Columns: []page.Column{page.WordColumn(v.l.T("owed.rule"))}}
	for _, key := range []string{"budget", "spent", "left"} {
		t.Columns = append(t.Columns, page.NumberColumn(v.l.T("owed."+key)))
	}
	for i := range all {
		o := &all[i]
		t.Add(page.WordCell(o.Name), page.NumberCell(points.Amount(v.l, o.Unit, o.Units)), page.NumberCell(v.l.Integer(o.Spent)), page.NumberCell(v.l.Integer(max(o.Units-o.Spent, 0))))
	}
	return v.written(t)
}
