package console

import (
	"slices"
	"time"

	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/report"
)

// stand is one thing of how the programme stands, and where to read more of it.
type stand struct{ Says, To string }

// stands is how the programme stands, for who may know: members and units as the picture had them when it was last drawn, since
// counting them goes through all, and what was taken lately.
func (v *visit) stands(by account.Actor) (all []stand, err error) {
	if by.May(account.MeasuresRead) {
		if last := v.picture.latest(v.ctx); last.Picture != nil {
			all = v.standsIn(by, last.Picture)
		}
	}
	var taken reward.Tally
	err = v.read(func(tx *db.Tx) (err error) { taken, err = reward.TallyAll(tx, tx.Now.Add(-lately)); return err })
	return append(all, stand{v.l.P("programmes.stands.taken", taken.Taken), rewardsAt}), err
}

// standsIn is what a picture knows of it.
func (v *visit) standsIn(by account.Actor, p *report.Picture) (all []stand) {
	measure := func(key string) *metric.Measure {
		if i := slices.IndexFunc(p.Measures, func(m metric.Measure) bool { return m.Key == key }); i >= 0 && p.Measures[i].Value != nil {
			return &p.Measures[i]
		}
		return nil
	}
	if m := measure("programme_activity"); m != nil && m.Formula != nil && len(m.Formula.Operands) == 2 {
		took, members := m.Formula.Operands[0].Value, m.Formula.Operands[1].Value
		one := stand{Says: v.l.P("programmes.stands.members", int64(members))}
		if by.May(account.CustomersRead) && by.May(account.PointsRead) {
			one.To = "/customers?member=yes"
		}
		all = append(all, one)
		if when := v.window(p.Window); when != "" {
			all = append(all, stand{v.l.P("programmes.stands.active", int64(took), when), measureAt(m.Key)})
		}
	}
	if m := measure("liability"); m != nil {
		all = append(all, stand{v.l.P("programmes.stands.outstanding", m.N), "/owed"})
	}
	return all
}

// window is from when until when the picture looks, in words.
func (v *visit) window(w report.Window) string {
	var ends [2]time.Time
	for i, text := range []string{w.From, w.To} {
		day, err := time.Parse(time.DateOnly, text[:min(len(text), len(time.DateOnly))])
		if err != nil {
			return ""
		}
		ends[i] = day
	}
	if len(w.To) == len(time.DateOnly) { // it ends as that day begins
		ends[1] = ends[1].AddDate(0, 0, -1)
	}
	return v.l.T("rewards.between", v.l.Date(ends[0]), v.l.Date(ends[1]))
}
