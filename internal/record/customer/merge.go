package customer

import (
	"slices"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/feed"
)

// Merge says that one customer is the same person as another, who stands for both from then on. It tells which number
// became an alias, which is what Undo takes; 0 where they were one already.
func Merge(tx *db.Tx, from, into int64) (alias int64, err error) {
	if err := Alone(tx); err != nil {
		return 0, err
	}
	roots, err := Roots(tx, []int64{from, into})
	if err != nil {
		return 0, err
	}
	alias = roots[from]
	root := roots[into]
	if alias == root {
		return 0, nil
	}
	if root < 0 {
		return 0, fault.Invalidf("a customer cannot be merged into a visitor who is not known; merge the visitor into the customer")
	}
	if _, err := tx.Exec("INSERT INTO aliases (customer_id, into_id, root_id, merged_us) VALUES ($1, $2, $3, $4)",
		alias, into, root, tx.Now); err != nil {
		return 0, err
	}
	if _, err := tx.Exec("UPDATE aliases SET root_id = $1 WHERE root_id = $2", root, alias); err != nil {
		return 0, err
	}
	return alias, tellMembers(tx, root)
}

// Undo makes an alias a customer of its own again, with whoever was merged into it before.
func Undo(tx *db.Tx, alias int64) (undone bool, err error) {
	if err := Alone(tx); err != nil {
		return false, err
	}
	var root int64
	members, err := aliasesOf(tx, alias, &root)
	if err != nil || root == 0 {
		return false, err
	}
	if err := tellMembers(tx, root); err != nil {
		return false, err
	}
	if _, err := tx.Exec("DELETE FROM aliases WHERE customer_id = $1", alias); err != nil {
		return false, err
	}
	delete(members, alias)
	for member := range members {
		end := member
		for next, ok := members[end]; ok; next, ok = members[end] {
			end = next
		}
		if end != root {
			if _, err := tx.Exec("UPDATE aliases SET root_id = $1 WHERE customer_id = $2", end, member); err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// Alone has merges, and what looks at who is one person with whom, one after the other until the transaction ends: two at once could
// make a ring.
func Alone(tx *db.Tx) error {
	_, err := tx.Exec("UPDATE settings SET updated_us = $1 WHERE key = 'store_id'", tx.Now)
	return err
}

// aliasesOf gives whom each alias of the person was merged into, and the root of them; 0 where the customer is no alias.
func aliasesOf(tx *db.Tx, alias int64, root *int64) (map[int64]int64, error) {
	roots, err := Roots(tx, []int64{alias})
	if err != nil || roots[alias] == alias {
		return nil, err
	}
	*root = roots[alias]
	rows, err := tx.Query("SELECT customer_id, into_id FROM aliases WHERE root_id = $1", *root)
	if err != nil {
		return nil, err
	}
	into := map[int64]int64{}
	for rows.Next() {
		var member, next int64
		if err := rows.Scan(&member, &next); err != nil {
			return nil, err
		}
		into[member] = next
	}
	return into, rows.Close()
}

// Merged are all numbers that are somebody's besides the one who stands for them, with that one.
func Merged(tx *db.Tx) (map[int64]int64, error) {
	rows, err := tx.Query("SELECT customer_id, root_id FROM aliases")
	if err != nil {
		return nil, err
	}
	roots := map[int64]int64{}
	for rows.Next() {
		var member, root int64
		if err := rows.Scan(&member, &root); err != nil {
			return nil, err
		}
		roots[member] = root
	}
	return roots, rows.Close()
}

// Erased are the numbers of all who were erased.
func Erased(tx *db.Tx) (map[int64]bool, error) {
	rows, err := tx.Query("SELECT customer_id FROM customers WHERE erased_us IS NOT NULL")
	if err != nil {
		return nil, err
	}
	gone := map[int64]bool{}
	for rows.Next() {
		var number int64
		if err := rows.Scan(&number); err != nil {
			return nil, err
		}
		gone[number] = true
	}
	return gone, rows.Close()
}

// Members are all numbers of a person, the root first.
func Members(tx *db.Tx, root int64) ([]int64, error) {
	rows, err := tx.Query("SELECT customer_id FROM aliases WHERE root_id = $1 ORDER BY customer_id", root)
	if err != nil {
		return nil, err
	}
	members := []int64{root}
	for rows.Next() {
		var member int64
		if err := rows.Scan(&member); err != nil {
			return nil, err
		}
		members = append(members, member)
	}
	return members, rows.Close()
}

func tellMembers(tx *db.Tx, root int64) error {
	members, err := Members(tx, root)
	if err != nil {
		return err
	}
	var changes []feed.Change
	for _, m := range slices.Compact(members) {
		changes = append(changes, feed.Change{Customer: m, Kind: feed.Alias})
	}
	return feed.Add(tx, changes...)
}
