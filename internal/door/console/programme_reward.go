package console

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/fault"
)

// rewardTerms is what the terms of all kinds say.
type rewardTerms struct {
	AmountMinor  int64    `json:"amount_minor,omitempty"`
	Percent      float64  `json:"percent,omitempty"`
	MinimumMinor int64    `json:"minimum_minor,omitempty"`
	MostMinor    int64    `json:"most_minor,omitempty"`
	Products     []string `json:"products,omitempty"`
	Categories   []string `json:"categories,omitempty"`
	Product      string   `json:"product,omitempty"`
	Quantity     int64    `json:"quantity,omitempty"`
	CostMinor    int64    `json:"cost_minor,omitempty"`

	From    time.Time `json:"from,omitzero"`
	Until   time.Time `json:"until,omitzero"`
	What    string    `json:"what,omitempty"`
	Begins  time.Time `json:"begins_at,omitzero"`
	Place   string    `json:"place,omitempty"`
	Places  int64     `json:"places,omitempty"`
	Draw    string    `json:"draw,omitempty"`
	Entries int64     `json:"entries,omitempty"`
	To      string    `json:"to,omitempty"`
}

// ofGoods are goods that a discount is for, named as a phrase of conditions names them.
type ofGoods struct {
	phrase string
	names  *[]string
}

func (t *rewardTerms) goods() []ofGoods {
	return []ofGoods{{"category", &t.Categories}, {"product", &t.Products}}
}

func (v *visit) shownReward(e *edit) (r reward.Reward, t rewardTerms, err error) {
	if there := e.reward(); there != nil {
		r = *there
	} else {
		r = reward.Reward{Kind: reward.Kind(cmp.Or(v.r.URL.Query().Get("kind"), string(reward.Discount))), Coding: reward.Coding{Kind: reward.Unique}}
		if !r.Kind.Dated() {
			r.GoodDays = 90
		}
		if r.Kind == reward.Draw { // there is nothing to show at a till
			r.Coding = reward.Coding{}
		}
		if !slices.Contains(reward.Kinds(), r.Kind) {
			return r, t, fault.Coded("no_page", fault.NotFoundf("there is no such kind of reward"))
		}
	}
	t, err = termsOf(&r)
	return r, t, err
}

// termsOf reads what the terms of a reward say.
func termsOf(r *reward.Reward) (t rewardTerms, err error) {
	if len(r.Terms) == 0 {
		return t, nil
	}
	if err := json.Unmarshal(r.Terms, &t); err != nil {
		return t, fmt.Errorf("the terms of reward %s: %w", r.Reward, err)
	}
	return t, nil
}

func (v *visit) rewardForm(e *edit) (title string, f form, err error) {
	r, t, err := v.shownReward(e)
	if err != nil {
		return "", f, err
	}
	choices, unit := v.unitChoices(e, r.Unit)
	fields := []field{{Name: "name", Label: v.l.T("rules.name"), Help: v.l.T("rules.name.help"), Value: r.Name, Most: 200}}
	fields = append(fields, v.numberField("price", v.l.T("rules.price.help"), r.Price, true),
		field{Name: "unit", Label: v.l.T("rules.unit"), Type: "select", Choices: choices, Value: unit})
	fields = append(fields, v.rewardTermFields(e, r.Kind, &t)...)
	var more []field
	if !r.Kind.Dated() {
		more = append(more, v.numberField("good", v.l.T("rules.good.help"), int64(r.GoodDays), true))
	}
	more = append(more, v.numberField("times", "", r.PerCustomer, true), v.periodField(r.Period), field{
		Name: "description", Label: v.l.T("rules.description"), Type: "textarea", Value: r.Description, Optional: true, Most: 1000})
	f.Groups = []group{{Fields: fields}}
	if r.Kind == reward.Discount {
		goods := group{Legend: v.l.T("rules.group.goods"), Folded: true}
		for _, of := range t.goods() {
			one, err := v.phraseField(e, programme.PhraseOf(of.phrase), *of.names)
			if err != nil {
				return "", f, err
			}
			goods.Fields = append(goods.Fields, one)
		}
		f.Groups = append(f.Groups, goods)
	}
	f.Groups = append(f.Groups, v.codingGroup(&r.Coding), group{Legend: v.l.T("rules.group.more"), Folded: true, Fields: more})
	return v.l.T("rewards.kind." + string(r.Kind)), f, nil
}

// rewardTermFields are those for what a kind of reward promises.
func (v *visit) rewardTermFields(e *edit, kind reward.Kind, t *rewardTerms) []field {
	text := func(name, help, value string, optional bool) field {
		return field{Name: name, Label: v.l.T("rules." + name), Help: help, Value: value, Most: 200, Optional: optional}
	}
	moment := func(name string, at time.Time) field {
		f := field{Name: name, Label: v.l.T("rules." + name), Type: "datetime-local"}
		if !at.IsZero() {
			f.Value = at.In(zoneOf(e.b)).Format(minutes)
		}
		return f
	}
	switch kind {
	case reward.Discount:
		return []field{v.moneyField(e, "amount", v.l.T("rules.amount.help"), t.AmountMinor, true),
			{Name: "percent", Label: v.l.T("rules.percent"), Value: writtenFloat(t.Percent), Mode: "decimal", Optional: true}, v.moneyField(e, "minimum", "", t.MinimumMinor, true)}
	case reward.FreeDelivery:
		return []field{v.moneyField(e, "minimum", "", t.MinimumMinor, true)}
	case reward.Product:
		return []field{text("product", v.l.T("programmes.field.of.help"), t.Product, false)}
	case reward.Gift, reward.Experience:
		return []field{v.moneyField(e, "cost", v.l.T("rules.cost.help"), t.CostMinor, true)}
	case reward.Occasion:
		return []field{moment("begins", t.Begins), text("place", "", t.Place, true), v.numberField("places", v.l.T("rules.places.help"), t.Places, true)}
	case reward.EarlyAccess:
		return []field{text("what", v.l.T("rules.what.help"), t.What, true), moment("opens_at", t.From), moment("closes_at", t.Until)}
	case reward.Draw:
		return []field{text("draw", v.l.T("rules.draw.which"), t.Draw, false), v.numberField("entries", "", max(t.Entries, 1), false)}
	case reward.Donation:
		return []field{v.moneyField(e, "money", "", t.AmountMinor, false), text("whom", "", t.To, true)}
	case reward.CashBack:
		return []field{v.moneyField(e, "money", "", t.AmountMinor, false)}
	}
	return nil
}

func (v *visit) typedReward(e *edit) error {
	r, t, err := v.shownReward(e)
	if err != nil {
		return err
	}
	if r.Name, err = v.typedName(200); err != nil {
		return err
	}
	if r.Price, err = v.whole("price", 0, 1_000_000_000); err != nil {
		return err
	}
	if r.Unit = v.typedUnitOf(e); r.Price == 0 {
		r.Unit = ""
	}
	before, err := json.Marshal(t)
	if err == nil {
		if err := v.typedRewardTerms(e, &t, r.Kind); err != nil {
			return err
		}
		var after []byte
		if after, err = json.Marshal(t); !bytes.Equal(before, after) { // else they stay as they were written
			r.Terms = after
		}
	}
	if err != nil {
		return fmt.Errorf("write the terms of a reward: %w", err)
	}
	if r.Coding, err = v.typedCoding(r.Coding); err != nil {
		return err
	}
	good := int64(r.GoodDays)
	if !r.Kind.Dated() {
		if good, err = v.whole("good", 0, 3660); err != nil {
			return err
		}
	}
	if r.PerCustomer, err = v.whole("times", 0, 1_000_000); err != nil {
		return err
	}
	r.GoodDays, r.Period, r.Description = int(good), reward.Ever, strings.TrimSpace(strings.ReplaceAll(v.typed("description"), "\r\n", "\n"))
	if r.PerCustomer > 0 {
		r.Period = reward.Period(v.typed("period"))
	}
	if there := e.reward(); there != nil {
		*there = r
		return nil
	}
	if r.Reward, err = programme.FreeName(e.tx, "reward", string(r.Kind)); err != nil {
		return err
	}
	e.d.Rewards = append(e.d.Rewards, r)
	return nil
}

func (v *visit) typedRewardTerms(e *edit, t *rewardTerms, kind reward.Kind) (err error) {
	money := func(name string, to *int64) {
		if *to = 0; err != nil || strings.TrimSpace(v.typed(name)) == "" {
			return
		}
		*to, err = v.typedMoney(name, e.b.Digits())
	}
	switch kind {
	case reward.Discount:
		money("amount", &t.AmountMinor)
		money("minimum", &t.MinimumMinor)
		if t.Percent = 0; err == nil && strings.TrimSpace(v.typed("percent")) != "" {
			t.Percent, err = v.within("percent", 100)
		}
		if err == nil && (t.AmountMinor > 0) == (t.Percent > 0) {
			err = fault.In("amount", fault.Coded("one_discount", fault.Invalidf("a discount is an amount or a percentage, one of the two")))
		}
		if t.Percent == 0 {
			t.MostMinor = 0
		}
		for _, of := range t.goods() {
			if err == nil {
				err = v.typedGoods(of)
			}
		}
	case reward.FreeDelivery:
		money("minimum", &t.MinimumMinor)
	case reward.Product:
		if t.Product = strings.TrimSpace(v.typed("product")); t.Product == "" {
			err = required("product")
		}
	case reward.Gift, reward.Experience:
		money("cost", &t.CostMinor)
	case reward.Occasion:
		t.Place = strings.TrimSpace(v.typed("place"))
		if err = v.typedMinute(e, "begins", &t.Begins); err == nil {
			t.Places, err = v.whole("places", 0, 1_000_000)
		}
	case reward.EarlyAccess:
		t.What = strings.TrimSpace(v.typed("what"))
		if err = v.typedMinute(e, "opens_at", &t.From); err == nil {
			err = v.typedMinute(e, "closes_at", &t.Until)
		}
		if err == nil && !t.Until.After(t.From) {
			err = fault.In("closes_at", fault.Coded("rule_until", fault.Invalidf("it ends before it begins")))
		}
	case reward.Draw:
		if t.Draw = strings.TrimSpace(v.typed("draw")); t.Draw == "" {
			return required("draw")
		}
		n := t.Entries
		if t.Entries, err = v.whole("entries", 1, mostUnits); err == nil && n == 0 && t.Entries == 1 {
			t.Entries = 0 // as it was written
		}
	case reward.Donation, reward.CashBack:
		if money("money", &t.AmountMinor); err == nil && t.AmountMinor == 0 {
			err = required("money")
		}
		if kind == reward.Donation {
			t.To = strings.TrimSpace(v.typed("whom"))
		}
	}
	return err
}

// typedGoods reads the names of goods; the same ones stay as they stood.
func (v *visit) typedGoods(of ofGoods) error {
	filled, err := v.typedPhrase(programme.PhraseOf(of.phrase), 0) // no amounts
	before := *of.names
	if len(filled) != len(before) || slices.ContainsFunc(before, func(name string) bool { return !slices.Contains(filled, name) }) {
		*of.names = filled
	}
	return err
}

// typedMinute reads a moment in the business's time; one that is the same minute stays as it was.
func (v *visit) typedMinute(e *edit, name string, at *time.Time) error {
	if strings.TrimSpace(v.typed(name)) == "" {
		return required(name)
	}
	typed, err := v.typedTime(name, zoneOf(e.b))
	if err == nil && !at.Truncate(time.Minute).Equal(typed) {
		*at = typed
	}
	return err
}
