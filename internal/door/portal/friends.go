package portal

import (
	"html/template"

	"regulars/internal/act/programme"
	"regulars/internal/act/referral"
	"regulars/internal/base/db"
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

// friends is nil where the programme has no referral.
func (v *visit) friends(facts *intake.Intake) (*friends, error) {
	var c *programme.Compiled
	if err := v.read(func(tx *db.Tx) (err error) {
		c, err = facts.Programme().Book.Current(tx, facts.Business.Zone)
		return err
	}); err != nil || c == nil || c.Document.Referral == nil {
		return nil, err
	}
	f := &friends{}
	var by map[referral.State]int64
	if err := v.write(func(tx *db.Tx) (err error) {
		if f.Code, err = referral.Code(tx, v.me); err == nil {
			by, err = referral.Counts(tx, v.me)
		}
		return err
	}); err != nil {
		return nil, err
	}
	f.Link = referral.Path(f.Code)
	if v.Public != nil {
		f.Link = v.Public() + f.Link
	}
	var err error
	if f.Picture, err = picture(f.Link); err != nil {
		return nil, err
	}
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
	for _, one := range []struct {
		key string
		n   int64
	}{{"came", by[referral.Pending] + by[referral.Qualified]}, {"rewarded", by[referral.Rewarded] + by[referral.Rewarding]}} {
		if one.n > 0 {
			f.Counts = append(f.Counts, v.l.P("portal.friends."+one.key, one.n))
		}
	}
	return f, nil
}
