package console

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/fraud"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/goal"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/report"
)

// shownGoal is what a measure is to come to, and how far it has come.
type shownGoal struct {
	To, Name    string // the page of the measure
	Wanted, Now string
	State, Says string
}

// goalForm is where a goal is set.
type goalForm struct {
	Set          *shownGoal
	Value, Until string
	Unit         string
	Error        map[string]string
	Hidden       []hidden
}

// goals are those of the business, held against the picture.
func (v *visit) goals(p *report.Picture) (all []shownGoal, err error) {
	var set []goal.Goal
	if err := v.read(func(tx *db.Tx) (err error) { set, err = goal.All(tx); return err }); err != nil {
		return nil, err
	}
	for _, g := range set {
		if i := slices.IndexFunc(p.Measures, func(m metric.Measure) bool { return m.Key == g.Measure }); i >= 0 {
			all = append(all, v.goal(g, p, &p.Measures[i]))
		}
	}
	return all, nil
}

func (v *visit) goal(g goal.Goal, p *report.Picture, m *metric.Measure) shownGoal {
	name, _ := report.Title(p, v.l, m.Key)
	state := g.Stands(m)
	shown := shownGoal{To: measureAt(m.Key), Name: name, Wanted: v.l.Unit(m.Unit, g.Value, p.Parameters.Currency), State: string(state), Says: v.l.T("goals.state." + string(state))}
	if day, err := time.Parse(time.DateOnly, g.Until); err == nil {
		shown.Wanted = v.l.T("goals.until", shown.Wanted, v.l.Date(day))
	}
	if m.Value != nil {
		shown.Now = v.l.Unit(m.Unit, *m.Value, p.Parameters.Currency)
	}
	return shown
}

// goalOf is the form by which the goal of a measure is set; nil for who may not, or where the measure has no page of its own.
func (v *visit) goalOf(by account.Actor, p *report.Picture, key string, wrong error) (*goalForm, error) {
	i := slices.IndexFunc(p.Measures, func(m metric.Measure) bool { return m.Key == key })
	if i < 0 {
		return nil, nil //nolint:nilnil // nothing is to be shown
	}
	var set []goal.Goal
	if err := v.read(func(tx *db.Tx) (err error) { set, err = goal.All(tx); return err }); err != nil {
		return nil, err
	}
	m := &p.Measures[i]
	f := &goalForm{Unit: v.l.T("goals.unit." + unitOf(m.Unit)), Error: map[string]string{}, Hidden: keyed()}
	if m.Unit == minorUnit {
		f.Unit = p.Parameters.Currency
	}
	if at := slices.IndexFunc(set, func(g goal.Goal) bool { return g.Measure == key }); at >= 0 {
		shown := v.goal(set[at], p, m)
		f.Set, f.Until = &shown, set[at].Until
		f.Value = v.l.Plain(strconv.FormatFloat(set[at].Value/scaleOf(m.Unit, p.Parameters.Digits), 'f', -1, 64))
	}
	if wrong != nil {
		f.Value, f.Until = v.typed("value"), v.typed("until")
		f.Error[fieldOf(wrong)] = v.say(wrong)
	}
	if !by.May(account.FactsWrite) {
		if f.Set == nil {
			return nil, nil //nolint:nilnil // nothing is to be shown
		}
		f.Unit = ""
	}
	return f, nil
}

const minorUnit = "minor"

// scaleOf is how many of the unit in which figures are kept are one of those that people type.
func scaleOf(unit string, digits int) float64 {
	if unit == minorUnit {
		return math.Pow10(digits)
	}
	return 1
}

// unitOf is the unit that a goal is typed in, as there are words for.
func unitOf(unit string) string {
	switch unit {
	case "percent", "days", "years", "minutes":
		return unit
	}
	return "number"
}

// setGoal sets the goal of a measure, or removes it.
func (v *visit) setGoal() error {
	return v.allowed(account.FactsWrite, func(by account.Actor) error {
		return v.pictured(v.l.T("nav.measures"), func(last *sight) error {
			key := v.r.PathValue("measure")
			i := slices.IndexFunc(last.Measures, func(m metric.Measure) bool { return m.Key == key })
			if i < 0 {
				return fault.Coded("no_page", fault.NotFoundf("there is no measure %.60q", key))
			}
			return v.once(by, func() error {
				err := v.goalTyped(by, &last.Measures[i], last.Parameters.Digits)
				if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
					return v.measure(by, last, key, err)
				}
				if err != nil {
					return err
				}
				return v.leave(measureAt(key) + "#goal")
			})
		})
	})
}

func (v *visit) goalTyped(by account.Actor, m *metric.Measure, digits int) error {
	action := "goal.set"
	change := func(tx *db.Tx) error { return goal.Remove(tx, m.Key) }
	if v.typed("remove") != "" {
		action = "goal.removed"
	} else {
		if strings.TrimSpace(v.typed("value")) == "" {
			return fault.In("value", fault.Coded("required", fault.Invalidf("a goal has a value")))
		}
		g := goal.Goal{Measure: m.Key, Until: v.typed("until")}
		if m.Unit == minorUnit {
			minor, err := moneyIn("value", v.typed("value"), digits)
			if err != nil {
				return err
			}
			g.Value = float64(minor)
		} else {
			n, err := v.typedNumber("value")
			if err != nil {
				return err
			}
			g.Value = n * scaleOf(m.Unit, digits)
		}
		change = func(tx *db.Tx) error { return goal.Set(tx, g) }
	}
	return v.write(func(tx *db.Tx) error {
		if err := change(tx); err != nil {
			return err
		}
		return account.Record(tx, account.Entry{Actor: by, Action: action, Target: "measure:" + m.Key, Count: 1, Request: by.Request})
	})
}

// worth is something that should be looked at, and where.
type worth struct{ To, Says string }

// lookAt names what in the picture should be looked at, at most three things, the most pressing first.
func (v *visit) lookAt(p *report.Picture, now time.Time) (all []worth) {
	value := func(key string) (m *metric.Measure, x float64) {
		if i := slices.IndexFunc(p.Measures, func(m metric.Measure) bool { return m.Key == key }); i >= 0 && p.Measures[i].Value != nil {
			return &p.Measures[i], *p.Measures[i].Value
		}
		return nil, 0
	}
	const (
		silent  = 14 // days
		slow    = 80 // percent of cases in time
		unknown = 60 // percent of revenue
		people  = 5
	)
	if last, err := time.Parse(time.DateOnly, p.Facts.Last); err == nil && now.Sub(last) > silent*24*time.Hour {
		all = append(all, worth{"/data", v.l.T("look.silent", v.l.Date(last))})
	}
	if p.RFM != nil {
		var leaving int64
		for _, s := range p.RFM.Segments {
			if s.Name == "cant_lose" || s.Name == "at_risk" {
				leaving += s.Customers
			}
		}
		if leaving >= people {
			all = append(all, worth{"/segments", v.l.P("look.leaving", leaving)})
		}
	}
	if m, x := value("in_time_share"); m != nil && m.N >= people && x < slow {
		all = append(all, worth{measureAt(m.Key), v.l.T("look.slow", v.l.Percent(x, 0))})
	}
	if m, x := value("identified_share"); m != nil && x < unknown {
		all = append(all, worth{measureAt(m.Key), v.l.T("look.unknown", v.l.Percent(x, 0))})
	}
	if m, x := value("programme_activity"); m != nil && m.N >= people && x < 100-slow {
		all = append(all, worth{measureAt(m.Key), v.l.T("look.idle", v.l.Percent(x, 0))})
	}
	const most = 3
	return all[:min(len(all), most)]
}

// flagged puts what may be misuse before what else should be looked at, for who may decide about it.
func (v *visit) flagged(h *home) error {
	if !v.me.Actor().May(account.PointsAdjust) {
		return nil
	}
	var open int64
	if err := v.read(func(tx *db.Tx) (err error) { open, err = fraud.Waiting(tx); return err }); err != nil || open == 0 {
		return err
	}
	h.Looks = append(h.Looks, worth{"/fraud", v.l.T("look.flags", open)})
	return nil
}

// opening is what Home says of the picture beside the glance.
func (v *visit) opening(h *home, last *sight) (err error) {
	if err := v.flagged(h); err != nil {
		return err
	}
	var drafts, asked int64
	if err := v.read(func(tx *db.Tx) (err error) {
		if drafts, err = v.waits(tx, v.me.Actor()); err == nil {
			asked, err = v.askedOf(tx, v.me.Actor())
		}
		return err
	}); err != nil {
		return err
	}
	if drafts > 0 {
		h.Looks = append(h.Looks, worth{"/programme/waiting", v.l.P("eyes.waiting.you", drafts)})
	}
	if asked > 0 {
		h.Looks = append(h.Looks, worth{"/programme/waiting#asked", v.l.P("byhand.waiting.you", asked)})
	}
	if last.Picture == nil || last.empty() {
		return nil
	}
	h.Looks = append(h.Looks, v.lookAt(last.Picture, time.Now())...)
	h.Calm = len(h.Looks) == 0
	h.Goals, err = v.goals(last.Picture)
	return err
}
