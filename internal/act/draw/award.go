package draw

import (
	"database/sql"
	"errors"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
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
