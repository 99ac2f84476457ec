package forecast

import (
	"database/sql"
	"fmt"
	"math"
	"slices"

	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/base/stats"
	"regulars/internal/record/catalogue"
	"regulars/internal/understand/advice"
	"regulars/internal/understand/predict"
	"regulars/internal/understand/recommend"
)

// adviser chooses what to do next with customers, from their scores, what they said, and what was learnt of products.
type adviser struct {
	typical float64 // worth of a customer on average
	best    float64 // worth from which a customer is among the best tenth
	offers  map[int64]advice.Offer
}

// advise prepares it from all scores and the products.
func advise(scores []predict.Score, worth func(*predict.Score) float64, learned *recommend.Learned) *adviser {
	a := &adviser{best: math.Inf(1), offers: map[int64]advice.Offer{}}
	if len(scores) == 0 {
		return a
	}
	all := make([]float64, len(scores))
	for i := range scores {
		all[i] = worth(&scores[i])
		a.typical += all[i] / float64(len(scores))
	}
	slices.Sort(all)
	const tenths = 10
	a.best = all[len(all)-1-len(all)/tenths]
	if learned == nil || learned.Book == nil {
		return a
	}
	for i, list := range learned.NewForAll(recommend.Options{Most: 1, Allowed: func(item int32) bool { return !learned.SoldOut[item] }}) {
		if len(list) == 0 || list[0].With < 0 {
			continue
		}
		s := list[0]
		a.offers[learned.People[i]] = advice.Offer{Product: learned.Products[s.Item], With: learned.Products[s.With], Together: int64(s.Together),
			Buyers: learned.Buyers(s.With), Price: learned.Prices[s.Item]}
	}
	return a
}

// said is what a customer said lately.
type said struct {
	nps  *float64
	at   int64
	open bool
}

var (
	findSaid = db.NewLookup("SELECT customer_id, kind, score, scale, answered_us, day, solved_us FROM answers", "customer_id BIGINT")

	insertActions = db.NewInsert(`INSERT INTO next_actions (customer_id, fit_id, action, size, gain, gain_low, gain_high, basis, score, product_id, with_id, together)`,
		12, "ON CONFLICT (customer_id, fit_id) DO NOTHING")
)

// heard reads what customers said within a year before the day.
func heard(tx *db.Tx, numbers []any, asOf int32) (map[int64]said, error) {
	out := map[int64]said{}
	return out, findSaid.Each(tx, numbers, func(r *db.Rows) error {
		var number, scale, at int64
		var day int32
		var kind string
		var score *float64
		var solved sql.Null[int64]
		if err := r.Scan(&number, &kind, &score, &scale, &at, &day, &solved); err != nil {
			return err
		}
		s := out[number]
		const year = 365
		switch {
		case day < asOf-year:
		case kind == "case":
			s.open = s.open || !solved.Valid
		case kind == "nps" && score != nil && (s.nps == nil || at > s.at):
			s.nps, s.at = score, at
		}
		out[number] = s
		return nil
	})
}

// actions chooses what to do next with a part of the customers, and keeps it.
func (w *work) actions(tx *db.Tx, scores []*predict.Score) error {
	numbers := make([]any, len(scores))
	for i, s := range scores {
		numbers[i] = s.Number
	}
	words, err := heard(tx, numbers, w.asOf)
	if err != nil {
		return err
	}
	var rows []any
	for _, s := range scores {
		worth, risk := w.figures(s)
		c := advice.Customer{Score: s, Worth: worth, AtRisk: risk, Typical: w.adviser.typical, Best: worth >= w.adviser.best, NPS: words[s.Number].nps, OpenCase: words[s.Number].open}
		if o, known := w.adviser.offers[s.Number]; known && w.law.Money != nil {
			c.Offer = &o
		}
		a, found := advice.Choose(c, w.assumed)
		if !found {
			continue
		}
		var product, with any
		together := int64(0)
		if o := a.Offer; o != nil {
			product, with, together = o.Product, o.With, o.Together
		}
		var nps any
		if a.NPS != nil {
			nps = *a.NPS
		}
		rows = append(rows, s.Number, w.id, string(a.Kind), a.Size, a.Gain.Value, a.Gain.Low, a.Gain.High, string(a.Basis), nps, product, with, together)
	}
	_, err = insertActions.Exec(tx, rows)
	return err
}

// Next is what to do next with a customer.
type Next struct {
	Scored
	Kind  advice.Kind
	Size  float64
	Gain  stats.Interval
	Basis advice.Basis
	NPS   *float64
	// Of an offer: what is offered, and what of theirs speaks for it.
	Product, ProductName, With, WithName string
	Together                             int64
}

// Which narrows actions; the zero value is all of them.
type Which struct {
	Kind advice.Kind
	// Of offers of products alone: of one category, and those of whose average price at least this part, from 0 to 1, is left
	// above the cost, in a currency with so many digits.
	Category    string
	LeastMargin float64
	Digits      int
}

// Actions reads at most limit customers of a fit behind a place, those first of whom most is expected. Those who were erased,
// or merged into others since, are left out, and so is what would offer a product that is sold out by now.
func Actions(tx *db.Tx, f *Fit, which Which, after Place, limit int) (all []Next, err error) {
	args, condition := []any{f.ID}, " AND (p.product_id IS NULL OR NOT p.sold_out)"
	if which.Kind != "" {
		args = append(args, string(which.Kind))
		condition += fmt.Sprintf(" AND n.action = $%d", len(args))
	}
	if which.Category != "" {
		args = append(args, catalogue.CategoryID(which.Category))
		condition += fmt.Sprintf(" AND p.category_id = $%d", len(args))
	}
	if which.LeastMargin > 0 {
		args = append(args, (1-which.LeastMargin)*math.Pow10(which.Digits))
		condition += fmt.Sprintf(` AND p.cost_minor <= $%d * (SELECT l.price FROM product_popularity l
			WHERE l.fit_id = n.fit_id AND l.product_id = n.product_id)`, len(args))
	}
	if after != (Place{}) {
		args = append(args, after.Figure, after.Customer)
		condition += fmt.Sprintf(" AND (n.gain, n.customer_id) < ($%d, $%d)", len(args)-1, len(args))
	}
	args = append(args, limit)
	return actions(tx, f.AsOf, ` WHERE n.fit_id = $1`+condition+` AND c.erased_us IS NULL AND a.customer_id IS NULL
		ORDER BY n.gain DESC, n.customer_id DESC LIMIT `+fmt.Sprintf("$%d", len(args)), args...)
}

// ActionFor is what to do next with one customer; nil: nothing.
func ActionFor(tx *db.Tx, f *Fit, root int64) (*Next, error) {
	all, err := actions(tx, f.AsOf, " WHERE n.fit_id = $1 AND n.customer_id = $2", f.ID, root)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

func actions(tx *db.Tx, asOf int32, where string, args ...any) (all []Next, err error) {
	rows, err := tx.Query(scoreColumns+`, c.reference, n.action, n.size, n.gain, n.gain_low, n.gain_high, n.basis, n.score,
		coalesce(p.reference, ''), coalesce(p.name, ''), coalesce(w.reference, ''), coalesce(w.name, ''), n.together
		FROM next_actions n JOIN prediction_scores s ON s.customer_id = n.customer_id AND s.fit_id = n.fit_id JOIN customers c ON c.customer_id = n.customer_id
		LEFT JOIN aliases a ON a.customer_id = n.customer_id LEFT JOIN products p ON p.product_id = n.product_id LEFT JOIN products w ON w.product_id = n.with_id`+where, args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		n := Next{Scored: Scored{AsOf: asOf}}
		err := n.scan(rows, &n.ID, &n.Kind, &n.Size, &n.Gain.Value, &n.Gain.Low, &n.Gain.High, &n.Basis, &n.NPS, &n.Product, &n.ProductName, &n.With, &n.WithName, &n.Together)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, rows.Close()
}

// Sum is how many customers a kind of action is for, and what is expected of all of them together.
type Sum struct {
	Kind                  advice.Kind
	Customers             int64
	Size, Gain, Low, High float64
}

// BasisWords says what the expected gain of all of them rests on.
func (s *Sum) BasisWords(l *locale.Locale) string {
	return (&Next{Kind: s.Kind, Size: s.Size, Gain: stats.Interval{Value: s.Gain, Low: s.Low, High: s.High}}).BasisWords(l)
}

// Sums adds up the actions of a fit, the largest gain first.
func Sums(tx *db.Tx, f *Fit) (all []Sum, err error) {
	rows, err := tx.Query(`SELECT action, count(*), sum(size), sum(gain), sum(gain_low), sum(gain_high) FROM next_actions WHERE fit_id = $1 GROUP BY action ORDER BY 4 DESC, 1`, f.ID)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var s Sum
		if err := rows.Scan(&s.Kind, &s.Customers, &s.Size, &s.Gain, &s.Low, &s.High); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Close()
}
