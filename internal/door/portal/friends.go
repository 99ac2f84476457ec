package portal

import (
	"html/template"
	"maps"
	"net/http"
	"slices"

	"regulars/internal/act/programme"
	"regulars/internal/act/referral"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
)

// friends is how a member brings others, and what both get for it.
type friends struct {
	Code, Link string
	Picture    template.HTML
	Gives      []string // to the member
	GivesThem  []string // to the friend
	When       []string
	Counts     []string
}

// showFriends is the page with the code for a friend: a page of its own, so that nobody shows it at the till for their card.
func (v *visit) showFriends() error {
	return v.signedIn(func() error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		f, err := v.friends(facts)
		if err == nil && f == nil {
			err = fault.Coded("no_page", fault.NotFoundf("there is no such page"))
		}
		if err == nil {
			err = v.invite(f)
		}
		if err != nil {
			return err
		}
		return v.show(http.StatusOK, "friends", sheet{Title: v.l.T("portal.friends.title"), Content: f})
	})
}

// unbrought is why the link of a friend counted for nothing, by the code of the fault, as the page of a member says it.
var unbrought = map[string]string{
	notNewCode: "known", "referral_ring": "known", "self_referral": "own", "already_referred": "other",
	"referral_code_not_found": "gone", "no_referrals": "gone",
}

const (
	notNewCode = "not_new"
	homeWhy    = "/my/?friend=" // the page of a member, which says why
)

// whyNot says why the link of a friend that somebody came by counts for nothing; empty: it is not asked.
func (v *visit) whyNot() string {
	why := v.r.URL.Query().Get("friend")
	if !slices.Contains(slices.Collect(maps.Values(unbrought)), why) {
		return ""
	}
	return v.l.T("portal.friends.not." + why)
}

// friends is what both get; nil where the programme has no referral.
func (v *visit) friends(facts *intake.Intake) (*friends, error) {
	var c *programme.Compiled
	if err := v.read(func(tx *db.Tx) (err error) {
		c, err = facts.Programme().Book.Current(tx, facts.Business.Zone)
		return err
	}); err != nil || c == nil || c.Document.Referral == nil {
		return nil, err
	}
	f := &friends{}
	terms := c.Terms(v.l, facts.Business.Currency, facts.Business.Digits())
	for i := range c.Document.Rules {
		switch c.Document.Rules[i].On {
		case "referral":
			f.Gives = append(f.Gives, terms.Rules[i].Gives)
		case "referred":
			f.GivesThem = append(f.GivesThem, terms.Rules[i].Gives)
		}
	}
	f.When = terms.Friends
	return f, nil
}

// invite adds the code, and who came by it.
func (v *visit) invite(f *friends) error {
	var by map[referral.State]int64
	if err := v.write(func(tx *db.Tx) (err error) {
		if f.Code, err = referral.Code(tx, v.me); err == nil {
			by, err = referral.Counts(tx, v.me)
		}
		return err
	}); err != nil {
		return err
	}
	f.Link = referral.Path(f.Code)
	if v.Public != nil {
		f.Link = v.Public() + f.Link
	}
	var err error
	if f.Picture, err = picture(f.Link); err != nil {
		return err
	}
	for _, one := range []struct {
		key string
		n   int64
	}{{"came", by[referral.Pending] + by[referral.Qualified]}, {"rewarded", by[referral.Rewarded] + by[referral.Rewarding]}} {
		if one.n > 0 {
			f.Counts = append(f.Counts, v.l.P("portal.friends."+one.key, one.n))
		}
	}
	return nil
}
