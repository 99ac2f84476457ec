// Package feed is the list of what changed: one row a changed fact, written in the transaction that changes it, for
// whoever keeps a copy of the facts.
//
// What always holds: a reader that goes on from its last position meets every committed change, also that of a
// transaction which commits long after later ones; it may meet one twice, and so reads the fact itself, as it is now, and
// does not count on order. A row tells that something changed and not what.
//
// On a cluster there is no feed: no copy is kept there. The feed is cut at its old end from time to time; a reader
// that was away for longer than that begins anew, which Since tells it.
package feed

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"regulars/internal/base/db"
)

// Kind is what kind of fact changed.
type Kind int64

// The kinds. Numbers are in the database and never change.
const (
	Order        Kind = 1 // an order, with its lines
	Return       Kind = 2 // a return, with its lines
	Answer       Kind = 3
	Customer     Kind = 4 // the profile; fact 0
	Alias        Kind = 5 // merged, or not any more; fact 0
	Cost         Kind = 6 // some cost; customer 0, fact 0
	Subscription Kind = 7
	Event        Kind = 8
	Initiative   Kind = 9 // some initiative; customer 0, fact 0
	Settings     Kind = 10
)

// Change names a fact that was made, changed or removed.
type Change struct {
	Customer int64
	Kind     Kind
	Fact     int64
}

const table = "changes"

// floor is the setting that says below which serial the feed has been cut.
const floor = "feed_floor"

var insert = db.NewInsert("INSERT INTO changes (serial, customer_id, kind, fact_id)", 4, "ON CONFLICT DO NOTHING")

// Add writes changes into the feed.
func Add(tx *db.Tx, changes ...Change) error {
	if len(changes) == 0 || tx.Cluster() {
		return nil
	}
	serial, err := tx.Position(table)
	if err != nil {
		return err
	}
	args := make([]any, 0, 4*len(changes))
	for _, c := range changes {
		args = append(args, serial, c.Customer, int64(c.Kind), c.Fact)
	}
	_, err = insert.Exec(tx, args)
	return err
}

// Position is how far a reader has come: everything below Serial of the store that Store names.
type Position struct {
	Store  string
	Serial int64
}

// Now is the position of somebody who reads all facts in this transaction: from there on the feed tells.
func Now(tx *db.Tx) (p Position, err error) {
	if err := tx.QueryRow("SELECT value FROM settings WHERE key = 'store_id'").Scan(&p.Store); err != nil {
		return p, fmt.Errorf("read the id of the store: %w", err)
	}
	server, err := tx.Server()
	if err != nil {
		return p, err
	}
	if server != "" {
		p.Store += "/" + server
	}
	p.Serial, err = tx.Horizon(table)
	return p, err
}

// Since gives what changed between the position and now, each fact once, and the new position. When known is false the
// feed does not reach back to the position, or it is one of another store: the copy is to be made anew.
//
// All changes that this transaction sees are given, also those behind the new position, which the next reader is given
// again: a copy is then equal to the facts of this moment, however long some older transaction goes on.
func Since(tx *db.Tx, from Position, each func(Change) error) (to Position, known bool, err error) {
	if to, err = Now(tx); err != nil {
		return to, false, err
	}
	cut, err := cutAt(tx)
	if err != nil || from.Store != to.Store || from.Serial > to.Serial || from.Serial < cut {
		return to, false, err
	}
	rows, err := tx.Query(`SELECT DISTINCT customer_id, kind, fact_id FROM changes WHERE serial >= $1`, from.Serial)
	if err != nil {
		return to, false, err
	}
	for rows.Next() {
		var c Change
		if err := rows.Scan(&c.Customer, &c.Kind, &c.Fact); err != nil {
			return to, false, err
		}
		if err := each(c); err != nil {
			return to, false, err
		}
	}
	return to, true, rows.Close()
}

func cutAt(tx *db.Tx) (serial int64, err error) {
	var text string
	switch err := tx.QueryRow("SELECT value FROM settings WHERE key = $1", floor).Scan(&text); {
	case errors.Is(err, sql.ErrNoRows):
		return 0, nil
	case err != nil:
		return 0, err
	}
	if serial, err = strconv.ParseInt(text, 10, 64); err != nil {
		return 0, fmt.Errorf("setting %s: %w", floor, err)
	}
	return serial, nil
}

// Cut forgets what lies below the position, but never the newest change, whose number the next one follows.
func Cut(tx *db.Tx, below Position) error {
	now, err := Now(tx)
	if err != nil || below.Store != now.Store {
		return err
	}
	serial := min(below.Serial, now.Serial-1)
	if _, err := tx.Exec("DELETE FROM changes WHERE serial < $1 AND serial < (SELECT max(serial) FROM changes)", serial); err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO settings (key, value, updated_us) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_us = excluded.updated_us`,
		floor, strconv.FormatInt(serial, 10), tx.Now)
	return err
}

// Begin has the feed begin anew, in a store whose facts came from a backup: numbers of the old one say nothing.
func Begin(tx *db.Tx) error {
	_, err := tx.Exec("DELETE FROM settings WHERE key = $1", floor)
	return err
}
