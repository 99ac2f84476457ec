package draw

import (
	"strings"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
)

// Words are those that a draw is told in.
type Words struct {
	*locale.Locale

	Zone     *time.Location
	Currency string
	Business string // its name
}

// Moment is a day and a time on the clocks of the business.
func (w Words) Moment(t time.Time) string {
	t = t.In(w.Zone)
	return w.T("draw.moment", w.Date(t), t.Format("15:04"))
}

// Called tells what draws are called in a language: one that has not been made yet by its key.
func Called(tx *db.Tx, l *locale.Locale) func(key string) string {
	return func(key string) string {
		if d, err := Load(tx, key); err == nil {
			return d.Translations.In(l, d.Name)
		}
		return key
	}
}

// State is how a draw stands at the moment, in a word or two.
func (w Words) State(s *Stored, now time.Time) string {
	switch {
	case s.State == Published && now.Before(s.Opens):
		return w.T("draw.state.soon")
	case s.Over(now):
		return w.T("draw.state.over")
	}
	return w.T("draw.state." + string(s.State))
}

// Prize is a kind of prizes, and how many there are.
func (w Words) Prize(p Prize) string {
	if p.Count == 1 {
		return p.Name
	}
	return w.T("draw.prize", w.Integer(p.Count), p.Name)
}

// Terms are those of a draw, written from its settings, with what the owner adds.
func (w Words) Terms(d *Draw) (all []string) {
	d = d.In(w.Locale)
	say := func(key string, args ...any) { all = append(all, w.T("draw.terms."+key, args...)) }
	say("time", w.Business, w.Moment(d.Opens), w.Moment(d.Closes))
	var prizes []string
	for _, p := range d.Prizes {
		prizes = append(prizes, w.Prize(p))
	}
	say("prizes", strings.Join(prizes, "; "))
	all = append(all, w.Ways(d)...)
	say("chance")
	say("drawn")
	say("code", w.Business)
	if d.Bought != nil {
		say("cancel")
	}
	for _, more := range strings.Split(strings.ReplaceAll(d.Terms, "\r\n", "\n"), "\n") {
		if more = strings.TrimSpace(more); more != "" {
			all = append(all, more)
		}
	}
	return all
}

// Ways says how one enters a draw.
func (w Words) Ways(d *Draw) (all []string) {
	if d.Free {
		all = append(all, w.T("draw.terms.free"))
	}
	if b := d.Bought; b != nil {
		all = append(all, w.T("draw.terms.bought", points.Amount(w.Locale, b.Unit, b.Price), w.Integer(b.PerMember)))
	}
	if e := d.Earned; e != nil {
		all = append(all, w.T("draw.terms.earned", w.Money(e.MinimumMinor, w.Currency), w.Integer(e.Most)))
	}
	if r := d.Rules; r != nil {
		all = append(all, w.T("draw.terms.rules", w.Integer(r.Most)))
	}
	return all
}

// Said is a point that was looked at, in words.
type Said struct {
	OK         bool
	Mark, Text string
}

// Verdict is what came of looking at a draw, point by point.
func (w Words) Verdict(v *Verdict) (all []Said) {
	for _, p := range v.Points {
		mark := "ok"
		if !p.OK {
			mark = "wrong"
		}
		all = append(all, Said{p.OK, w.T("draw.verify.mark." + mark), w.T("draw.verify."+p.Key+"."+mark, p.Args...)})
	}
	return all
}
