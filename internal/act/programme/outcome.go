package programme

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"regulars/internal/base/db"
)

// Outcome is what a programme gave for an order, or something else, and why not more.
type Outcome struct {
	Customer int64
	Cause    string // such as order:123
	Version  int64
	Known    Known
	Results  []Result
	At       time.Time
	// Off is, of a quote, what the programme takes off each line; of an order without lines, off all of it.
	Off []int64
}

// Units is what was given altogether, unit by unit.
func (o *Outcome) Units() map[string]int64 {
	sum := map[string]int64{}
	for i := range o.Results {
		if r := &o.Results[i]; r.Units > 0 {
			sum[r.Unit] += r.Units
		}
	}
	return sum
}

func looked(tx *db.Tx, who int64, cause string) (there bool, err error) {
	err = tx.QueryRow("SELECT EXISTS (SELECT 1 FROM programme_outcomes WHERE customer_id = $1 AND cause = $2)", who, cause).Scan(&there)
	return there, err
}

// Thing is what a customer did, as the ledger calls it.
type Thing struct {
	Customer int64
	Cause    string
}

var findAwards = db.NewLookup("SELECT unit, units FROM programme_awards", "customer_id BIGINT", "cause TEXT")

// Awarded is what was given for things, less what was taken back of it, by unit.
func Awarded(tx *db.Tx, all []Thing) (units map[string]int64, err error) {
	keys := make([]any, 0, 2*len(all))
	for _, t := range all {
		keys = append(keys, t.Customer, t.Cause)
	}
	units = map[string]int64{}
	return units, findAwards.Each(tx, keys, func(r *db.Rows) error {
		var unit string
		var n int64
		err := r.Scan(&unit, &n)
		units[unit] += n
		return err
	})
}

// Of reads what came of a thing; ok is false where the programme has not looked at it.
func Of(tx *db.Tx, who int64, cause string) (o Outcome, ok bool, err error) {
	err = o.scan(tx.QueryRow(outcomeColumns+" WHERE customer_id = $1 AND cause = $2", who, cause))
	if errors.Is(err, sql.ErrNoRows) {
		return o, false, nil
	}
	return o, err == nil, err
}

// Explanations lists what came of what customers, who are one person, did: the newest first, from before a moment on; zero:
// from the newest on.
func Explanations(tx *db.Tx, customers []int64, before time.Time, limit int) (all []Outcome, err error) {
	if before.IsZero() {
		before = never
	}
	args, list := []any{before, limit}, ""
	for _, c := range customers {
		args = append(args, c)
		list += ", $" + strconv.Itoa(len(args))
	}
	if list == "" {
		return nil, nil
	}
	rows, err := tx.Query(outcomeColumns+" WHERE customer_id IN ("+list[2:]+") AND at_us < $1 ORDER BY at_us DESC, cause LIMIT $2", args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var o Outcome
		if err := o.scan(rows); err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, rows.Close()
}

const outcomeColumns = "SELECT customer_id, cause, version, known, outcome, at_us FROM programme_outcomes"

func (o *Outcome) scan(r interface{ Scan(targets ...any) error }) error {
	var known, results string
	if err := r.Scan(&o.Customer, &o.Cause, &o.Version, &known, &results, &o.At); err != nil {
		return err
	}
	if err := errors.Join(json.Unmarshal([]byte(known), &o.Known), json.Unmarshal([]byte(results), &o.Results)); err != nil {
		return fmt.Errorf("the outcome of %s: %w", o.Cause, err)
	}
	return nil
}
