package console

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

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
	}
	if wrong != nil {
		if status = v.status(wrong); fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		page.Problems = []problem{{Text: v.say(wrong)}}
		if shown.Form != nil {
			page.Problems[0] = v.wronged(shown.Form, wrong)
		}
	}
	if shown.Form != nil {
		v.fillForm(shown.Form, false)
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

// surpriseForm is where a surprise is written.
func (v *visit) surpriseForm(s *gift.Surprise, b business.Business, action string) (f form, err error) {
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return f, err
	}
	var what, segments, tiers []choice
	if err := v.read(func(tx *db.Tx) error {
		what, tiers = nil, nil
		units, err := points.Units(tx)
		if err != nil {
			return err
		}
		for _, u := range units {
			if u.Kind == points.Spendable {
				what = append(what, choice{Value: "unit:" + u.Code, Name: points.UnitName(v.l, u.Code)})
			}
		}
		const most = 200
		rewards, err := reward.List(tx, false, "", most)
		if err != nil {
			return err
		}
		for i := range rewards {
			if rewards[i].Coding.Kind != reward.Generic {
				what = append(what, choice{Value: "reward:" + rewards[i].Reward.Reward, Name: v.l.T("gifts.reward", rewards[i].Name)})
			}
		}
		c, err := facts.Programme().Book.Current(tx, zoneOf(b))
		for _, t := range c.TierNames() {
			tiers = append(tiers, choice{Value: t[0], Name: t[1]})
		}
		return err
	}); err != nil {
		return f, err
	}
	for _, key := range metric.Segments() {
		segments = append(segments, choice{Value: key, Name: v.l.T("segment." + key + ".name")})
	}
	is := "unit:" + s.Unit
	if s.Reward != "" {
		is = "reward:" + s.Reward
	}
	spent := v.l.T("gifts.field.spent")
	if b.Currency != "" {
		spent += ", " + b.Currency
	}
	number := func(name string, n int64) field {
		f := field{Name: name, Label: v.l.T("gifts.field." + name), Mode: "numeric", Optional: true}
		if n != 0 {
			f.Value = strconv.FormatInt(n, 10)
		}
		if v.l.Has("gifts.field." + name + ".help") {
			f.Help = v.l.T("gifts.field." + name + ".help")
		}
		return f
	}
	money := ""
	if s.Who.Spent > 0 {
		money = plainAmount(s.Who.Spent, b.Digits())
	}
	members := ""
	if s.Who.Members {
		members = "yes"
	}
	who := []field{v.one("segment", segments)}
	who[0].Value = s.Who.Segment
	if len(tiers) > 0 {
		tier := field{Name: "tier", Label: v.l.T("gifts.field.tier"), Type: "select", Optional: true, Choices: append([]choice{{Name: v.l.T("filter.any")}}, tiers...), Value: s.Who.Tier}
		who = append(who, tier)
	}
	who = append(who, field{Name: "members", Label: v.l.T("gifts.field.members"), Type: "tick", Value: members, Optional: true},
		number("orders", s.Who.Orders), field{Name: "spent", Label: spent, Value: money, Mode: "decimal", Optional: true}, number("within", s.Who.Within), number("away", s.Who.Away),
		field{Name: "condition", Label: v.l.T("gifts.field.condition"), Help: v.l.T("gifts.field.condition.help", "customer.member_years >= 1"), Type: "textarea", Value: s.Who.Condition, Optional: true})
	held := number("hold_out", s.HoldOut)
	held.Value = strconv.FormatInt(s.HoldOut, 10)
	return form{Action: action, Groups: []group{
		{Fields: []field{
			{Name: "name", Label: v.l.T("gifts.field.name"), Help: v.l.T("gifts.field.name.help"), Value: s.Name, Most: 100},
			{Name: "gives", Label: v.l.T("gifts.field.gives"), Type: "datetime-local", Value: s.Gives.In(zoneOf(b)).Format(minutes)},
		}},
		{Legend: v.l.T("gifts.group.what"), Fields: []field{
			{Name: "what", Label: v.l.T("gifts.field.what"), Type: "select", Choices: what, Value: is}, number("units", s.Units), number("gifts", s.Gifts), number("budget", s.Budget),
		}},
		{Legend: v.l.T("gifts.group.who"), Fields: who},
		{Legend: v.l.T("gifts.group.proof"), Fields: []field{held}},
	}}, nil
}

// typedSurprise reads what was typed; what is not looked at here, Check does.
func (v *visit) typedSurprise(key string, b business.Business) (s gift.Surprise, err error) {
	s = gift.Surprise{Surprise: key, Name: strings.TrimSpace(v.typed("name")), Who: gift.Who{Segment: v.typed("segment"), Tier: v.typed("tier"), Members: v.typed("members") != "",
		Condition: strings.TrimSpace(v.typed("condition"))}}
	kind, code, _ := strings.Cut(v.typed("what"), ":")
	switch kind {
	case "unit":
		s.Unit = code
	case "reward":
		s.Reward = code
	}
	for name, to := range map[string]*int64{"units": &s.Units, "gifts": &s.Gifts, "budget": &s.Budget, "hold_out": &s.HoldOut, "orders": &s.Who.Orders, "within": &s.Who.Within, "away": &s.Who.Away} {
		if strings.TrimSpace(v.typed(name)) == "" {
			continue
		}
		if *to, err = v.typedCount(name); err != nil {
			return s, err
		}
	}
	if s.Reward != "" {
		s.Units = 0 // it is a field that the form has in any case
	}
	if strings.TrimSpace(v.typed("spent")) != "" {
		if s.Who.Spent, err = v.typedMoney("spent", b.Digits()); err != nil {
			return s, err
		}
	}
	s.Gives, err = v.typedTime("gives", zoneOf(b))
	return s, err
}

// inSurpriseForm says of what is wrong in which field of the form it was typed.
func inSurpriseForm(err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	names := map[string]string{"unit": "what", "reward": "what", "who.segment": "segment", "who.orders": "orders", "who.spent_minor": "spent", "who.within_days": "within",
		"who.away_days": "away", "who.condition": "condition"}
	name, ok := names[f.Field]
	if !ok {
		return err
	}
	moved := *f
	moved.Field, moved.Kind = name, fault.Invalid
	return &moved
}

func (v *visit) showNewSurprise() error {
	return v.allowed(account.ProgrammeWrite, func(account.Actor) error { return v.askSurprise(nil) })
}

func (v *visit) askSurprise(wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	const held, morning = 10, 10
	now := time.Now().In(zoneOf(b))
	s := gift.Surprise{HoldOut: held, Gives: time.Date(now.Year(), now.Month(), now.Day()+1, morning, 0, 0, 0, now.Location())}
	f, err := v.surpriseForm(&s, b, "/gifts/new")
	if err != nil {
		return err
	}
	if at := slices.IndexFunc(f.Groups[1].Fields, func(f field) bool { return f.Name == "what" }); len(f.Groups[1].Fields[at].Choices) == 0 {
		return v.message(http.StatusConflict, v.l.T("gifts.new"), message{Text: []string{v.l.T("gifts.nothing")}, Link: v.l.T("nav.programme"), To: "/programme"})
	}
	f.Button, f.Link, f.To, f.Hidden = v.l.T("draws.new.button"), v.l.T("console.cancel"), "/gifts", keyed()
	return v.ask(v.l.T("gifts.new"), v.l.T("gifts.new.says"), f, wrong)
}

func (v *visit) newSurprise() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		return v.once(by, func() error { return v.madeSurprise(by) })
	})
}

func (v *visit) madeSurprise(by account.Actor) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	s, err := v.typedSurprise("surprise", b)
	if err == nil {
		err = v.write(func(tx *db.Tx) error {
			if err := freeSurprise(tx, &s, zoneOf(b)); err != nil {
				return err
			}
			return v.savedSurprise(tx, by, s, 0)
		})
	}
	err = inSurpriseForm(err)
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		return v.askSurprise(err)
	}
	if err != nil {
		return err
	}
	return v.leave(surpriseAt(s.Surprise))
}

// freeSurprise finds a name that no surprise has: the day on which it is given.
func freeSurprise(tx *db.Tx, s *gift.Surprise, zone *time.Location) error {
	day := "surprise-" + s.Gives.In(zone).Format(time.DateOnly)
	for n := 1; ; n++ {
		if s.Surprise = day; n > 1 {
			s.Surprise += "-" + strconv.Itoa(n)
		}
		if _, err := gift.Load(tx, s.Surprise); err != nil {
			if fault.KindOf(err) == fault.NotFound {
				return nil
			}
			return err
		}
	}
}

func (v *visit) savedSurprise(tx *db.Tx, by account.Actor, s gift.Surprise, version int64) error {
	if _, err := gift.Save(tx, s, by.ID, version); err != nil {
		return err
	}
	return didSurprise(tx, by, "saved", s.Surprise)
}

func didSurprise(tx *db.Tx, by account.Actor, what, key string) error {
	return account.Record(tx, account.Entry{Actor: by, Action: "surprise." + what, Target: gift.CauseOf(key), Count: 1, Request: by.Request})
}

// onSurprise does something to the surprise of the address, and shows it again: with what was wrong, or what was done.
func (v *visit) onSurprise(to string, do func(tx *db.Tx, by account.Actor, key string) error) error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		return v.once(by, func() error {
			err := inSurpriseForm(v.write(func(tx *db.Tx) error { return do(tx, by, v.r.PathValue("surprise")) }))
			if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
				return v.oneSurprise(by, err)
			}
			if err != nil {
				return err
			}
			return v.leave(to)
		})
	})
}

func (v *visit) changeSurprise() error {
	return v.onSurprise(surpriseAt(v.r.PathValue("surprise"))+"?done=saved", func(tx *db.Tx, by account.Actor, key string) error {
		version, err := v.typedCount("version")
		if err != nil {
			return err
		}
		b, err := business.Load(tx)
		if err != nil {
			return err
		}
		s, err := v.typedSurprise(key, b)
		if err != nil {
			return err
		}
		return v.savedSurprise(tx, by, s, version)
	})
}

func (v *visit) discardSurprise() error {
	return v.onSurprise("/gifts?done=deleted", func(tx *db.Tx, by account.Actor, key string) error {
		if err := gift.Discard(tx, key); err != nil {
			return err
		}
		return didSurprise(tx, by, "discarded", key)
	})
}

func (v *visit) planSurprise() error { return v.movesSurprise(gift.Planned, gift.Plan) }

func (v *visit) cancelSurprise() error { return v.movesSurprise(gift.Cancelled, gift.Cancel) }

func (v *visit) movesSurprise(to gift.State, move func(tx *db.Tx, key string) (gift.Stored, bool, error)) error {
	return v.onSurprise(surpriseAt(v.r.PathValue("surprise")), func(tx *db.Tx, by account.Actor, key string) error {
		if _, moved, err := move(tx, key); err != nil || !moved {
			return err
		}
		return didSurprise(tx, by, string(to), key)
	})
}
