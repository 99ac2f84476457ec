package console

import (
	"cmp"
	"html/template"
	"net/http"
	"path"
	"strings"

	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
)

// oneReward is the page of a reward.
type oneReward struct {
	Said        string
	Closed      bool // it is not offered any more
	Text        string
	About       []said
	Left, Codes *form // nil: not by the reader, or there is none of it
	Sees        bool  // who has it
	Takers      template.HTML
	Older       string
	File        string // the list as CSV; empty: not for the reader
}

func (v *visit) showReward() error {
	return v.allowed(account.ProgrammeRead, func(by account.Actor) error { return v.oneReward(by, nil) })
}

// oneReward shows a reward; again, where something was wrong with what was typed.
func (v *visit) oneReward(by account.Actor, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	name := v.r.PathValue("reward")
	shown := oneReward{Said: v.doneCodes(), Sees: by.May(account.PointsRead)}
	var s reward.Stored
	var states map[reward.State]int64
	var list []taker
	if err := v.read(func(tx *db.Tx) (err error) {
		if s, err = reward.Load(tx, name); err != nil {
			return err
		}
		if states, err = reward.States(tx, name); err != nil || !shown.Sees {
			return err
		}
		list, err = v.takers(tx, by, b, name, placeIn(v.r.URL.Query()), takersMost+1)
		return err
	}); err != nil {
		return err
	}
	shown.Closed, shown.Text = s.Archived, s.Description
	if shown.About, err = v.aboutReward(&s, states, b); err != nil {
		return err
	}
	if len(list) > takersMost {
		list = list[:takersMost]
		shown.Older = rewardsAt + "/" + name + "?" + placeQuery(list[takersMost-1].at)
	}
	if len(list) > 0 && by.May(account.CustomersExport) {
		shown.File = rewardsAt + "/" + name + "/customers.csv"
	}
	if shown.Takers, err = v.takerTable(list); err != nil {
		return err
	}
	if by.May(account.ProgrammeWrite) && !s.Archived {
		if shown.Left, err = v.leftForm(&s); err != nil {
			return err
		}
		if s.Coding.Kind == reward.Pool {
			shown.Codes = v.codesForm(&s)
		}
	}
	shows, status := sheet{Title: s.Name, Content: &shown}, http.StatusOK
	if wrong != nil {
		if status = v.status(wrong); fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		f := shown.Left
		if path.Base(v.r.URL.Path) == "codes" {
			f = shown.Codes
		}
		if f == nil { // it was taken away meanwhile
			return wrong
		}
		shows.Problems = []problem{v.wronged(f, wrong)}
		v.meanwhile(f, wrong)
		v.fillForm(f, false)
	}
	return v.show(status, "reward", shows)
}

// aboutReward is what a reward is, and how it stands.
func (v *visit) aboutReward(s *reward.Stored, states map[reward.State]int64, b business.Business) ([]said, error) {
	about := []said{{v.l.T("rewards.kind"), v.l.T("rewards.kind." + string(s.Kind))}}
	more, err := v.promised(s, b)
	if err != nil {
		return nil, err
	}
	about = append(about, more...)
	words := &programme.RewardWords{Words: v.drawWords(b)}
	term := words.Term(&s.Reward)
	if s.Kind.Dated() && words.For(&s.Reward) != "" { // when it is stands above
		term.When = term.When[1:]
	}
	about = append(about, said{v.l.T("rewards.col.price"), strings.Join(append([]string{term.Gives}, term.When...), ", ")})
	if when := v.offered(s, zoneOf(b)); when != "" {
		about = append(about, said{v.l.T("rewards.when"), when})
	}
	about = append(about, said{v.l.T("rewards.codes"), v.l.T("rewards.codes." + cmp.Or(string(s.Coding.Kind), "none"))})
	taken := states[reward.Held] + states[reward.Issued] + states[reward.Used]
	if s.Kind == reward.Occasion && s.Left != nil {
		about = append(about, said{v.l.T("rewards.places"), v.l.Integer(*s.Left + taken)})
	}
	used := "rewards.used"
	if s.Kind == reward.Occasion {
		used = "rewards.came"
	}
	return append(about, said{v.l.T("rewards.col.left"), v.leftOf(s)}, said{v.l.T("rewards.taken"), v.l.Integer(taken)}, said{v.l.T(used), v.l.Integer(states[reward.Used])}), nil
}

// promised is what the terms of a kind say.
func (v *visit) promised(s *reward.Stored, b business.Business) (all []said, err error) {
	t, err := termsOf(&s.Reward)
	if err != nil {
		return nil, err
	}
	w := v.drawWords(b)
	add := func(key, text string) {
		if text != "" {
			all = append(all, said{v.l.T("rewards.is." + key), text})
		}
	}
	money := func(key string, minor int64) {
		if minor > 0 {
			add(key, v.l.Money(minor, b.Currency))
		}
	}
	if t.Percent > 0 {
		add("gives", v.l.T("terms.gives.off", v.l.Percent(t.Percent, 0)))
	}
	if s.Kind == reward.Discount && t.AmountMinor > 0 {
		add("gives", v.l.T("terms.gives.off", v.l.Money(t.AmountMinor, b.Currency)))
	} else {
		money("gives", t.AmountMinor)
	}
	money("most", t.MostMinor)
	if t.Quantity > 1 {
		t.Product += " × " + v.l.Integer(t.Quantity)
	}
	add("category", strings.Join(t.Categories, ", "))
	add("product", cmp.Or(t.Product, strings.Join(t.Products, ", ")))
	if !t.Begins.IsZero() {
		add("begins", w.Moment(t.Begins))
	}
	add("place", t.Place)
	add("what", t.What)
	if !t.From.IsZero() {
		add("window", v.l.T("rewards.between", w.Moment(t.From), w.Moment(t.Until)))
	}
	add("to", t.To)
	if t.Draw != "" {
		add("draw", v.l.P("terms.gives.entries", max(t.Entries, 1), t.Draw))
	}
	return all, nil
}
