package forecast

import (
	"math"

	"regulars/internal/base/db"
	"regulars/internal/base/stats"
	"regulars/internal/measure/metric"
	"regulars/internal/record/business"
	"regulars/internal/record/fact"
	"regulars/internal/understand/outlook"
)

// LoadMeasures gives the measures that are foretold, as the newest fit has them.
func LoadMeasures(tx *db.Tx) ([]*metric.Definition, error) {
	f, err := one(tx, "WHERE state = 'ready' ORDER BY fit_id DESC LIMIT 1")
	if err != nil || f == nil {
		return Measures(nil), err
	}
	b, err := business.Load(tx)
	if err != nil {
		return nil, err
	}
	page, err := f.Page(b.Currency)
	return Measures(page), err
}

// Measures are those that are foretold, for the list that is put together at the door: what a customer is worth from here
// on, the share of customers who will buy nothing within the horizon, and what may be lost with those who used to come
// back. Without a page they say that nothing was foretold.
func Measures(page *outlook.Page) []*metric.Definition {
	given := func(key, unit, better string, figure func(p *outlook.Page) stats.Interval) *metric.Definition {
		return metric.Given(key, unit, better, func(set *metric.Settings) (stats.Interval, string) {
			switch {
			case page == nil:
				return stats.Interval{}, "not_foretold"
			case len(set.Where) > 0 || set.AsOf <= int64(page.From)*fact.MicrosPerDay:
				return stats.Interval{}, "foretold_of_all"
			case unit == metric.Minor && page.Money == nil:
				return stats.Interval{}, "no_amounts"
			}
			return figure(page), ""
		})
	}
	exact := func(v, n float64) stats.Interval {
		return stats.Interval{Value: v, Low: math.NaN(), High: math.NaN(), SE: math.NaN(), N: n}
	}
	unit := func(p *outlook.Page) float64 { return math.Pow10(p.Digits) }
	return []*metric.Definition{
		given("clv_predicted", metric.Minor, metric.Higher, func(p *outlook.Page) stats.Interval {
			mean := p.Totals.Value.Scale(unit(p) / float64(p.Customers))
			mean.N = float64(p.Customers)
			return mean
		}),
		given("expected_churn", metric.Percent, metric.Lower, func(p *outlook.Page) stats.Interval {
			const percent = 100
			return exact(percent*p.Totals.Leaving/float64(p.Customers), float64(p.Customers))
		}),
		given("at_risk_value", metric.Minor, metric.Lower, func(p *outlook.Page) stats.Interval {
			return exact(p.Totals.Stake*unit(p), float64(p.Customers))
		}),
	}
}
