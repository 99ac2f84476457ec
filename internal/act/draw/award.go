package draw

import (
	"database/sql"
	"errors"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// Rules is that rules of the programme put entries in.
type Rules struct {
	Most int64 `json:"most"` // entries of one person
}

// Award is entries that a rule of the programme gives for something that a customer did.
type Award struct {
	Customer    int64
	Draw        string
	Cause, Rule string
	Placed      fact.Moment // when it was done
}

// Awarded is how many entries an award has put in, and whether the draw takes any for it now. Of a draw that nobody has made, or
// that takes none by rules, there are none.
func Awarded(tx *db.Tx, a Award) (entries int64, open bool, err error) {
	s, err := Load(tx, a.Draw)
	if fault.KindOf(err) == fault.NotFound {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	placed := a.Placed.UTC
	open = s.Rules != nil && s.Open(tx.Now) && placed >= s.Opens.UnixMicro() && placed < s.Closes.UnixMicro()
	err = tx.QueryRow("SELECT entries FROM draw_awards WHERE customer_id = $1 AND draw = $2 AND cause = $3 AND rule = $4", a.Customer, a.Draw, a.Cause, a.Rule).Scan(&entries)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return entries, open, err
}

// Put brings an award to so many entries, as far as the draw allows: more while it is open, fewer until its list is being frozen.
// It tells how many there are then.
func Put(tx *db.Tx, a Award, entries int64) (stands int64, err error) {
	stands, open, err := Awarded(tx, a)
	if err != nil || entries == stands || entries > stands && !open {
		return stands, err
	}
	// Whoever closes it waits until this is done, or has closed it already.
	n, err := tx.Exec("UPDATE draws SET touched = touched + 1 WHERE draw = $1 AND state = 'published' AND (closes_us > $2 OR CAST($3 AS BIGINT) < CAST($4 AS BIGINT))", a.Draw, tx.Now, entries, stands)
	if err != nil {
		return stands, err
	}
	if n == 0 {
		if open { // it was closed meanwhile
			return stands, db.ErrRestart
		}
		return stands, nil
	}
	_, err = tx.Exec(`INSERT INTO draw_awards (customer_id, draw, cause, rule, entries, awarded_us) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (customer_id, draw, cause, rule) DO UPDATE SET entries = excluded.entries, awarded_us = excluded.awarded_us`, a.Customer, a.Draw, a.Cause, a.Rule, entries, tx.Now)
	return entries, err
}

// awarded adds up, for each customer or for those named, what rules put in.
func awarded(tx *db.Tx, key string, members []int64, take func(who, entries int64)) error {
	query, args := "SELECT customer_id, CAST(sum(entries) AS BIGINT) FROM draw_awards WHERE draw = $1", []any{key}
	if members != nil {
		var list string
		list, args = numbered(members, key)
		query += " AND customer_id IN (" + list + ")"
	}
	rows, err := tx.Query(query+" GROUP BY customer_id", args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		var who, entries int64
		if err := rows.Scan(&who, &entries); err != nil {
			return err
		}
		take(who, entries)
	}
	return rows.Close()
}

// Takes refuses entries of a reward that the draw does not take from a person now: it does as long as it takes those of rules, and so
// many of both.
func Takes(tx *db.Tx, key string, person, entries int64) error {
	s, err := Load(tx, key)
	switch {
	case fault.KindOf(err) == fault.NotFound || err == nil && !s.Open(tx.Now):
		return shut(key)
	case err != nil:
		return err
	case s.Rules == nil:
		return fault.Coded("draw_way", fault.Conflictf("the draw %s takes no entries of rules and rewards", key))
	}
	members, err := customer.Members(tx, person)
	if err != nil {
		return err
	}
	var there int64
	if err := awarded(tx, key, members, func(_, n int64) { there += n }); err != nil {
		return err
	}
	if there+entries > s.Rules.Most {
		return fault.Coded("draw_limit", fault.Conflictf("rules and rewards give one person %d entries in the draw %s, and this would be more", s.Rules.Most, key))
	}
	return nil
}

func shut(key string) error {
	return fault.Coded("draw_closed", fault.Conflictf("one cannot enter the draw %s now", key))
}

// PutAll puts in the entries of a reward, all of them or none, and tells when the draw is closed.
func PutAll(tx *db.Tx, a Award, entries int64) (closes time.Time, err error) {
	if err := Takes(tx, a.Draw, a.Customer, entries); err != nil {
		return closes, err
	}
	stands, err := Put(tx, a, entries)
	if err != nil {
		return closes, err
	}
	if stands != entries {
		return closes, shut(a.Draw)
	}
	s, err := Load(tx, a.Draw)
	return s.Closes, err
}

// TakeOut takes an award out again. What is on a frozen list stays there, unless the draw was cancelled.
func TakeOut(tx *db.Tx, a Award) error {
	s, err := Load(tx, a.Draw)
	if err != nil {
		return err
	}
	if s.State == Cancelled {
		_, err := tx.Exec("DELETE FROM draw_awards WHERE customer_id = $1 AND draw = $2 AND cause = $3 AND rule = $4", a.Customer, a.Draw, a.Cause, a.Rule)
		return err
	}
	stands, err := Put(tx, a, 0)
	if err == nil && stands > 0 {
		err = fault.Coded("draw_closed", fault.Conflictf("the entries in the draw %s stay: its list is closed", a.Draw))
	}
	return err
}

// Stranded lists the awards in draws that were cancelled, of causes that begin so.
func Stranded(tx *db.Tx, causes string) (all []Award, err error) {
	rows, err := tx.Query(`SELECT a.customer_id, a.draw, a.cause, a.rule FROM draws d JOIN draw_awards a ON a.draw = d.draw
		WHERE d.state = 'cancelled' AND a.cause LIKE $1`, causes+"%")
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var a Award
		if err := rows.Scan(&a.Customer, &a.Draw, &a.Cause, &a.Rule); err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, rows.Close()
}
