package customer

import (
	"slices"
	"strings"
	"unicode/utf8"

	"regulars/internal/base/db"
)

// Search finds at most limit customers by what somebody typed: an own id, an e-mail address, a phone number or a card in
// full, or the beginning of the name, the first or the family's first, in letters of any size, with accents or without. Who was merged
// is found under whom they were merged into; who was erased is not found. Numbers without a country are from the given one.
func Search(tx *db.Tx, text, country string, limit int) ([]Stored, error) {
	if text = strings.TrimSpace(text); !nameable(text) {
		return nil, nil
	}
	numbers, err := Exactly(tx, text, country)
	if err != nil {
		return nil, err
	}
	named, err := begins(tx, text, limit)
	if err != nil {
		return nil, err
	}
	roots, err := Roots(tx, slices.Concat(numbers, named))
	if err != nil {
		return nil, err
	}
	var all []Stored
	seen := map[int64]bool{}
	for _, n := range slices.Concat(numbers, named) {
		root := roots[n]
		if seen[root] || len(all) == limit {
			continue
		}
		seen[root] = true
		s, err := Get(tx, root)
		if err != nil {
			return nil, err
		}
		if s.Erased.IsZero() {
			all = append(all, *s)
		}
	}
	return all, nil
}

// Exactly finds the customers who are known by what somebody typed: an own id, an e-mail address, a phone number, a card or the
// number that was given here, in full. Numbers without a country are from the given one; visitors are nobody known.
func Exactly(tx *db.Tx, text, country string) (numbers []int64, err error) {
	if text = strings.TrimSpace(text); !nameable(text) {
		return nil, nil
	}
	var identities []Identity
	for _, kind := range []string{OwnID, Email, Phone, Card} {
		if i, err := (Identity{Kind: kind, Value: text}).Normal(country); err == nil { // what is no phone number is not looked up as one
			identities = append(identities, i)
		}
	}
	if number := memberNumber(text); number != "" {
		identities = append(identities, Identity{Kind: MemberNumber, Value: number})
	}
	found, err := Find(tx, identities)
	if err != nil {
		return nil, err
	}
	for _, i := range identities {
		if n, ok := found[i]; ok && n > 0 {
			numbers = append(numbers, n)
		}
	}
	return numbers, nil
}

// nameable is false for what nobody can be called.
func nameable(text string) bool {
	return text != "" && utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}

// begins finds customers whose name begins so, as it is said or with the family name first. What was kept before accents were left
// out has those of some scripts still, so that it is looked for as it was typed too.
func begins(tx *db.Tx, text string, limit int) (numbers []int64, err error) {
	for _, column := range []string{"plain_name", "turned_name"} {
		for _, beginning := range slices.Compact([]string{plainName(text), Fold(text)}) {
			if beginning == "" || len(numbers) >= limit {
				continue
			}
			// Text sorts by code point: whatever begins so lies before the beginning followed by the last one.
			found, err := customersOf(tx.Query("SELECT customer_id FROM customers WHERE "+column+" <> '' AND "+column+" >= $1 AND "+column+" < $2 ORDER BY "+column+", customer_id LIMIT $3",
				beginning, beginning+"\U0010FFFF", limit))
			if err != nil {
				return nil, err
			}
			numbers = append(numbers, found...)
		}
	}
	return numbers, nil
}

func customersOf(rows *db.Rows, err error) (numbers []int64, _ error) {
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
	}
	return numbers, rows.Close()
}
