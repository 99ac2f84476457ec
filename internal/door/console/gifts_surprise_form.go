package console

import (
	"errors"
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
	"regulars/internal/record/business"
)

// surpriseForm is where a surprise is written.
func (v *visit) surpriseForm(s *gift.Surprise, b business.Business, action string) (f form, err error) {
	what, tiers, err := v.surpriseChoices(b)
	if err != nil {
		return f, err
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
	who := []field{v.one("segment", v.segmentChoices())}
	who[0].Value = s.Who.Segment
	if len(tiers) > 0 {
		tier := field{Name: "tier", Label: v.l.T("gifts.field.tier"), Type: "select", Optional: true, Choices: append([]choice{{Name: v.l.T("filter.any")}}, tiers...), Value: s.Who.Tier}
		who = append(who, tier)
	}
	who = append(who, field{Name: "members", Label: v.l.T("gifts.field.members"), Type: "tick", Value: ticked(s.Who.Members), Optional: true},
		number("orders", s.Who.Orders), field{Name: "spent", Label: spent, Value: money, Mode: "decimal", Optional: true}, number("within", s.Who.Within), number("away", s.Who.Away),
		field{Name: "condition", Label: v.l.T("gifts.field.condition"), Help: v.l.T("gifts.field.condition.help", "customer.member_years >= 1"), Type: "textarea", Value: s.Who.Condition, Optional: true})
	held := number("hold_out", s.HoldOut)
	held.Value = strconv.FormatInt(s.HoldOut, 10)
	f = form{Action: action, Groups: []group{
		{Fields: []field{
			{Name: "name", Label: v.l.T("gifts.field.name"), Help: v.l.T("gifts.field.name.help"), Value: s.Name, Most: 100},
			{Name: "gives", Label: v.l.T("gifts.field.gives"), Type: "datetime-local", Value: s.Gives.In(zoneOf(b)).Format(minutes)},
		}},
		{Legend: v.l.T("gifts.group.what"), Fields: []field{
			{Name: "what", Label: v.l.T("gifts.field.what"), Type: "select", Choices: what, Value: is}, number("units", s.Units), number("gifts", s.Gifts), number("budget", s.Budget),
		}},
		{Legend: v.l.T("gifts.group.who"), Fields: who},
		{Legend: v.l.T("gifts.group.proof"), Fields: []field{held}},
	}}
	return f, v.surpriseLanguages(&f, s)
}

// surpriseChoices are what a surprise can be, and the tiers that it can be for.
func (v *visit) surpriseChoices(b business.Business) (what, tiers []choice, err error) {
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return nil, nil, err
	}
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
		return nil, nil, err
	}
	return what, tiers, nil
}

// typedSurprise reads what was typed; what is not looked at here, Check does.
func (v *visit) typedSurprise(key string, b business.Business) (s gift.Surprise, err error) {
	s = gift.Surprise{Surprise: key, Name: strings.TrimSpace(v.typed("name")), Who: gift.Who{Segment: v.typed("segment"), Tier: v.typed("tier"), Members: v.typed("members") != "",
		Condition: strings.TrimSpace(v.typed("condition"))}}
	v.typedSurpriseLanguages(&s)
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
		name, ok = ofLanguage(f.Field)
	}
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

func didSurprise(tx *db.Tx, by account.Actor, what, key string, fields ...string) error {
	return account.Record(tx, account.Entry{Actor: by, Action: "surprise." + what, Target: gift.CauseOf(key), Fields: fields, Count: 1, Request: by.Request})
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
