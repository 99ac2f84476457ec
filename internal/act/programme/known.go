package programme

import (
	"time"

	"regulars/internal/act/member"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
	"regulars/internal/understand/segment"
)

// Known is what was known of a customer when a rule was asked.
type Known struct {
	Orders     int64             `json:"orders,omitempty"`      // before
	SpendMinor int64             `json:"spend_minor,omitempty"` // before
	Tier       string            `json:"tier,omitempty"`
	Factor     float64           `json:"factor,omitempty"` // of the tier; 0: 1
	Member     bool              `json:"member,omitempty"`
	Joined     string            `json:"joined,omitempty"`    // the day, of a member
	LastDay    string            `json:"last_day,omitempty"`  // the day of the newest order before; empty: none
	Friends    int64             `json:"friends,omitempty"`   // brought before, who were worth something
	Segment    string            `json:"segment,omitempty"`   // by the orders before, where a rule asks
	Favourite  string            `json:"favourite,omitempty"` // the category bought most of before, where a rule asks
	Attributes map[string]string `json:"attributes,omitempty"`
	// Sums is, by rule, the money of the orders before, where what is left over is kept.
	Sums map[string]int64 `json:"sums,omitempty"`
}

// ask finds out what the rules need to know of the customer.
func (t *turn) ask(c *Compiled, on string, s *Sale) (k Known, err error) {
	root, err := customer.Root(t.tx, t.who)
	if err != nil {
		return k, err
	}
	members, err := customer.Members(t.tx, root)
	if err != nil {
		return k, err
	}
	if c.Document.Tiers != nil {
		if k.Tier, _, err = TierOf(t.tx, root); err != nil {
			return k, err
		}
		if at := c.Document.Tiers.place(k.Tier); at >= 0 {
			k.Factor = c.Document.Tiers.Levels[at].Factor
		}
	}
	m, joined, err := member.Of(t.tx, members)
	if err != nil {
		return k, err
	}
	if joined {
		k.Member, k.Joined = true, m.Joined.In(t.Ledger.Zone).Format(time.DateOnly)
	}
	if c.needsPast {
		if err := t.past(c, s, root, members, &k); err != nil {
			return k, err
		}
	}
	for _, r := range c.rules {
		if r.on != on || !r.Rule.keepsSum() {
			continue
		}
		base, err := t.sum(r.Rule.Rule)
		if err != nil {
			return k, err
		}
		if k.Sums == nil {
			k.Sums = map[string]int64{}
		}
		k.Sums[r.Rule.Rule] = base
	}
	return k, nil
}

// past finds out what was before the order.
func (t *turn) past(c *Compiled, s *Sale, root int64, members []int64, k *Known) error {
	past, err := order.Before(t.tx, members, s.Placed.UTC, t.order)
	if err != nil {
		return err
	}
	k.Orders, k.SpendMinor = past.Orders, past.Minor
	if past.Orders > 0 {
		const day = 24 * time.Hour
		k.LastDay = time.UnixMicro(past.LastDay * day.Microseconds()).UTC().Format(time.DateOnly)
	}
	if c.needsSegment && past.Orders > 0 {
		cuts, err := segment.Load(t.tx)
		if err != nil {
			return err
		}
		paid, err := order.PaidBefore(t.tx, members, s.Placed.UTC, t.order)
		if err != nil {
			return err
		}
		k.Segment = cuts.Of(int64(s.Placed.Day())-past.LastDay, past.Orders, paid)
	}
	if c.needsFavourite && past.Orders > 0 {
		if k.Favourite, err = favouriteOf(t.tx, members, s.Placed.UTC, t.order); err != nil {
			return err
		}
	}
	if t.Friends != nil {
		if k.Friends, err = t.Friends(t.tx, members); err != nil {
			return err
		}
	}
	p, _, _, err := customer.Load(t.tx, root)
	if err != nil {
		return err
	}
	k.Attributes = texts(p.Attributes)
	return nil
}
