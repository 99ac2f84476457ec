package draw

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"strconv"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
)

// Way is how one enters.
type Way string

// The ways that are asked for. What orders earn is counted when the list is frozen, and what rules give stands in Put.
const (
	ByFree   Way = "free"
	ByBought Way = "bought"
)

// Wish is that somebody enters.
type Wish struct {
	Customer int64 // who stands for the person
	Draw     string
	Way      Way
	Entries  int64  // to buy
	Key      string // of a purchase: the same key is the same one
	Actor    string
}

const longestText = 200

func (w *Wish) check() error {
	switch {
	case w.Customer <= 0:
		return fault.In("customer", fault.Invalidf("an entry is somebody's"))
	case w.Actor == "" || len(w.Actor) > longestText:
		return fault.In("actor", fault.Invalidf("say who enters them"))
	case w.Way == ByFree && w.Entries != 0 && w.Entries != 1:
		return fault.In("entries", fault.Coded("out_of_range", fault.Invalidf("one enters once for nothing")))
	case w.Way == ByFree:
		return nil
	case w.Way != ByBought:
		return fault.In("way", fault.Invalidf("%.20q is no way to enter; use free or bought", string(w.Way)))
	case w.Entries < 1 || w.Entries > mostEntries:
		return fault.OutOfRange("entries", 1, mostEntries, w.Entries)
	case w.Key == "" || len(w.Key) > longestText:
		return fault.In("key", fault.Invalidf("a key has 1 to %d bytes", longestText))
	}
	return nil
}

// Enter enters somebody. What was wished for under the same key before is not done again. record writes down who did it, in
// the same transaction, where something was done.
func (d *Desk) Enter(ctx context.Context, store *db.DB, w Wish, record func(tx *db.Tx) error) error {
	if err := w.check(); err != nil {
		return err
	}
	var s Stored
	if err := store.Read(ctx, func(tx *db.Tx) (err error) {
		if s, err = Load(tx, w.Draw); err != nil {
			return err
		}
		if s.State == Draft {
			err = notFound(w.Draw)
		}
		return err
	}); err != nil {
		return err
	}
	if w.Way == ByBought && s.Bought != nil { // who is known by several numbers pays as one
		if err := d.Ledger.Gather(ctx, store, w.Customer, s.Bought.Unit, s.Bought.Price*w.Entries); err != nil {
			return err
		}
	}
	return store.Write(ctx, func(tx *db.Tx) error {
		done, err := d.enter(tx, &w)
		if err != nil || !done {
			return err
		}
		return record(tx)
	})
}

func (d *Desk) enter(tx *db.Tx, w *Wish) (done bool, err error) {
	s, err := Load(tx, w.Draw)
	if err != nil {
		return false, err
	}
	members, err := customer.Members(tx, w.Customer)
	if err != nil {
		return false, err
	}
	if w.Way == ByBought {
		if known, err := sold(tx, w, members); err != nil || known {
			return false, err
		}
	}
	if err := closed(&s, tx); err != nil {
		return false, err
	}
	before, err := entered(tx, w.Draw, members)
	if err != nil {
		return false, err
	}
	if w.Way == ByFree {
		if !s.Free {
			return false, noWay(&s)
		}
		if before.Free > 0 {
			return false, nil
		}
		done, err = free(tx, w)
	} else {
		done, err = true, d.buy(tx, &s, w, before.elsewhere)
		if fault.KindOf(err) == fault.Conflict {
			// What is in the way may be what the same wish, sent at the same moment, took and counted.
			if known, wrong := sold(tx, w, members); wrong != nil || known {
				err = cmp.Or(wrong, db.ErrRestart)
			}
		}
	}
	if err != nil || !done {
		return false, err
	}
	return true, hold(tx, w.Draw)
}

// closed refuses to enter where one cannot.
func closed(s *Stored, tx *db.Tx) error {
	if s.Open(tx.Now) {
		return nil
	}
	return shut(s.Draw.Draw)
}

func noWay(s *Stored) error {
	return fault.In("way", fault.Coded("draw_way", fault.Conflictf("the draw %s cannot be entered in this way", s.Draw.Draw)))
}

// hold makes sure that the draw is open until what is being done is done: whoever closes it waits, or has closed it already. It
// comes last, so that others wait for as short as can be.
func hold(tx *db.Tx, key string) error {
	n, err := tx.Exec("UPDATE draws SET touched = touched + 1 WHERE draw = $1 AND state = 'published' AND opens_us <= $2 AND closes_us > $2", key, tx.Now)
	if err == nil && n == 0 {
		err = shut(key)
	}
	return err
}

func free(tx *db.Tx, w *Wish) (done bool, err error) {
	n, err := tx.Exec(`INSERT INTO draw_entrants (customer_id, draw, free_entries, bought_entries, entered_us) VALUES ($1, $2, 1, 0, $3)
		ON CONFLICT (customer_id, draw) DO UPDATE SET free_entries = 1 WHERE draw_entrants.free_entries = 0`, w.Customer, w.Draw, tx.Now)
	return n > 0, err
}

func cause(key string) string { return "draw:" + key }

// operation is the key under which the ledger knows a purchase, or its way back.
func operation(purchase int64, what string) string {
	return "draw:" + strconv.FormatInt(purchase, 10) + "/" + what
}

// sold tells whether the purchase was made before. Two who were merged may have used a key each: any of their purchases will do.
func sold(tx *db.Tx, w *Wish, members []int64) (bool, error) {
	list, args := numbered(members, w.Draw, w.Key, w.Entries)
	var entries int64
	err := tx.QueryRow("SELECT entries FROM draw_purchases WHERE draw = $1 AND key = $2 AND customer_id IN ("+list+") ORDER BY CASE WHEN entries = $3 THEN 0 ELSE 1 END LIMIT 1", args...).Scan(&entries)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil && entries != w.Entries {
		err = fault.Coded("key_reused", fault.In("key", fault.Conflictf("the key was used for another purchase; a new one needs a new key")))
	}
	return err == nil, err
}

// buy takes the units, and counts the entries with those bought before; elsewhere are those that the person bought under other
// numbers.
func (d *Desk) buy(tx *db.Tx, s *Stored, w *Wish, elsewhere int64) error {
	if s.Bought == nil {
		return noWay(s)
	}
	id := d.Ledger.IDs.New(tx.Now)
	units := s.Bought.Price * w.Entries
	// The account first: whoever buys more for the same customer waits there.
	act := points.Act{Customer: w.Customer, Unit: s.Bought.Unit, Key: operation(id, "spend"), Cause: cause(w.Draw), Actor: w.Actor}
	if _, err := d.Ledger.Spend(tx, act, units); err != nil {
		return err
	}
	// The first purchase finds no row whose entries hold it back. That is asked here rather than in the statement, for values
	// that a SELECT without a table puts into a spread table have no type to a cluster.
	most, n := s.Bought.PerMember-elsewhere, int64(0)
	if w.Entries <= most {
		var err error
		n, err = tx.Exec(`INSERT INTO draw_entrants (customer_id, draw, free_entries, bought_entries, entered_us) VALUES ($1, $2, 0, $3, $4)
			ON CONFLICT (customer_id, draw) DO UPDATE SET bought_entries = draw_entrants.bought_entries + excluded.bought_entries
			WHERE draw_entrants.bought_entries + excluded.bought_entries <= $5`, w.Customer, w.Draw, w.Entries, tx.Now, most)
		if err != nil {
			return err
		}
	}
	if n == 0 {
		return fault.In("entries", fault.Coded("draw_limit", fault.Conflictf("one can buy %d entries in the draw %s, and this would be more", s.Bought.PerMember, w.Draw)))
	}
	_, err := tx.Exec(`INSERT INTO draw_purchases (customer_id, purchase_id, draw, key, state, entries, unit, units, actor, bought_us) VALUES ($1, $2, $3, $4, 'bought', $5, $6, $7, $8, $9)`,
		w.Customer, id, w.Draw, w.Key, w.Entries, s.Bought.Unit, units, w.Actor, tx.Now)
	if db.Violates(err, "draw_purchases_key") { // at the same time
		return db.ErrRestart
	}
	return err
}

func numbered(members []int64, before ...any) (list string, args []any) {
	args = before
	for _, m := range members {
		args = append(args, m)
		list += ", $" + strconv.Itoa(len(args))
	}
	return list[2:], args
}

// had is how somebody has entered.
type had struct{ Free, Bought, elsewhere int64 }

// entered is how the numbers of a person, the root first, have entered.
func entered(tx *db.Tx, key string, members []int64) (h had, err error) {
	list, args := numbered(members, key)
	rows, err := tx.Query("SELECT customer_id, free_entries, bought_entries FROM draw_entrants WHERE draw = $1 AND customer_id IN ("+list+")", args...)
	if err != nil {
		return h, err
	}
	for rows.Next() {
		var who, free, bought int64
		if err := rows.Scan(&who, &free, &bought); err != nil {
			return h, err
		}
		h.Free, h.Bought = max(h.Free, free), h.Bought+bought
		if who != members[0] {
			h.elsewhere += bought
		}
	}
	return h, rows.Close()
}

// LastPurchase is the number of the newest purchase of entries by a person, who is known by the numbers; 0: they have bought none.
func LastPurchase(tx *db.Tx, key string, members []int64) (id int64, err error) {
	list, args := numbered(members, key)
	err = tx.QueryRow("SELECT coalesce(max(purchase_id), 0) FROM draw_purchases WHERE draw = $1 AND customer_id IN ("+list+")", args...).Scan(&id)
	return id, err
}

// Sum is how a draw has been entered so far, but for what orders earn.
type Sum struct {
	People, Free, Bought int64
	Units                int64 // paid for those bought
	Rules                int64 // put in by rules, before what one person may have at most
}

// SumOf adds up how a draw has been entered.
func SumOf(tx *db.Tx, key string) (s Sum, err error) {
	if err = tx.QueryRow(`SELECT count(*), CAST(coalesce(sum(free_entries), 0) AS BIGINT), CAST(coalesce(sum(bought_entries), 0) AS BIGINT) FROM draw_entrants WHERE draw = $1`, key).
		Scan(&s.People, &s.Free, &s.Bought); err != nil {
		return s, err
	}
	if err = tx.QueryRow("SELECT CAST(coalesce(sum(units), 0) AS BIGINT) FROM draw_purchases WHERE draw = $1 AND state = 'bought'", key).Scan(&s.Units); err != nil {
		return s, err
	}
	err = tx.QueryRow("SELECT CAST(coalesce(sum(entries), 0) AS BIGINT) FROM draw_awards WHERE draw = $1", key).Scan(&s.Rules)
	return s, err
}

// Forget takes a customer who is erased out of draws whose list is not frozen yet. What is on a frozen list tells nobody who
// it was, and stays: the list must.
func Forget(tx *db.Tx, number int64) error {
	const unfrozen = "draw IN (SELECT draw FROM draws WHERE state IN ('published', 'closing'))"
	for _, table := range []string{"draw_entrants", "draw_awards"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE customer_id = $1 AND "+unfrozen, number); err != nil {
			return err
		}
	}
	_, err := tx.Exec("UPDATE draw_purchases SET state = 'forgone' WHERE customer_id = $1 AND state = 'bought' AND "+unfrozen, number)
	return err
}
