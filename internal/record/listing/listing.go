// Package listing reads facts in pages: the newest first, each page going on behind the last fact of the one before.
//
// What always holds: a fact that was there when the first page was read, and still is, is on exactly one page, whatever
// is written meanwhile, because facts are listed by what never changes of them: their id, which grows with the time they
// were recorded at (of events, that time itself). What is recorded after the first page is on none.
//
// It knows nothing of what the facts say: the package a fact belongs to gives the query and reads the rows.
package listing

import (
	"fmt"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
)

// Kept is what every fact has beside what it says.
type Kept struct {
	Customer int64 // the number that it lies with; below zero: nobody known
	ID       int64
	Version  int64 // 1, and one more with each change
	Recorded time.Time
	Updated  time.Time
}

// Filter chooses facts; what is zero chooses nothing out.
type Filter struct {
	Customers []int64 // all numbers of one person
	Source    string
	From, To  time.Time // of the fact's own moment: not before the one, and before the other
	State     string    // of an order; the kind of an answer, the name of an event
	Updated   time.Time // changed or recorded since then
}

// Place is where a page ends: the last fact on it. The zero Place is before the first page.
type Place struct{ At, ID, Customer int64 }

// Table says how the facts of a table are listed.
type Table struct {
	// Select is the query without its conditions. The table of the facts is called f in it.
	Select string
	Name   string
	ID     string // its column
	Moment string // column of the fact's own moment
	State  string // column that Filter.State is compared with, if any
	// Recorded is the column to sort by where ids do not grow with time. Such facts are never changed.
	Recorded string
}

// Page reads at most limit facts behind a place.
func (t *Table) Page(tx *db.Tx, f Filter, after Place, limit int, scan func(*db.Rows) error) error {
	found := 0
	counted := func(r *db.Rows) error {
		found++
		return scan(r)
	}
	for _, part := range t.parts(f) {
		q := t.page(f, after, part)
		q.Args = append(q.Args, limit-found)
		if err := each(tx, fmt.Sprintf("%s LIMIT $%d", q.Text.String(), len(q.Args)), q.Args, counted); err != nil || found == limit {
			return err
		}
	}
	return nil
}

// part is a part of a list: what was recorded since the first id that a moment could have made, or what was recorded
// before and changed after it. Each is found by an index of its own, and behind the one comes the other.
type part int

const (
	whole part = iota
	recorded
	changed
)

func (t *Table) parts(f Filter) []part {
	if f.Updated.IsZero() || t.Recorded != "" {
		return []part{whole}
	}
	return []part{recorded, changed}
}

// page puts the query of a page together, but for its limit.
func (t *Table) page(f Filter, after Place, p part) *db.Select {
	q := &db.Select{}
	q.Text.WriteString(t.Select)
	switch len(f.Customers) {
	case 0:
	case 1:
		q.Where("f.customer_id = $", f.Customers[0])
	default:
		args := make([]any, len(f.Customers))
		for i, c := range f.Customers {
			args[i] = c
		}
		q.Where("f.customer_id IN ($"+strings.Repeat(", $", len(args)-1)+")", args...)
	}
	order := t.behind(q, after, p)
	if f.Source != "" {
		q.Where("f.source = $", f.Source)
	}
	if !f.From.IsZero() {
		q.Where("f."+t.Moment+" >= $", f.From)
	}
	if !f.To.IsZero() {
		q.Where("f."+t.Moment+" < $", f.To)
	}
	if f.State != "" {
		q.Where("f."+t.State+" = $", f.State)
	}
	t.since(q, f.Updated, p)
	q.Text.WriteString(" ORDER BY " + order)
	return q
}

// behind leaves out what previous pages had, and tells the order of the list.
func (t *Table) behind(q *db.Select, after Place, p part) (order string) {
	if t.Recorded != "" {
		if after != (Place{}) {
			q.Where("f."+t.Recorded+" <= $", after.At)
			q.Where("(f."+t.Recorded+", f.customer_id, f."+t.ID+") < ($, $, $)", after.At, after.Customer, after.ID)
		}
		return fmt.Sprintf("f.%s DESC, f.customer_id DESC, f.%s DESC", t.Recorded, t.ID)
	}
	id := "f." + t.ID
	if p == changed {
		id = "+" + id // not by the index of ids, which leads through all that did not change
	}
	if after != (Place{}) {
		q.Where(id+" <= $", after.ID)
		q.Where("("+id+", f.customer_id) < ($, $)", after.ID, after.Customer)
	}
	return id + " DESC, f.customer_id DESC"
}

func (t *Table) since(q *db.Select, at time.Time, p part) {
	switch {
	case at.IsZero():
	case t.Recorded != "":
		q.Where("f."+t.Recorded+" >= $", at)
	case p == recorded:
		q.Where("f."+t.ID+" >= $ AND f.updated_us >= $", fact.FirstID(at), at)
	default:
		q.Where("+f."+t.ID+" < $ AND f.updated_us >= $ AND f.updated_us <> f.recorded_us", fact.FirstID(at), at)
	}
}

// One reads the fact of the customer and the id given; ok is false where there is none.
func (t *Table) One(tx *db.Tx, customer, id int64, scan func(*db.Rows) error) (ok bool, err error) {
	err = each(tx, t.Select+" WHERE f.customer_id = $1 AND f."+t.ID+" = $2", []any{customer, id}, func(r *db.Rows) error {
		ok = true
		return scan(r)
	})
	return ok, err
}

// Hold keeps others from changing the fact until the transaction ends; ok is false where it has another version by now, or
// is not there.
func (t *Table) Hold(tx *db.Tx, customer, id, version int64) (ok bool, err error) {
	n, err := tx.Exec("UPDATE "+t.Name+" SET version = version WHERE customer_id = $1 AND "+t.ID+" = $2 AND version = $3", customer, id, version)
	return n == 1, err
}

func each(tx *db.Tx, text string, args []any, scan func(*db.Rows) error) error {
	rows, err := tx.Query(text, args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Close()
}
