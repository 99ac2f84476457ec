package metric

import (
	"context"
	"database/sql"
	"fmt"

	"gonum.org/v1/gonum/floats"

	"regulars/internal/base/stats"
)

// secondOrderRate is the share of the window's first-time customers who order on another day within d days, customers
// not yet watched for d days counted for as long as they were (Kaplan-Meier).
func secondOrderRate() *Definition {
	return &Definition{
		Key: "second_order_rate", Unit: percent, Better: higher, Empty: reasonNoOrders,
		Compute: func(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
			return e.secondOrders(ctx, frames, func(f followUp) Estimate {
				curve := stats.KaplanMeierCounts(f.days, f.events, f.censored)
				i := curve.At(float64(e.set.SecondOrderDays)).Scale(100).Complement(100)
				i.N = f.customers()
				// Without a value nobody has been watched for that long, and not all have ordered again before.
				return Estimate{Interval: i, Reason: reasonTooEarly}
			})
		},
		Parameter: func(s *Settings) float64 { return float64(s.SecondOrderDays) },
	}
}

// secondOrderRatePlain is the same share without regard to how long each customer could be watched.
func secondOrderRatePlain() *Definition {
	return &Definition{
		Key: "second_order_rate_plain", Unit: percent, Better: higher, Empty: reasonNoOrders, Formula: "{0} / {1} x 100",
		Compute: func(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
			return e.secondOrders(ctx, frames, func(f followUp) Estimate {
				again := f.eventsBy(float64(e.set.SecondOrderDays))
				return Estimate{
					Interval: stats.Wilson(again, f.customers()).Scale(100),
					Operands: []Operand{{again, count}, {f.customers(), count}},
				}
			})
		},
		Parameter: func(s *Settings) float64 { return float64(s.SecondOrderDays) },
	}
}

// followUp is what became of the first-time customers of a frame: by days since the first purchase day, how many
// bought again then, and how many were last watched then without having bought again.
type followUp struct{ days, events, censored []float64 }

func (f followUp) customers() float64 { return floats.Sum(f.events) + floats.Sum(f.censored) }

func (f followUp) eventsBy(day float64) (n float64) {
	for i, t := range f.days {
		if t <= day {
			n += f.events[i]
		}
	}
	return n
}

func (e *Engine) secondOrders(ctx context.Context, frames []int, estimate func(followUp) Estimate) (map[int]Estimate, error) {
	if err := e.ensure(ctx, "life", "came_back"); err != nil {
		return nil, err
	}
	if e.followed == nil {
		e.followed = map[int]followUp{}
		lastDay := floorDay(e.set.AsOf - 1) // the last day of which anything is known
		query := fmt.Sprintf(`SELECT f.frame, coalesce(c.second_day, %d) - l.first_day AS t,
			CAST(count(c.second_day) AS DOUBLE PRECISION), CAST(count(*) - count(c.second_day) AS DOUBLE PRECISION)
			FROM life l JOIN frame f ON f.grp = l.grp AND l.first_us >= f.from_us AND l.first_us < f.to_us
			LEFT JOIN came_back c ON c.grp = l.grp AND c.customer_id = l.customer_id
			GROUP BY 1, 2 ORDER BY 1, 2`, lastDay)
		err := rows(ctx, e.conn, query, func(r *sql.Rows) error {
			var frame int
			var t, events, censored float64
			err := r.Scan(&frame, &t, &events, &censored)
			f := e.followed[frame]
			e.followed[frame] = followUp{append(f.days, t), append(f.events, events), append(f.censored, censored)}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	out := map[int]Estimate{}
	for _, frame := range frames {
		out[frame] = noEstimate(reasonNoNewCustomers)
		if f := e.followed[frame]; f.customers() > 0 {
			out[frame] = estimate(f)
		}
	}
	return out, nil
}
