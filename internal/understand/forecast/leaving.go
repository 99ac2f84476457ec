package forecast

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/understand/churn"
	"regulars/internal/understand/predict"
)

// Leaving is what is said of a customer's buying nothing within the horizon: by the law of all customers, and by what the
// business's own past taught where that did better.
type Leaving struct {
	Model   float64        // by the law
	Learned *float64       // by what was learnt; nil: nothing was, or the law did better
	Reasons []churn.Reason // of what was learnt, the loudest first
}

// Chance is the one to go by.
func (l *Leaving) Chance() float64 {
	if l.Learned != nil {
		return *l.Learned
	}
	return l.Model
}

// row is it as it is kept.
func (l Leaving) row() []any {
	if l.Learned == nil {
		return []any{nil, ""}
	}
	text, err := json.Marshal(l.Reasons)
	if err != nil { // a feature that is not a number
		return []any{*l.Learned, ""}
	}
	return []any{*l.Learned, string(text)}
}

func readReasons(text string) (all []churn.Reason, err error) {
	if text == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("read the reasons of a score: %w", err)
	}
	return all, nil
}

const (
	// mostLearnt is how many customers are learnt from: of more, every so-maniest. A regression of 17 features is known to
	// three digits by then.
	mostLearnt  = 50_000
	mostReasons = 3
)

const (
	linesHead = `SELECT coalesce(a.root_id, l.customer_id), l.fact_id, coalesce(l.product_id, 0), l.day, l.amount_minor, l.quantity, l.is_return, l.counts
		FROM sale_lines l LEFT JOIN aliases a ON a.customer_id = l.customer_id`
	saidHead = `SELECT coalesce(a.root_id, l.customer_id), l.kind, l.score, l.answered_us, l.day FROM answers l LEFT JOIN aliases a ON a.customer_id = l.customer_id`
)

var (
	findLines = db.NewLookup(linesHead, "l.customer_id BIGINT")
	findWords = db.NewLookup(saidHead, "l.customer_id BIGINT")
	findNames = db.NewLookup("SELECT customer_id FROM aliases", "root_id BIGINT")
)

// past reads what customers bought and said, of so many that a classifier can be learnt from: of those whose number every
// divides.
func past(tx *db.Tx) (g *churn.Gatherer, every int64, err error) {
	var customers int64
	if err := tx.QueryRow("SELECT count(*) FROM customers").Scan(&customers); err != nil {
		return nil, 0, err
	}
	g, every = &churn.Gatherer{}, 1+customers/mostLearnt
	const known = " WHERE l.customer_id > 0 OR a.root_id > 0"
	for _, part := range []struct {
		query string
		take  func(*db.Rows) error
	}{{linesHead + known, lineTo(g, every)}, {saidHead + known, wordTo(g, every)}} {
		rows, err := tx.Query(part.query)
		if err != nil {
			return nil, 0, err
		}
		for rows.Next() {
			if err := part.take(rows); err != nil {
				return nil, 0, err
			}
		}
		if err := rows.Close(); err != nil {
			return nil, 0, err
		}
	}
	return g, every, nil
}

func lineTo(g *churn.Gatherer, every int64) func(*db.Rows) error {
	return func(r *db.Rows) error {
		var root, order, product, amount int64
		var l churn.Line
		var counts bool
		if err := r.Scan(&root, &order, &product, &l.Day, &amount, &l.Quantity, &l.TakenBack, &counts); err != nil {
			return err
		}
		if !counts || root%every != 0 {
			return nil
		}
		l.Customer, l.Order, l.Product, l.Amount = digits(root), digits(order), digits(product), float64(amount)
		g.Add(l)
		return nil
	}
}

func wordTo(g *churn.Gatherer, every int64) func(*db.Rows) error {
	return func(r *db.Rows) error {
		var root int64
		var kind string
		var score *float64
		s := churn.Said{}
		if err := r.Scan(&root, &kind, &score, &s.At, &s.Day); err != nil {
			return err
		}
		if s.Complaint = kind == "case"; root%every != 0 || !s.Complaint && (kind != "nps" || score == nil) {
			return nil
		}
		if s.Customer = digits(root); score != nil {
			s.Score = *score
		}
		g.Heard(s)
		return nil
	}
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }

// try learns from the past, and compares with the law that was chosen at the times that it was tested at.
func (w *work) try() *churn.Trial {
	var rivals []churn.Rival
	for _, t := range w.page.Best().Tests {
		r := churn.Rival{Day: t.End + 1, Told: map[string]float64{}}
		for number, none := range w.history.Told(t, func(number int64) bool { return number%w.every == 0 }) {
			r.Told[digits(number)] = none
		}
		if t.Days == w.options.Days {
			rivals = append(rivals, r)
		}
	}
	trial := w.past.Try(w.asOf+1, w.options.Days, rivals)
	w.past = nil
	return trial
}

// leaving is what was learnt of a part of the customers; none where the law did better.
func (w *work) leaving(tx *db.Tx, scores []predict.Score) (map[int64]Leaving, error) {
	law := w.trial.Used()
	if law == nil {
		return nil, nil
	}
	numbers := make([]any, len(scores))
	for i := range scores {
		numbers[i] = scores[i].Number
	}
	roots := numbers
	err := findNames.Each(tx, roots, func(r *db.Rows) error {
		var number int64
		err := r.Scan(&number)
		numbers = append(numbers, number)
		return err
	})
	if err != nil {
		return nil, err
	}
	return leavingOf(tx, law, numbers, w.asOf)
}

// leavingOf tells of customers, by all numbers that they have, as known at the end of a day.
func leavingOf(tx *db.Tx, law *churn.Classifier, numbers []any, asOf int32) (map[int64]Leaving, error) {
	var g churn.Gatherer
	if err := findLines.Each(tx, numbers, lineTo(&g, 1)); err != nil {
		return nil, err
	}
	if err := findWords.Each(tx, numbers, wordTo(&g, 1)); err != nil {
		return nil, err
	}
	s := g.At(asOf + 1)
	out := make(map[int64]Leaving, len(s.IDs))
	for i, id := range s.IDs {
		number, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("number a customer: %w", err)
		}
		row := law.Row(s.Names, s.Rows[i])
		chance := law.Chance(row)
		out[number] = Leaving{Learned: &chance, Reasons: law.Reasons(row, mostReasons)}
	}
	return out, nil
}

// leaving tells of one customer now.
func (f *Fit) leaving(tx *db.Tx, root int64, members []int64, asOf int32, none float64) (Leaving, error) {
	out := Leaving{Model: none}
	law := f.Churn.Used()
	if law == nil {
		return out, nil
	}
	numbers := make([]any, len(members))
	for i, m := range members {
		numbers[i] = m
	}
	all, err := leavingOf(tx, law, numbers, asOf)
	out.Learned, out.Reasons = all[root].Learned, all[root].Reasons
	return out, err
}

// ReasonWords are the reasons in words; empty where there are none. Amounts are in the currency.
func (l *Leaving) ReasonWords(to *locale.Locale, currency string) (all []string) {
	for _, r := range l.Reasons {
		var value string
		switch r.Feature {
		case churn.Recency, churn.Tenure, churn.MeanGap:
			value = to.Unit("days", math.Round(r.Value), "")
		case churn.Money, churn.MoneyAnOrder:
			value = to.Money(int64(math.Round(r.Value)), currency)
		case churn.Overdue:
			value = to.Number(r.Value, 1)
		default:
			value = to.Number(r.Value, 0)
		}
		if key := "forecast.leaving." + string(r.Feature); to.Has(key) {
			all = append(all, to.T(key, value))
		}
	}
	return all
}

// ChurnWords say how the chance of buying nothing was found, and how both ways did before.
func (f *Fit) ChurnWords(l *locale.Locale) []string {
	t := f.Churn
	if t == nil {
		return nil
	}
	if t.Lack != churn.NothingLacks {
		return []string{l.T("forecast.churn.lack."+string(t.Lack), l.Integer(churn.LeastCustomers), l.Integer(churn.LeastOfEither))}
	}
	learned, rival := t.Overall()
	percent := func(auc float64) string { return l.Number(100*auc, 0) }
	const places = 3
	choice := "forecast.churn.model"
	if t.Better {
		choice = "forecast.churn.learned"
	}
	return []string{l.T(choice),
		l.T("forecast.churn.apart", percent(learned.AUC), percent(rival.AUC)),
		l.T("forecast.churn.loss", l.Number(learned.LogLoss, places), l.Number(rival.LogLoss, places), l.Integer(int64(len(t.Looks)))),
		l.T("forecast.churn.from", l.Integer(int64(t.Customers)), l.Integer(int64(t.Left)))}
}
