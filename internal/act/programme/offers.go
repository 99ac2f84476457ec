package programme

import (
	"slices"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/record/fact"
)

// Offer is a rule on orders that is for one customer now, in words: it asks for something of the customer, and that is so, or it ends
// soon. What is left in When is what an order must be.
type Offer struct {
	Rule  string
	Until string // the last day, 2026-11-27; empty: it has none
	Term
}

// soon is how long before its end a rule for everybody is an offer.
const soon = 60

// Offers tells what is for a customer now and not for everybody always: rules of which what they ask of the customer is so, and those of
// a limited time. What the customer has had as much of as there is, or whose budget is spent, is none.
func (p *Programme) Offers(tx *db.Tx, who int64, l *locale.Locale, currency string) ([]Offer, error) {
	c, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil || c == nil || who <= 0 {
		return nil, err
	}
	s := Sale{Placed: fact.At(tx.Now, p.Ledger.Zone)}
	t := turn{Programme: p, tx: tx, who: who}
	if t.known, err = t.ask(c, OnOrder, &s); err != nil || c.Document.MembersOnly && !t.known.Member {
		return nil, err
	}
	w := &writer{c: c, l: l, currency: currency, digits: p.Digits, public: true, favourite: t.known.Favourite}
	values := c.values(&s, &t.known, p.Digits)
	now := time.UnixMicro(s.Placed.Local).UTC()
	today, limit := now.Format(time.DateOnly), now.AddDate(0, 0, soon).Format(time.DateOnly)
	var all []Offer
	for _, r := range c.rules {
		if r.on != OnOrder || r.Rule.From > today || r.Rule.Until != "" && r.Rule.Until < today {
			continue
		}
		left, personal, holds := r.condition.forWhom(values)
		lines, too, both := r.lines.forWhom(values) // a line may be asked for whose it is as well
		if personal = personal || too; !holds || !both || !personal && (r.Rule.Until == "" || r.Rule.Until > limit) {
			continue
		}
		a, err := t.allowance(r.Rule, &s)
		if err != nil {
			return nil, err
		}
		if a.Shut || min(a.Uses, a.Own, a.Units) <= 0 {
			continue
		}
		one := *r
		one.condition, one.lines = left, lines
		all = append(all, Offer{r.Rule.Rule, r.Rule.Until, w.rule(&one)})
	}
	// What ends first stands first.
	slices.SortStableFunc(all, func(a, b Offer) int { return strings.Compare(orLast(a.Until), orLast(b.Until)) })
	return all, nil
}

func orLast(day string) string {
	if day == "" {
		return "9999-12-31"
	}
	return day
}

// forWhom parts what a condition asks of the customer from what it asks of orders. personal is whether it asks anything of the customer
// but to be a member, and holds whether all of that is so.
func (c *condition) forWhom(values map[string]any) (left *condition, personal, holds bool) {
	if c == nil {
		return nil, false, true
	}
	rest := condition{past: c.past, segment: c.segment, favourite: c.favourite}
	for _, p := range c.parts {
		if ofFavourite.MatchString(p.text) {
			if values[favouriteField] == "" {
				return nil, true, false
			}
			personal = true
		}
		if !p.asks("customer.") || p.asks("order.") || p.asks("line.") {
			rest.parts = append(rest.parts, p)
			continue
		}
		if one := (&condition{parts: []part{p}}); !one.holds(values) {
			return nil, true, false
		}
		personal = personal || p.text != "customer.member"
	}
	if len(rest.parts) == 0 {
		return nil, personal, true
	}
	return &rest, personal, true
}

// asks tells whether a part speaks of something, whatever stands in its texts.
func (p *part) asks(what string) bool {
	return strings.Contains(quotedTexts.ReplaceAllString(p.text, `""`), what)
}
