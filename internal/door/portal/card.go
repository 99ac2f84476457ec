package portal

import (
	"html/template"
	"net/http"
	"time"

	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/web"
)

// card is what a member shows at the till: by what they are found, what they have, and the codes of what they took.
type card struct {
	Card     template.HTML
	CardText string
	Balances []balance
	Codes    []voucherCode
	AsOf     string
	Script   bool // that keeps the page for when there is no network
}

type voucherCode struct {
	Name, Until, Code string
	Picture           template.HTML
}

// showCard is the page that the browser keeps: whoever stands at a till without a network has it still, and reads when it was so.
func (v *visit) showCard() error {
	return v.signedIn(func() error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		var c card
		if c.Card, err = picture(fact.PublicID(fact.CustomerPrefix, v.me)); err != nil {
			return err
		}
		if c.CardText, err = v.number(); err != nil {
			return err
		}
		zone := facts.Business.Zone
		var taken []reward.Redemption
		var now time.Time
		if err := v.read(func(tx *db.Tx) error {
			now = tx.Now
			members, err := customer.Members(tx, v.me)
			if err != nil {
				return err
			}
			if v.club, err = facts.Programme().Book.Current(tx, zone); err != nil {
				return err
			}
			if c.Balances, err = v.balances(tx, zone); err != nil {
				return err
			}
			taken, err = reward.Of(tx, members, 0, shownTaken)
			return err
		}); err != nil {
			return err
		}
		for i := range taken {
			r := &taken[i]
			if r.State != reward.Issued || r.Code == "" || r.Over(now) {
				continue
			}
			code := voucherCode{Name: v.club.In(v.l, r.Promise.Name), Code: r.Code, Until: v.until(r, zone)}
			if code.Picture, err = picture(r.Code); err != nil {
				return err
			}
			c.Codes = append(c.Codes, code)
		}
		c.AsOf = v.l.Date(now.In(zone)) + ", " + now.In(zone).Format("15:04")
		_, c.Script = web.Card()
		return v.show(http.StatusOK, "card", sheet{Title: v.l.T("portal.card.title"), Content: c})
	})
}

func (v *visit) cardScript() error { return v.script(web.Card()) }
