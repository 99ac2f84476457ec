package forecast

import (
	"fmt"
	"math"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
	"regulars/internal/understand/predict"
)

// Scored is what a fit foretold of a customer.
type Scored struct {
	predict.Score
	Fit           int64
	AsOf          int32
	Worth, AtRisk float64 // what lists are ordered by
	Next          *int64  // the day by which they are as likely as not to have bought again; nil: not within two years
	Falling       *int64  // since which day they stay away longer than usual; nil: they do not, or were not seen to begin
	Leaving
}

const scoreColumns = `SELECT s.customer_id, s.fit_id, s.repeats, s.last_days, s.age_days, s.log_gaps, s.p_alive, s.p_none, s.purchases, s.purchase,
	s.spend, s.clv, s.worth, s.at_risk, s.state, s.next_day, s.falling_day, s.churn, s.churn_reasons`

func (s *Scored) scan(r *db.Rows, more ...any) error {
	var purchase, spend, value *float64
	var reasons string
	err := r.Scan(append([]any{&s.Number, &s.Fit, &s.Repeats, &s.Last, &s.Age, &s.LogGaps, &s.Alive, &s.None, &s.Expected, &purchase, &spend, &value,
		&s.Worth, &s.AtRisk, &s.State, &s.Next, &s.Falling, &s.Learned, &reasons}, more...)...)
	if err != nil {
		return err
	}
	s.Model = s.None
	if s.Reasons, err = readReasons(reasons); err != nil {
		return err
	}
	s.Purchase, s.Spend, s.Value, s.Stake = orNaN(purchase), orNaN(spend), orNaN(value), math.NaN()
	if value != nil {
		s.Stake = s.AtRisk
	}
	return err
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// Order is what a list begins with.
type Order string

// The orders.
const (
	ByRisk  Order = "at_risk" // the most at stake; those of whom nothing is left out
	ByValue Order = "value"   // the most to come
	ByAlive Order = "p_alive" // the least likely to be there
)

// Away asks a list for those who are late and those who are gone.
const Away predict.State = "away"

// Place is where a page ends: the figure and the customer of its last entry. The zero Place is before the first page.
type Place struct {
	Figure   float64
	Customer int64
}

// List reads at most limit customers of a fit behind a place, of one state where it is not empty. Those who were erased,
// or merged into others since, are left out.
func List(tx *db.Tx, f *Fit, by Order, state predict.State, after Place, limit int) ([]Scored, error) {
	column, more, direction := "s.worth", "<", "DESC"
	condition := ""
	switch by {
	case ByRisk:
		column, condition = "s.at_risk", " AND s.at_risk > 0"
	case ByAlive:
		column, more, direction = "s.p_alive", ">", "ASC"
	case ByValue:
	default:
		return nil, fault.In("sort", fault.Invalidf("%q is no order of a list; use at_risk, value or p_alive", string(by)))
	}
	args := []any{f.ID}
	if state == Away {
		condition += " AND s.state IN ('late', 'gone')"
	} else if state != "" {
		args = append(args, string(state))
		condition += fmt.Sprintf(" AND s.state = $%d", len(args))
	}
	if after != (Place{}) {
		args = append(args, after.Figure, after.Customer)
		condition += fmt.Sprintf(" AND (%s, s.customer_id) %s ($%d, $%d)", column, more, len(args)-1, len(args))
	}
	args = append(args, limit)
	query := scoreColumns + `, c.reference FROM prediction_scores s JOIN customers c ON c.customer_id = s.customer_id
		LEFT JOIN aliases a ON a.customer_id = s.customer_id
		WHERE s.fit_id = $1` + condition + " AND c.erased_us IS NULL AND a.customer_id IS NULL" +
		fmt.Sprintf(" ORDER BY %s %s, s.customer_id %s LIMIT $%d", column, direction, direction, len(args))
	return scored(tx, f.AsOf, query, args...)
}

func scored(tx *db.Tx, asOf int32, query string, args ...any) (all []Scored, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		s := Scored{AsOf: asOf}
		if err := s.scan(rows, &s.ID); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Close()
}

// Place is where a page ends that ends with the customer.
func (s *Scored) Place(by Order) Place {
	switch by {
	case ByRisk:
		return Place{s.AtRisk, s.Number}
	case ByAlive:
		return Place{s.Alive, s.Number}
	case ByValue:
	}
	return Place{s.Worth, s.Number}
}

// Live is what is foretold of one customer now.
type Live struct {
	predict.Score
	Bounds predict.Bounds
	Fit    *Fit
	AsOf   int32 // the day at whose end the customer is looked at
	Next   int32 // the day by which they are as likely as not to have bought again; 0: not within two years
	// Falling is since which day they stay away longer than usual; nil: they do not.
	Falling *int64
	Leaving
	History []Scored // what earlier fits foretold, the earliest first
}

// Of scores a person by the newest law and their purchases of this moment, those of today too.
func Of(tx *db.Tx, root int64) (*Live, error) {
	f, err := Newest(tx)
	if err != nil {
		return nil, err
	}
	law, err := f.Forecaster()
	if err != nil {
		return nil, err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return nil, err
	}
	var g predict.Gatherer
	who := g.Customer(root, "")
	err = order.SalesOf(tx, members, func(s order.Sale) { g.Sale(who, s.Day, max(s.AmountMinor, -s.AmountMinor), s.Return) })
	if err != nil {
		return nil, err
	}
	history := g.History()
	if len(history.People) == 0 {
		return nil, fault.Coded("no_purchases", fault.NotFoundf("the customer has bought nothing yet: there is nothing to foretell from"))
	}
	out := &Live{Fit: f, AsOf: max(f.AsOf, history.Last)}
	out.Score, _ = law.Foretell(&history.People[0], out.AsOf)
	out.Bounds = law.Bounds(&out.Score, out.AsOf)
	if out.Leaving, err = f.leaving(tx, root, members, out.AsOf, out.None); err != nil {
		return nil, err
	}
	if days, likely := predict.Next(law.Model, out.Stat); likely {
		out.Next = out.AsOf + int32(math.Round(days))
	}
	if out.History, err = histories(tx, members); err != nil {
		return nil, err
	}
	if n := len(out.History); n > 0 && (out.State == predict.Late || out.State == predict.Gone) {
		out.Falling = out.History[n-1].Falling
	}
	return out, nil
}

// histories reads what was foretold of a person: of the number that stood for them then.
func histories(tx *db.Tx, members []int64) ([]Scored, error) {
	args := make([]any, len(members))
	places := make([]string, len(members))
	for i, m := range members {
		args[i], places[i] = m, fmt.Sprintf("$%d", i+1)
	}
	rows, err := tx.Query(scoreColumns+`, f.as_of_day FROM prediction_scores s JOIN prediction_fits f ON f.fit_id = s.fit_id
		WHERE s.customer_id IN (`+strings.Join(places, ", ")+`) AND f.state = 'ready' ORDER BY f.as_of_day, s.fit_id, s.customer_id`, args...)
	if err != nil {
		return nil, err
	}
	var all []Scored
	for rows.Next() {
		var s Scored
		if err := s.scan(rows, &s.AsOf); err != nil {
			return nil, err
		}
		if n := len(all); n > 0 && all[n-1].Fit == s.Fit { // the root is the first of the members
			if all[n-1].Number == members[0] {
				continue
			}
			all[n-1] = s
			continue
		}
		all = append(all, s)
	}
	return all, rows.Close()
}
