package customer

import (
	"cmp"
	"slices"
	"strconv"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
)

var (
	findIdentities   = db.NewLookup("SELECT kind, value, customer_id FROM identities", "kind TEXT", "value TEXT")
	claimIdentities  = db.NewInsert("INSERT INTO identities (kind, value, customer_id)", 3, "ON CONFLICT DO NOTHING")
	insertIdentities = db.NewInsert("INSERT INTO customer_identities (customer_id, kind, value, written, added_us)", 5, "ON CONFLICT DO NOTHING")
	insertCustomers  = db.NewInsert(`INSERT INTO customers (customer_id, reference, kind, form_of_address, given_name, middle_name,
		family_name, full_name, folded_name, language, channel, household, attributes, version, created_us, updated_us)`, 16, "")
	findKnown   = db.NewLookup("SELECT customer_id, erased_us IS NOT NULL FROM customers", "customer_id BIGINT")
	findAliases = db.NewLookup("SELECT customer_id, root_id FROM aliases", "customer_id BIGINT")
)

// Find gives the customers of normal identities; those that belong to nobody are not in the answer.
func Find(tx *db.Tx, identities []Identity) (map[Identity]int64, error) {
	found := make(map[Identity]int64, len(identities))
	args := make([]any, 0, 2*len(identities))
	var numbers []any
	for _, i := range identities {
		if i.Kind != Number {
			args = append(args, i.Kind, i.Value)
		} else if n, err := strconv.ParseInt(i.Value, 10, 64); err == nil {
			numbers = append(numbers, n)
		}
	}
	err := findKnown.Each(tx, numbers, func(r *db.Rows) error {
		var customer int64
		var erased bool
		err := r.Scan(&customer, &erased)
		if !erased {
			found[Numbered(customer)] = customer
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, findIdentities.Each(tx, args, func(r *db.Rows) error {
		var i Identity
		var customer int64
		err := r.Scan(&i.Kind, &i.Value, &customer)
		found[i] = customer
		return err
	})
}

// Roots gives for each customer the one that stands for the person: itself, or whom it was merged into.
func Roots(tx *db.Tx, customers []int64) (map[int64]int64, error) {
	roots := make(map[int64]int64, len(customers))
	args := make([]any, len(customers))
	for i, c := range customers {
		roots[c], args[i] = c, c
	}
	return roots, findAliases.Each(tx, args, func(r *db.Rows) error {
		var customer, root int64
		err := r.Scan(&customer, &root)
		roots[customer] = root
		return err
	})
}

// Root is Roots for one.
func Root(tx *db.Tx, customer int64) (int64, error) {
	roots, err := Roots(tx, []int64{customer})
	return roots[customer], err
}

// Same tells whether two customers are one person.
func Same(tx *db.Tx, a, b int64) (bool, error) {
	if a == b {
		return true, nil
	}
	roots, err := Roots(tx, []int64{a, b})
	return err == nil && roots[a] == roots[b], err
}

// Make gives the customers of normal identities, making those that are not there, a customer an identity. Visitors
// become numbers below zero and nothing more. made are those that were not there.
func Make(tx *db.Tx, ids *fact.IDs, identities []Identity) (found map[Identity]int64, made []int64, err error) {
	if found, err = Find(tx, identities); err != nil {
		return nil, nil, err
	}
	var missing []Identity
	for _, i := range identities {
		if _, ok := found[i]; !ok && i.Kind != Number {
			missing = append(missing, i)
			found[i] = 0
		}
	}
	if len(missing) == 0 {
		return found, nil, nil
	}
	slices.SortFunc(missing, func(a, b Identity) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value))
	})
	var claims []any
	for _, i := range missing {
		found[i] = ids.New(tx.Now)
		if i.Kind == Visitor {
			found[i] = -found[i]
		}
		claims = append(claims, i.Kind, i.Value, found[i])
	}
	won, err := claimIdentities.Exec(tx, claims)
	if err != nil {
		return nil, nil, err
	}
	asked := found
	if won < int64(len(missing)) { // another transaction made some of them meanwhile
		if found, err = Find(tx, identities); err != nil {
			return nil, nil, err
		}
	}
	err = create(tx, missing, func(i Identity) (customer int64, mine bool) {
		if mine = found[i] == asked[i]; mine {
			made = append(made, found[i])
		}
		return found[i], mine
	})
	return found, made, err
}

// create writes the rows of new customers.
func create(tx *db.Tx, identities []Identity, of func(Identity) (customer int64, mine bool)) error {
	var rows, own []any
	var changes []feed.Change
	for _, i := range identities {
		customer, mine := of(i)
		if !mine {
			continue
		}
		own = append(own, customer, i.Kind, i.Value, i.Value, tx.Now)
		if customer < 0 {
			continue
		}
		rows = append(rows, customer, i.Value, kindPerson, "", "", "", "", "", "", "", "", "", "", int64(1), tx.Now, tx.Now)
		changes = append(changes, feed.Change{Customer: customer, Kind: feed.Customer})
	}
	if _, err := insertCustomers.Exec(tx, rows); err != nil {
		return err
	}
	if _, err := insertIdentities.Exec(tx, own); err != nil {
		return err
	}
	return feed.Add(tx, changes...)
}
