package console

import (
	"cmp"
	"math"
	"net/http"
	"strconv"
	"strings"

	"regulars/internal/act/gift"
	"regulars/internal/act/points"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/metric"
	"regulars/internal/record/business"
)

func surpriseAt(key string) string { return "/gifts/surprises/" + key }

// oneSurprise is the page of a surprise.
type oneSurprise struct {
	At, State, Said       string
	Live                  bool
	About                 []said
	Estimate              []said
	Short                 string // what is missing for what was said
	Note                  string
	Plan, Cancel, Discard bool
	Says                  string // what planning does
	Form                  *form
	Names                 *form // what it is called in other languages, of what is planned
	Effect                []said
	Finding               string
	Seed                  string
}

func (v *visit) showSurprise() error {
	return v.allowed(account.ProgrammeRead, func(by account.Actor) error { return v.oneSurprise(by, nil) })
}

func (v *visit) oneSurprise(by account.Actor, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	var s gift.Stored
	var sums map[gift.Lot]int64
	var effect gift.Effect
	var name string
	if err := v.read(func(tx *db.Tx) (err error) {
		if s, err = gift.Load(tx, v.r.PathValue("surprise")); err != nil {
			return err
		}
		if name, err = v.givenName(tx, &s.Surprise); err != nil || s.Frozen.IsZero() {
			return err
		}
		if sums, err = gift.Sums(tx, s.Surprise.Surprise); err != nil {
			return err
		}
		effect, err = gift.EffectOf(tx, &s)
		return err
	}); err != nil {
		return err
	}
	may := by.May(account.ProgrammeWrite)
	shown := oneSurprise{At: surpriseAt(s.Surprise.Surprise), State: v.l.T("gifts.state." + string(s.State)), Said: v.done(), Live: s.State == gift.Planned || s.State == gift.Giving,
		Plan: may && s.State == gift.Draft, Cancel: may && s.State == gift.Planned, Discard: may && s.State == gift.Draft, Seed: s.Seed}
	v.describeSurprise(&shown, &s, b, name)
	if s.Frozen.IsZero() && s.State != gift.Cancelled {
		e, err := facts.Gifts().Estimate(v.ctx, v.Store, &s.Surprise)
		if err != nil {
			return err
		}
		v.estimated(&shown, &s, &e)
	}
	if !s.Frozen.IsZero() {
		v.outcome(&shown, &s, sums, &effect, b)
	}
	page, status := sheet{Title: s.Name, Content: &shown}, http.StatusOK
	if shown.Discard {
		f, err := v.surpriseForm(&s.Surprise, b, shown.At)
		if err != nil {
			return err
		}
		f.Button, f.Hidden = v.l.T("settings.save"), append(keyed(), hidden{"version", strconv.FormatInt(s.Version, 10)})
		shown.Form = &f
	} else if may && s.State != gift.Cancelled {
		if shown.Names, err = v.surpriseNames(&s); err != nil {
			return err
		}
	}
	typed := cmp.Or(shown.Form, shown.Names)
	if wrong != nil {
		if status = v.status(wrong); fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		page.Problems = []problem{{Text: v.say(wrong)}}
		if typed != nil {
			page.Problems[0] = v.wronged(typed, wrong)
		}
	}
	if typed != nil {
		v.fillForm(typed, false)
	}
	return v.show(status, "surprise", page)
}

// givenName is what each is given, in words.
func (v *visit) givenName(tx *db.Tx, s *gift.Surprise) (string, error) {
	if s.Reward == "" {
		return points.Amount(v.l, s.Unit, s.Units), nil
	}
	r, err := reward.Load(tx, s.Reward)
	if fault.KindOf(err) == fault.NotFound {
		return s.Reward, nil
	}
	return r.Name, err
}

func (v *visit) describeSurprise(shown *oneSurprise, s *gift.Stored, b business.Business, name string) {
	say := func(key, text string) {
		if text != "" {
			shown.About = append(shown.About, said{v.l.T("gifts." + key), text})
		}
	}
	say("in", v.toldIn(s.Translations))
	say("gives_at", v.drawWords(b).Moment(s.Gives))
	say("each", name)
	say("how_many", v.l.Integer(s.Count()))
	say("hold_out", v.l.Percent(float64(s.HoldOut), 0))
	say("who", v.whoWords(&s.Who, b))
	shown.Note = v.l.T("gifts.note." + string(s.State))
	shown.Says = v.l.T("gifts.plan.says", v.drawWords(b).Moment(s.Gives))
}

// whoWords says who qualifies.
func (v *visit) whoWords(w *gift.Who, b business.Business) string {
	var all []string
	say := func(key string, args ...any) { all = append(all, v.l.T("gifts.who."+key, args...)) }
	if w.Segment != "" {
		say("segment", v.l.T("segment."+w.Segment+".name"))
	}
	if w.Tier != "" {
		say("tier", w.Tier)
	}
	if w.Members {
		say("members")
	}
	if w.Orders > 0 {
		say("orders", v.l.Integer(w.Orders))
	}
	if w.Spent > 0 {
		say("spent", v.l.Money(w.Spent, b.Currency))
	}
	if w.Within > 0 {
		say("within", v.l.Integer(w.Within))
	}
	if w.Away > 0 {
		say("away", v.l.Integer(w.Away))
	}
	if w.Condition != "" {
		say("condition", w.Condition)
	}
	if len(all) == 0 {
		say("everybody")
	}
	return strings.Join(all, " · ")
}

// estimated is what giving would come to now.
func (v *visit) estimated(shown *oneSurprise, s *gift.Stored, e *gift.Estimate) {
	many := v.l.Integer(e.Qualified)
	if e.AtMost {
		many = v.l.T("gifts.at_most", many)
	}
	shown.Estimate = []said{{v.l.T("gifts.qualify"), many}, {v.l.T("gifts.get"), v.l.Integer(e.Gifts)}, {v.l.T("gifts.held"), v.l.Integer(e.Held)}}
	if s.Reward == "" {
		shown.Estimate = append(shown.Estimate, said{v.l.T("gifts.costs"), points.Amount(v.l, s.Unit, e.Gifts*s.Units)})
	}
	switch {
	case e.Left >= 0 && e.Left < e.Gifts:
		shown.Short = v.l.T("gifts.short.reward", v.l.Integer(e.Left))
	case e.Qualified == 0:
		shown.Short = v.l.T("gifts.short.nobody")
	case e.Gifts < s.Count():
		shown.Short = v.l.T("gifts.short.few", v.l.Integer(s.Count()))
	}
}

// outcome is who was dealt what, and what both sides bought since.
func (v *visit) outcome(shown *oneSurprise, s *gift.Stored, sums map[gift.Lot]int64, e *gift.Effect, b business.Business) {
	shown.About = append(shown.About, said{v.l.T("gifts.frozen"), v.drawWords(b).Moment(s.Frozen)}, said{v.l.T("gifts.qualified"), v.l.Integer(s.Qualified)})
	for _, lot := range []gift.Lot{gift.Gifted, gift.HeldOut, gift.NotDrawn, gift.Missed} {
		if lot != gift.Missed || sums[lot] > 0 {
			shown.About = append(shown.About, said{v.l.T("gift.lot." + string(lot)), v.l.Integer(sums[lot])})
		}
	}
	if sums[gift.Missed] > 0 {
		shown.Note = "" // that everybody has theirs is not so
	}
	if e.With.Customers == 0 || e.Without.Customers == 0 {
		shown.Finding = v.l.T("gifts.effect.nobody")
		return
	}
	side := func(key string, s *gift.Side) {
		shown.Effect = append(shown.Effect, said{v.l.T(key), v.l.T("gifts.effect.side", v.l.Integer(s.Customers), v.l.Integer(s.Came),
			v.l.Money(int64(math.Round(float64(s.Minor)/float64(s.Customers))), b.Currency))})
	}
	side("gifts.effect.with", &e.With)
	side("gifts.effect.without", &e.Without)
	shown.Finding = v.l.T("gifts.effect.too_few", v.l.Integer(gift.Fewest))
	if e.PaidVerdict == metric.Few {
		return
	}
	money := func(f float64) string { return v.l.Money(int64(math.Round(f)), b.Currency) }
	const hundred = 100
	came := e.Came.Scale(hundred)
	share := func(f float64) string { return v.l.Number(f, 1) }
	shown.Effect = append(shown.Effect,
		said{v.l.T("gifts.effect.paid"), v.l.T("gifts.effect.range", money(e.Paid.Difference), money(e.Paid.Low), money(e.Paid.High), v.l.T("verdict."+e.PaidVerdict))},
		said{v.l.T("gifts.effect.came"), v.l.T("gifts.effect.range", share(came.Difference), share(came.Low), share(came.High), v.l.T("verdict."+e.CameVerdict))})
	switch {
	case e.PaidVerdict != metric.Real:
		shown.Finding = v.l.T("gifts.effect.noise")
	case e.Paid.Difference > 0:
		shown.Finding = v.l.T("gifts.effect.more", money(e.Paid.Difference))
	default:
		shown.Finding = v.l.T("gifts.effect.less", money(-e.Paid.Difference))
	}
}
