package forecast

import (
	"math"

	"regulars/internal/base/db"
	"regulars/internal/base/webhook"
	"regulars/internal/record/fact"
	"regulars/internal/understand/outlook"
	"regulars/internal/understand/predict"
)

// The types of messages.
const (
	Falling = "customer.falling"
	Drifted = "predictions.drifted"
)

// Types is the catalogue of them.
func Types() []webhook.Type {
	number := func(name, meaning string) webhook.Field {
		return webhook.Field{Name: name, Kind: "number", Meaning: meaning}
	}
	day := webhook.Field{Name: "as_of", Kind: "date", Meaning: "The last day that was known."}
	return []webhook.Type{
		{Name: Falling, When: "A customer who came as usual stays away longer than usual, or is very likely gone: 19 of 20 of their own gaps were shorter. Told once, by the first night that sees it, until they buy again.",
			Fields: []webhook.Field{
				{Name: "customer_id", Kind: "string", Meaning: "The customer, as /v1/customers/{id} takes it."}, day,
				{Name: "state", Kind: "string", Meaning: "late, or gone: the chance that they come back at all is below 0.2."},
				number("p_alive", "The chance that the customer has not left for good."),
			}},
		{Name: Drifted, When: "What was bought has left the bounds that an earlier fit had promised: figures foretold are to be trusted less until the laws have caught up.",
			Fields: []webhook.Field{day, number("days", "How many days were foretold."), number("predicted", "Purchases foretold for them."),
				number("low", "The lower bound."), number("high", "The upper bound."), number("actual", "Purchases made.")}},
	}
}

type toldFalling struct {
	Customer string  `json:"customer_id"`
	AsOf     string  `json:"as_of"`
	State    string  `json:"state"`
	Alive    float64 `json:"p_alive"`
}

type toldDrift struct {
	AsOf      string  `json:"as_of"`
	Days      int     `json:"days"`
	Predicted float64 `json:"predicted"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Actual    float64 `json:"actual"`
}

var (
	insertScores = db.NewInsert(`INSERT INTO prediction_scores (customer_id, fit_id, repeats, last_days, age_days, log_gaps, p_alive, p_none, purchases,
		purchase, spend, clv, worth, at_risk, state, next_day, falling_day, churn, churn_reasons)`, 19, "ON CONFLICT (customer_id, fit_id) DO NOTHING")
	findBefore = db.NewLookup("SELECT customer_id, state, falling_day FROM prediction_scores", "fit_id BIGINT", "customer_id BIGINT")
	findErased = db.NewLookup("SELECT customer_id, erased_us IS NOT NULL FROM customers", "customer_id BIGINT")
)

// before is where a customer stood at the fit before.
type before struct {
	state   predict.State
	falling *int64
}

// stood is where customers stood, and who was erased.
func (w *work) stood(tx *db.Tx, scores []predict.Score) (was map[int64]before, erased map[int64]bool, err error) {
	was, erased = make(map[int64]before, len(scores)), map[int64]bool{}
	keys, numbers := make([]any, 0, 2*len(scores)), make([]any, 0, len(scores))
	for i := range scores {
		keys, numbers = append(keys, w.previous, scores[i].Number), append(numbers, scores[i].Number)
	}
	err = findErased.Each(tx, numbers, func(r *db.Rows) error {
		var number int64
		var gone bool
		err := r.Scan(&number, &gone)
		erased[number] = gone
		return err
	})
	if err != nil || w.previous == 0 {
		return was, erased, err
	}
	return was, erased, findBefore.Each(tx, keys, func(r *db.Rows) error {
		var number int64
		var b before
		err := r.Scan(&number, &b.state, &b.falling)
		was[number] = b
		return err
	})
}

// write keeps the scores of a part of the customers, and tells who of them is falling.
func (w *work) write(tx *db.Tx, tell *webhook.Teller, scores []predict.Score) error {
	was, erased, err := w.stood(tx, scores)
	if err != nil {
		return err
	}
	leaving, err := w.leaving(tx, scores)
	if err != nil {
		return err
	}
	const columns = 19
	rows := make([]any, 0, columns*len(scores))
	var events []webhook.Event
	present := make([]*predict.Score, 0, len(scores))
	for i := range scores {
		s := &scores[i]
		if erased[s.Number] {
			continue
		}
		b, known := was[s.Number]
		since := fallsSince(s, b, known, w.asOf)
		if since != nil && known && b.falling == nil {
			events = append(events, webhook.Event{Type: Falling, Data: toldFalling{Customer: fact.PublicID(fact.CustomerPrefix, s.Number),
				AsOf: outlook.Day(w.asOf), State: string(s.State), Alive: s.Alive}})
		}
		rows = append(rows, w.row(s, since)...)
		rows = append(rows, leaving[s.Number].row()...)
		present = append(present, s)
	}
	if _, err := insertScores.Exec(tx, rows); err != nil {
		return err
	}
	if err := w.actions(tx, present); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE prediction_fits SET scored_to = $1 WHERE fit_id = $2", scores[len(scores)-1].Number, w.id); err != nil {
		return err
	}
	return tell.Tell(tx, events...)
}

// fallsSince is since which fit the customer falls: this one, where they came as usual at the fit before; nil where they do
// not, or where nobody saw them come as usual.
func fallsSince(s *predict.Score, b before, known bool, asOf int32) any {
	switch {
	case s.State != predict.Late && s.State != predict.Gone || !known:
		return nil
	case b.falling != nil:
		return *b.falling
	case b.state == predict.OnTime:
		return int64(asOf)
	}
	return nil
}

// figures are what lists are ordered by: what is to come of the customer and what may be lost, in money, or in purchases
// where no amounts are known.
func (w *work) figures(s *predict.Score) (worth, risk float64) {
	if w.law.Money != nil {
		return or0(s.Value), or0(s.Stake)
	}
	if s.State == predict.Late {
		risk = s.None * float64(s.Repeats)
	}
	return s.Expected, risk
}

// row is a score as it is kept.
func (w *work) row(s *predict.Score, since any) []any {
	worth, risk := w.figures(s)
	var next any
	if days, likely := predict.Next(w.law.Model, s.Stat); likely {
		next = int64(w.asOf) + int64(math.Round(days))
	}
	return []any{s.Number, w.id, s.Repeats, s.Last, s.Age, s.LogGaps, s.Alive, s.None, s.Expected, unlessNaN(s.Purchase), unlessNaN(s.Spend),
		unlessNaN(s.Value), worth, risk, string(s.State), next, since}
}

func unlessNaN(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}

func or0(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}
