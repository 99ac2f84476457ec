package duplicate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

type write func(context.Context, func(*db.Tx) error) error

var insertPairs = db.NewInsert("INSERT INTO customer_duplicates (first_id, second_id, likelihood, reasons)", 4,
	"ON CONFLICT (first_id, second_id) DO UPDATE SET likelihood = excluded.likelihood, reasons = excluded.reasons")

// Keep has the pairs be those that were found: those that are gone go, and the others stay readable meanwhile.
func Keep(ctx context.Context, d *db.DB, w write, f Found) error {
	have := map[[2]int64]string{}
	if err := d.Read(ctx, func(tx *db.Tx) error {
		clear(have)
		rows, err := tx.Query("SELECT first_id, second_id, likelihood, reasons FROM customer_duplicates")
		if err != nil {
			return err
		}
		for rows.Next() {
			var who [2]int64
			var likelihood int64
			var reasons string
			if err := rows.Scan(&who[0], &who[1], &likelihood, &reasons); err != nil {
				return err
			}
			have[who] = fmt.Sprint(likelihood, reasons)
		}
		return rows.Close()
	}); err != nil {
		return err
	}
	var fresh []any
	const width, part = 4, 500
	for i := range f.Pairs {
		p := &f.Pairs[i]
		who, reasons := [2]int64{p.First, p.Second}, words(p.Reasons)
		if have[who] != fmt.Sprint(p.Likelihood, reasons) {
			fresh = append(fresh, p.First, p.Second, p.Likelihood, reasons)
		}
		delete(have, who)
	}
	var gone [][2]int64
	for who := range have {
		gone = append(gone, who)
	}
	for some := range slices.Chunk(gone, part) {
		if err := w(ctx, func(tx *db.Tx) error {
			for _, who := range some {
				if err := drop(tx, who); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(fresh, width*part) {
		if err := w(ctx, func(tx *db.Tx) error { _, err := insertPairs.Exec(tx, some); return err }); err != nil {
			return err
		}
	}
	// Whom somebody told apart while the search went on.
	return w(ctx, func(tx *db.Tx) error {
		apart, err := toldApart(tx)
		if err != nil {
			return err
		}
		for i := range f.Pairs {
			if who := [2]int64{f.Pairs[i].First, f.Pairs[i].Second}; apart[who] {
				if err := drop(tx, who); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func drop(tx *db.Tx, who [2]int64) error {
	_, err := tx.Exec("DELETE FROM customer_duplicates WHERE first_id = $1 AND second_id = $2", who[0], who[1])
	return err
}

func words(all []Reason) string {
	out := make([]string, len(all))
	for i, r := range all {
		out[i] = string(r)
	}
	return strings.Join(out, " ")
}

// Place is where a page ends: its last pair. The zero Place is before the first page.
type Place struct{ Likelihood, First, Second int64 }

// standing leaves out whoever was merged since.
const standing = ` LEFT JOIN aliases a ON a.customer_id = d.first_id LEFT JOIN aliases b ON b.customer_id = d.second_id
	WHERE a.customer_id IS NULL AND b.customer_id IS NULL`

// List reads at most limit pairs behind a place, the likeliest first.
func List(tx *db.Tx, after Place, limit int) (all []Pair, err error) {
	query, args := "SELECT d.first_id, d.second_id, d.likelihood, d.reasons FROM customer_duplicates d"+standing, []any{limit}
	if after != (Place{}) {
		query += " AND (d.likelihood, d.first_id, d.second_id) < ($2, $3, $4)"
		args = append(args, after.Likelihood, after.First, after.Second)
	}
	rows, err := tx.Query(query+" ORDER BY d.likelihood DESC, d.first_id DESC, d.second_id DESC LIMIT $1", args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var p Pair
		var reasons string
		if err := rows.Scan(&p.First, &p.Second, &p.Likelihood, &reasons); err != nil {
			return nil, err
		}
		for _, r := range strings.Fields(reasons) {
			p.Reasons = append(p.Reasons, Reason(r))
		}
		all = append(all, p)
	}
	return all, rows.Close()
}

// Place is where a page ends that ends with the pair.
func (p *Pair) Place() Place { return Place{p.Likelihood, p.First, p.Second} }

// Count tells how many pairs there are.
func Count(tx *db.Tx) (n int64, err error) {
	err = tx.QueryRow("SELECT count(*) FROM customer_duplicates d" + standing).Scan(&n)
	return n, err
}

// Apart notes that two customers are not one person, and suspects them no more. Said again it changes nothing.
func Apart(tx *db.Tx, one, other int64, actor string) error {
	roots, err := customer.Roots(tx, []int64{one, other})
	if err != nil {
		return err
	}
	who := ordered(roots[one], roots[other])
	if who[0] == who[1] {
		return fault.Coded("one_person", fault.Conflictf("the two are one customer: they were merged; undo that on the customer's page first"))
	}
	if _, err := tx.Exec("INSERT INTO customer_distinct (first_id, second_id, actor, said_us) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
		who[0], who[1], actor, tx.Now); err != nil {
		return err
	}
	return drop(tx, who)
}

func ordered(a, b int64) [2]int64 { return [2]int64{min(a, b), max(a, b)} }

// toldApart are all who were told apart, by those who stand for them by now.
func toldApart(tx *db.Tx) (map[[2]int64]bool, error) {
	merged, err := customer.Merged(tx)
	if err != nil {
		return nil, err
	}
	root := func(n int64) int64 {
		if r, ok := merged[n]; ok {
			return r
		}
		return n
	}
	rows, err := tx.Query("SELECT first_id, second_id FROM customer_distinct")
	if err != nil {
		return nil, err
	}
	all := map[[2]int64]bool{}
	for rows.Next() {
		var a, b int64
		if err := rows.Scan(&a, &b); err != nil {
			return nil, err
		}
		all[ordered(root(a), root(b))] = true
	}
	return all, rows.Close()
}

// TellApart is Apart as somebody says it, with a word in the trail. Customers who are not there are not told apart.
func TellApart(tx *db.Tx, by account.Actor, one, other int64) error {
	known, err := customer.Several(tx, []int64{one, other})
	if err != nil {
		return err
	}
	if one == other || len(known) != 2 || !known[0].Erased.IsZero() || !known[1].Erased.IsZero() {
		return fault.Coded("customer_not_found", fault.NotFoundf("there are no two such customers"))
	}
	if err := Apart(tx, one, other, by.ID); err != nil {
		return err
	}
	for _, number := range []int64{one, other} { // an entry each: an id is no field, and either may be looked for
		if err := account.Record(tx, account.Entry{Actor: by, Action: "customers.told_apart", Target: fact.PublicID(fact.CustomerPrefix, number), Count: 1, Request: by.Request}); err != nil {
			return err
		}
	}
	return nil
}
