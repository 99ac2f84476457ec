package portal

import (
	"net/http"
	"slices"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
)

// promised is the programme in words, and what the business wrote under it.
type promised struct {
	programme.Terms

	Any              bool // there is a programme
	Written, Version string
	Heading          string
}

// Lasts tells whether anything is said of how long units are good.
func (p promised) Lasts() bool {
	return slices.ContainsFunc(p.Units, func(u programme.Term) bool { return len(u.When) > 0 })
}

// showTerms is for everybody: whoever thinks of joining wants to know what for.
func (v *visit) showTerms() error {
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	p := promised{Written: v.settings.Terms, Heading: v.l.T("portal.terms.written", v.name())}
	if v.settings.Version != "" {
		p.Version = v.l.T("portal.terms.version", v.settings.Version)
	}
	if err := v.read(func(tx *db.Tx) error {
		c, err := facts.Programme().Book.Current(tx, facts.Business.Zone)
		if err != nil {
			return err
		}
		if v.club = c; c != nil {
			p.Any = true
			p.Terms = c.Promises(v.l, facts.Business.Currency, facts.Business.Digits(), tx.Now.In(facts.Business.Zone).Format(time.DateOnly), draw.Called(tx, v.l))
		}
		p.Rewards, err = v.rewardTerms(tx)
		return err
	}); err != nil {
		return err
	}
	p.Any = p.Any || len(p.Rewards) > 0
	return v.show(http.StatusOK, "terms", sheet{Title: v.l.T("portal.terms.title"), Lead: v.settings.Greeting, Content: p})
}

func (v *visit) rewardWords(tx *db.Tx) *programme.RewardWords {
	return &programme.RewardWords{Words: v.words(), Called: draw.Called(tx, v.l)}
}

// rewardTerms are of the rewards that can be had for units.
func (v *visit) rewardTerms(tx *db.Tx) (all []programme.Term, err error) {
	found, err := reward.List(tx, false, "", shownRewards)
	words := v.rewardWords(tx)
	for i := range found {
		if s := &found[i]; s.Price > 0 && s.Coding.Kind != reward.Generic && !s.Past(tx.Now) {
			term := words.Term(&s.Reward)
			term.Name = v.club.In(v.l, term.Name)
			all = append(all, term)
		}
	}
	return all, err
}
