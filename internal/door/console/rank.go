package console

import (
	"time"

	"regulars/internal/base/db"
	"regulars/internal/measure/metric"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/understand/segment"
)

// rank is a line of how a customer stands among all: what it is about, what they did, the score, and what the next would take.
type rank struct{ What, Says, Score string }

// ranked says in which segment a customer is by now, and by which scores. Without an order, and before the cuts between segments
// are drawn for the first time, there is nothing to say.
func (v *visit) ranked(page *profile, s *customer.Stored, b business.Business) error {
	var cuts *segment.Cuts
	var past order.Past
	now := time.Now()
	if err := v.read(func(tx *db.Tx) (err error) {
		if cuts, err = segment.Load(tx); cuts == nil || err != nil {
			return err
		}
		members, err := customer.Members(tx, s.Customer)
		if err != nil {
			return err
		}
		if past, err = order.Before(tx, members, now.UnixMicro(), 0); err != nil {
			return err
		}
		past.Minor, err = order.PaidBefore(tx, members, now.UnixMicro(), 0)
		return err
	}); err != nil || cuts == nil || past.Orders == 0 {
		return err
	}
	days := max(int64(fact.At(now, zoneOf(b)).Day())-past.LastDay, 0)
	name := cuts.Of(days, past.Orders, past.Minor)
	page.Ranks = []rank{{v.l.T("rank.segment"), v.l.T("segment." + name + ".name"), v.l.T("segment." + name + ".meaning")}}
	const best = 5
	score := func(n int, key, next string) string {
		text := v.l.T("rank.score", v.l.Integer(int64(n)), v.l.Integer(best))
		if n < best {
			text += "; " + v.l.T(key, v.l.Integer(int64(n+1)), next)
		}
		return text
	}
	// Of recency less is better: the score is turned round, and the next line lies below.
	r := best + 1 - metric.Score(metric.RFMCuts, cuts.Recency, days, 1)
	f, m := metric.Score(metric.RFMCuts, cuts.Frequency, past.Orders, 1), metric.Score(metric.RFMCuts, cuts.Monetary, past.Minor, 1)
	at := func(all [4]metric.Cut, i int) float64 { return all[min(max(i, 0), len(all)-1)].Value() }
	page.Ranks = append(page.Ranks,
		rank{v.l.T("segments.recency"), v.l.Integer(days), score(r, "rank.under", v.l.Number(at(cuts.Recency, best-1-r), 0))},
		rank{v.l.T("segments.frequency"), v.l.Integer(past.Orders), score(f, "rank.over", v.l.Number(at(cuts.Frequency, f-1), 0))},
		rank{v.l.T("segments.paid"), v.l.Money(past.Minor, b.Currency), score(m, "rank.over", v.l.Money(int64(at(cuts.Monetary, m-1)), b.Currency))})
	return nil
}
