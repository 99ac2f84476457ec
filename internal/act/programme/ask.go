package programme

import (
	"encoding/json"
	"fmt"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
)

// Condition is one on customers, as rules have it, that holds or not at a moment: it speaks of the customer and the time alone.
type Condition struct{ is *condition }

// ConditionOf reads a condition on customers; nothing holds of everybody.
func ConditionOf(text string) (Condition, error) {
	c, err := compile(text, onCustomer)
	return Condition{c}, err
}

// Holds tells whether a condition holds of a customer now.
func (p *Programme) Holds(tx *db.Tx, who int64, condition Condition) (bool, error) {
	if condition.is == nil {
		return true, nil
	}
	current, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil {
		return false, err
	}
	asks := &Compiled{Document: &Document{}, zone: p.Ledger.Zone, needsPast: condition.is.past, needsSegment: condition.is.segment, needsFavourite: condition.is.favourite}
	if current != nil {
		asks.Document = current.Document // for its tiers
	}
	s := Sale{Placed: fact.At(tx.Now, p.Ledger.Zone)}
	t := turn{Programme: p, tx: tx, who: who}
	known, err := t.ask(asks, "", &s)
	if err != nil {
		return false, err
	}
	return condition.is.holds(asks.values(&s, &known, p.Digits)), nil
}

// Explain keeps why a customer was given something beside the rules, so that it is told like what they give.
func (p *Programme) Explain(tx *db.Tx, who int64, cause string, result Result) error {
	current, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil {
		return err
	}
	var version int64
	if current != nil {
		version = current.Version
	}
	text, err := json.Marshal([]Result{result})
	if err != nil {
		return fmt.Errorf("keep why %s was given: %w", cause, err)
	}
	_, err = tx.Exec(`INSERT INTO programme_outcomes (customer_id, cause, version, known, outcome, turns, at_us) VALUES ($1, $2, $3, '{}', $4, 1, $5)
		ON CONFLICT (customer_id, cause) DO NOTHING`, who, cause, version, string(text), tx.Now)
	return err
}
