package customer

import (
	"database/sql"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
)

// Brief is what lists choose a customer by.
type Brief struct {
	Number, Root int64 // Root is who stands for the person
	Reference    string
	FoldedName   string
	Birthday     Birthday
	Household    string
	Organisation bool
	Attributes   fact.Attributes
	Erased       bool
	Known        []Identity
	Consents     map[[2]string]Said // by channel and purpose: the last word
}

// Said is whether a consent was given, and when.
type Said struct {
	Granted bool
	At      int64
}

// Briefs are the customers with numbers from low to high, and visitors merged into a customer too, in no order.
func Briefs(tx *db.Tx, low, high int64) (map[int64]*Brief, error) {
	all := map[int64]*Brief{}
	rows, err := tx.Query(`SELECT c.customer_id, coalesce(a.root_id, c.customer_id), c.reference, c.folded_name, coalesce(c.birth_year, 0), coalesce(c.birth_month, 0),
		coalesce(c.birth_day, 0), c.household, c.kind, c.attributes, c.erased_us FROM customers c
		LEFT JOIN aliases a ON a.customer_id = c.customer_id WHERE c.customer_id BETWEEN $1 AND $2`, low, high)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		b := &Brief{Consents: map[[2]string]Said{}}
		var kind, attributes string
		var erased sql.Null[int64]
		if err := rows.Scan(&b.Number, &b.Root, &b.Reference, &b.FoldedName, &b.Birthday.Year, &b.Birthday.Month, &b.Birthday.Day, &b.Household, &kind, &attributes, &erased); err != nil {
			return nil, err
		}
		b.Organisation, b.Erased = kind == kindOrganisation, erased.Valid
		if b.Attributes, err = fact.ParseAttributes(attributes); err != nil {
			return nil, err
		}
		all[b.Number] = b
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	if err := briefIdentities(tx, low, high, all); err != nil {
		return nil, err
	}
	return all, briefConsents(tx, low, high, all)
}

func briefIdentities(tx *db.Tx, low, high int64, all map[int64]*Brief) error {
	rows, err := tx.Query("SELECT customer_id, kind, value FROM customer_identities WHERE customer_id BETWEEN $1 AND $2", low, high)
	if err != nil {
		return err
	}
	for rows.Next() {
		var n int64
		var i Identity
		if err := rows.Scan(&n, &i.Kind, &i.Value); err != nil {
			return err
		}
		if b := all[n]; b != nil {
			b.Known = append(b.Known, i)
		}
	}
	return rows.Close()
}

func briefConsents(tx *db.Tx, low, high int64, all map[int64]*Brief) error {
	rows, err := tx.Query("SELECT customer_id, channel, purpose, given_us, granted FROM consents WHERE customer_id BETWEEN $1 AND $2", low, high)
	if err != nil {
		return err
	}
	for rows.Next() {
		var n int64
		var key [2]string
		var s Said
		if err := rows.Scan(&n, &key[0], &key[1], &s.At, &s.Granted); err != nil {
			return err
		}
		if b := all[n]; b != nil {
			b.Says(key, s)
		}
	}
	return rows.Close()
}

// Says notes a word on a consent: of two the later counts.
func (b *Brief) Says(key [2]string, s Said) {
	if before, ok := b.Consents[key]; !ok || s.At >= before.At {
		b.Consents[key] = s
	}
}

// Numbers are at most limit numbers of customers behind one, in their order.
func Numbers(tx *db.Tx, behind int64, limit int) ([]int64, error) {
	return numbersOf(tx.Query("SELECT customer_id FROM customers WHERE customer_id > $1 ORDER BY customer_id LIMIT $2", behind, limit))
}

// Persons is Numbers of those who stand for a person: who was erased, or merged into another, is left out.
func Persons(tx *db.Tx, behind int64, limit int) ([]int64, error) {
	return numbersOf(tx.Query(`SELECT c.customer_id FROM customers c LEFT JOIN aliases a ON a.customer_id = c.customer_id
		WHERE c.customer_id > $1 AND c.erased_us IS NULL AND a.customer_id IS NULL ORDER BY c.customer_id LIMIT $2`, behind, limit))
}

// RootsBetween are those with numbers from low to high who stand for others too.
func RootsBetween(tx *db.Tx, low, high int64) ([]int64, error) {
	return numbersOf(tx.Query("SELECT DISTINCT root_id FROM aliases WHERE root_id BETWEEN $1 AND $2", low, high))
}

func numbersOf(rows *db.Rows, err error) (all []int64, _ error) {
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, rows.Close()
}

var findSeveral = db.NewLookup(columns, "c.customer_id BIGINT")

// Several reads customers, in the order of the numbers; who is not there is left out.
func Several(tx *db.Tx, numbers []int64) ([]Stored, error) {
	args := make([]any, len(numbers))
	for i, n := range numbers {
		args[i] = n
	}
	found := make(map[int64]*Stored, len(numbers))
	if err := findSeveral.Each(tx, args, func(r *db.Rows) error {
		s := &Stored{}
		err := s.scan(r)
		found[s.Customer] = s
		return err
	}); err != nil {
		return nil, err
	}
	known, err := identities(tx, args)
	all := make([]Stored, 0, len(numbers))
	for _, n := range numbers {
		if s := found[n]; s != nil {
			s.Identities = known[n]
			all = append(all, *s)
		}
	}
	return all, err
}
