package gift

import (
	"context"
	"slices"
	"strings"

	"regulars/internal/act/member"
	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/metric"
	"regulars/internal/record/fact"
	"regulars/internal/understand/roster"
)

// Who says who qualifies; what is empty chooses nobody out.
type Who struct {
	Segment   string `json:"segment,omitempty"`
	Tier      string `json:"tier,omitempty"`
	Members   bool   `json:"members,omitempty"`
	Orders    int64  `json:"orders,omitempty"`      // at least so many
	Spent     int64  `json:"spent_minor,omitempty"` // at least so much
	Within    int64  `json:"within_days,omitempty"` // whose last order was in the last so many days
	Away      int64  `json:"away_days,omitempty"`   // whose last order was before that
	Condition string `json:"condition,omitempty"`   // on customer and time, as rules have it
}

const (
	mostOrders = 1_000_000
	mostMinor  = 1_000_000_000_000
	mostDays   = 36_600
)

func (w *Who) check() error {
	if w.Segment != "" && !slices.Contains(metric.Segments(), w.Segment) {
		return coded("segment", "no_choice", "there is no segment %.40q; there are %s", w.Segment, strings.Join(metric.Segments(), ", "))
	}
	for _, one := range []struct {
		field    string
		is, most int64
	}{{"orders", w.Orders, mostOrders}, {"spent_minor", w.Spent, mostMinor}, {"within_days", w.Within, mostDays}, {"away_days", w.Away, mostDays}} {
		if err := outside(one.field, 0, one.most, one.is); err != nil {
			return err
		}
	}
	_, err := programme.ConditionOf(w.Condition)
	return fault.In("condition", err)
}

// filter is what of it the list of customers chooses by.
func (w *Who) filter(today int64) *roster.Filter {
	f := &roster.Filter{Segment: w.Segment}
	from := func(n int64) *int64 {
		if n == 0 {
			return nil
		}
		return &n
	}
	f.Orders.From, f.SpentMinor.From = from(w.Orders), from(w.Spent)
	if w.Within > 0 {
		day := today - w.Within
		f.LastFrom = &day
	}
	if w.Away > 0 {
		day := today - w.Away
		f.LastBefore = &day
	}
	if w.Tier != "" {
		f.More = append(f.More, programme.InTier(w.Tier))
	}
	if w.Members {
		f.More = append(f.More, member.Chosen(true))
	}
	return f
}

// Estimate is how many qualify at the moment, and what giving to them costs.
type Estimate struct {
	Qualified int64
	AtMost    bool // there are too many to ask each; a condition may leave fewer
	Gifts     int64
	Held      int64
	Left      int64 // of the reward; -1: as many as one likes
}

// asked is how many customers are asked, one after the other, while somebody waits.
const asked = 1000

// Estimate counts who qualifies now.
func (d *Desk) Estimate(ctx context.Context, store *db.DB, s *Surprise) (e Estimate, err error) {
	if _, err := (&roster.Keeper{DB: store}).Fresh(ctx); err != nil {
		return e, err
	}
	err = store.Read(ctx, func(tx *db.Tx) error {
		e = Estimate{Left: -1}
		f := s.Who.filter(d.today(tx))
		var err error
		if e.Qualified, err = roster.Count(tx, f); err != nil {
			return err
		}
		if e.AtMost = s.Who.Condition != "" && e.Qualified > asked; s.Who.Condition != "" && !e.AtMost {
			found, err := d.page(tx, &s.Who, f, roster.Place{}, asked)
			if err != nil {
				return err
			}
			e.Qualified = int64(len(found.who))
		}
		e.Gifts, e.Held = s.parts(e.Qualified)
		if s.Reward == "" {
			return nil
		}
		e.Left, err = left(tx, s.Reward)
		return err
	})
	return e, err
}

func (d *Desk) today(tx *db.Tx) int64 { return int64(fact.At(tx.Now, d.Programme.Ledger.Zone).Day()) }

// parts is how many of those who qualify are given something, and how many are kept back: of two at least one, where any are.
func (s *Surprise) parts(qualified int64) (gifts, held int64) {
	const hundred = 100
	if s.HoldOut > 0 && qualified > 1 {
		held = max(1, qualified*s.HoldOut/hundred)
	}
	return min(s.Count(), qualified-held), held
}

// found is a page of those who qualify.
type found struct {
	who  []int64
	next roster.Place
	last bool
}

func (d *Desk) page(tx *db.Tx, w *Who, f *roster.Filter, after roster.Place, most int) (found, error) {
	list, err := roster.List(tx, f, roster.Newest, after, most)
	if err != nil {
		return found{}, err
	}
	out := found{last: len(list) < most}
	condition, err := programme.ConditionOf(w.Condition)
	if err != nil {
		return out, err
	}
	for i := range list {
		out.next = list[i].Place(roster.Newest)
		yes, err := d.Programme.Holds(tx, list[i].Customer, condition)
		if err != nil {
			return out, err
		}
		if yes {
			out.who = append(out.who, list[i].Customer)
		}
	}
	return out, nil
}

// qualify is everybody who qualifies, in the order of their numbers.
func (d *Desk) qualify(ctx context.Context, store *db.DB, s *Surprise) (all []int64, err error) {
	if err := (&roster.Keeper{DB: store}).CatchUp(ctx, store.Write); err != nil {
		return nil, err
	}
	for after := (roster.Place{}); ; {
		var one found
		if err := store.Read(ctx, func(tx *db.Tx) (err error) {
			one, err = d.page(tx, &s.Who, s.Who.filter(d.today(tx)), after, asked)
			return err
		}); err != nil {
			return nil, err
		}
		all, after = append(all, one.who...), one.next
		if one.last {
			slices.Sort(all)
			return all, nil
		}
	}
}
