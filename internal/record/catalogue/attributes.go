package catalogue

import (
	"slices"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
)

var (
	insertNames = db.NewInsert("INSERT INTO attribute_names (kind, folded, name, place)", 4, "ON CONFLICT DO NOTHING")
	findNames   = db.NewLookup("SELECT folded, name FROM attribute_names", "kind TEXT", "folded TEXT")
)

// Spell gives attributes the one spelling of their names, and makes sure that the names are known; but one without a
// value, which takes an attribute away, makes no name.
func (n *Names) Spell(tx *db.Tx, kind string, all ...fact.Attributes) error {
	if n.respell(kind, all, nil) {
		return nil
	}
	known := map[entry]string{}
	valued := map[entry]bool{}
	var order []entry
	for _, attributes := range all {
		for _, a := range attributes {
			e := entry{kind, strings.ToLower(a.Name)}
			if _, ok := known[e]; !ok {
				known[e] = a.Name
				order = append(order, e)
			}
			valued[e] = valued[e] || a.Value != ""
		}
	}
	var keys []any
	for _, e := range order {
		keys = append(keys, kind, e.name)
	}
	found := map[entry]bool{}
	find := func() error {
		return findNames.Each(tx, keys, func(r *db.Rows) error {
			var folded, name string
			err := r.Scan(&folded, &name)
			known[entry{kind, folded}], found[entry{kind, folded}] = name, true
			return err
		})
	}
	if err := find(); err != nil {
		return err
	}
	missing := slices.DeleteFunc(order, func(e entry) bool { return found[e] || !valued[e] })
	if len(missing) > 0 {
		if err := n.addNames(tx, kind, missing, known); err != nil {
			return err
		}
		if err := find(); err != nil { // another spelling may have come first
			return err
		}
	}
	for e := range known {
		if !found[e] {
			delete(known, e)
		}
	}
	tx.AfterCommit(func() {
		n.lock.Lock()
		defer n.lock.Unlock()
		for e, name := range known {
			n.spelling[e] = name
			n.spelling[entry{kind, name}] = name // so that it is found without folding it
		}
	})
	n.respell(kind, all, known)
	return nil
}

func (n *Names) addNames(tx *db.Tx, kind string, missing []entry, known map[entry]string) error {
	var place int64
	if err := tx.QueryRow("SELECT coalesce(max(place), 0) FROM attribute_names WHERE kind = $1", kind).Scan(&place); err != nil {
		return err
	}
	var args []any
	for _, e := range missing {
		place++
		args = append(args, kind, e.name, known[e], place)
	}
	_, err := insertNames.Exec(tx, args)
	return err
}

// respell sets the names by what is remembered, or given; false where one is in neither and nothing is given.
func (n *Names) respell(kind string, all []fact.Attributes, given map[entry]string) bool {
	n.lock.RLock()
	defer n.lock.RUnlock()
	for _, attributes := range all {
		for i := range attributes {
			a := &attributes[i]
			if n.spelling[entry{kind, a.Name}] == a.Name {
				continue
			}
			e := entry{kind, strings.ToLower(a.Name)}
			name, ok := n.spelling[e]
			if !ok {
				name, ok = given[e]
			}
			switch {
			case ok:
				a.Name = name
			case given == nil:
				return false
			}
		}
	}
	return true
}

// AttributeNames lists the names that facts of a kind use, in the order they came.
func AttributeNames(tx *db.Tx, kind string) (names []string, err error) {
	rows, err := tx.Query("SELECT name FROM attribute_names WHERE kind = $1 ORDER BY place, folded", kind)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Close()
}
