// Package reference is the directory of what outside systems call facts: kind, source and reference lead to a customer
// and a fact of the customer's. It is what makes every intake safe to repeat.
//
// What always holds: a reference is claimed once, by a statement of one row, in the transaction that records the fact;
// whoever comes second finds the first one's claim. The claims of an erased customer stay, so that an old file does not
// bring the facts back, but lead nowhere: customer and fact are 0.
package reference

import (
	"cmp"
	"slices"

	"regulars/internal/base/db"
)

// Kind is what kind of fact a reference names.
type Kind string

// The kinds that have references.
const (
	Order        Kind = "order"
	Return       Kind = "return"
	Answer       Kind = "answer"
	Subscription Kind = "subscription"
)

// Key is what an outside system calls a fact.
type Key struct{ Source, Reference string }

// Owner is where a key leads.
type Owner struct {
	Customer, Fact int64
	Mine           bool // claimed just now, by this call
}

// Erased is true for the claim of a customer who was erased.
func (o Owner) Erased() bool { return o.Customer == 0 }

// Claim asks for a key, for the customer and the fact given.
type Claim struct {
	Key
	Customer, Fact int64
}

var (
	claim = db.NewInsert("INSERT INTO fact_references (kind, source, reference, customer_id, fact_id)", 5, "ON CONFLICT DO NOTHING")
	find  = db.NewLookup("SELECT source, reference, customer_id, fact_id FROM fact_references", "kind TEXT", "source TEXT", "reference TEXT")
)

// ClaimAll claims the keys, which are all different, and tells who owns each: the one who claims it, or another.
func ClaimAll(tx *db.Tx, kind Kind, claims []Claim) (map[Key]Owner, error) {
	owners := make(map[Key]Owner, len(claims))
	if len(claims) == 0 {
		return owners, nil
	}
	// In the order of their keys, so that two transactions that claim the same keys do not wait for each other.
	slices.SortFunc(claims, func(a, b Claim) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Reference, b.Reference))
	})
	args := make([]any, 0, 5*len(claims))
	for _, c := range claims {
		args = append(args, string(kind), c.Source, c.Reference, c.Customer, c.Fact)
		owners[c.Key] = Owner{c.Customer, c.Fact, true}
	}
	n, err := claim.Exec(tx, args)
	if err != nil || n == int64(len(claims)) {
		return owners, err
	}
	keys := make([]Key, len(claims))
	for i, c := range claims {
		keys[i] = c.Key
	}
	found, err := Find(tx, kind, keys)
	for key, owner := range found {
		asked := owners[key]
		owner.Mine = owner.Customer == asked.Customer && owner.Fact == asked.Fact
		owners[key] = owner
	}
	return owners, err
}

// Find looks keys up; those that nobody has claimed are not in the answer.
func Find(tx *db.Tx, kind Kind, keys []Key) (map[Key]Owner, error) {
	owners := make(map[Key]Owner, len(keys))
	args := make([]any, 0, 3*len(keys))
	for _, k := range keys {
		args = append(args, string(kind), k.Source, k.Reference)
	}
	return owners, find.Each(tx, args, func(r *db.Rows) error {
		var k Key
		var o Owner
		err := r.Scan(&k.Source, &k.Reference, &o.Customer, &o.Fact)
		owners[k] = o
		return err
	})
}
