package customer

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/base/db"
)

// Search finds at most limit customers by what somebody typed: an own id, an e-mail address, a phone number or a card in
// full, or the beginning of the name as it is written, or of another word of it, such as the family name, in letters of any size. Who was merged is found under whom they
// were merged into; who was erased is not found. Numbers without a country are from the given one.
func Search(tx *db.Tx, text, country string, limit int) ([]Stored, error) {
	if text = strings.TrimSpace(text); !nameable(text) {
		return nil, nil
	}
	numbers, err := Exactly(tx, text, country)
	if err != nil {
		return nil, err
	}
	named, err := begins(tx, Fold(text), limit)
	if err != nil {
		return nil, err
	}
	if word := Fold(text); len(named) < limit && isWord(word) {
		later, err := beginsLater(tx, word, limit-len(named))
		if err != nil {
			return nil, err
		}
		named = append(named, later...)
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

// begins finds customers whose folded name begins so.
func begins(tx *db.Tx, folded string, limit int) (numbers []int64, err error) {
	if folded == "" {
		return nil, nil
	}
	// Text sorts by code point: whatever begins so lies before the beginning followed by the last one.
	return customersOf(tx.Query("SELECT customer_id FROM customers WHERE folded_name <> '' AND folded_name >= $1 AND folded_name < $2 ORDER BY folded_name, customer_id LIMIT $3",
		folded, folded+"\U0010FFFF", limit))
}

// wordLeast is from how many letters on a word is looked for behind the first one: all names are gone through for it.
const wordLeast = 3

// isWord is false for codes, numbers and addresses, for which no names are gone through, and for what a pattern would take for more
// than letters.
func isWord(folded string) bool {
	letters := 0
	for _, r := range folded {
		switch {
		case unicode.IsLetter(r):
			letters++
		case !unicode.IsMark(r) && !strings.ContainsRune(" '’-.", r):
			return false
		}
	}
	return letters >= wordLeast
}

// beginsLater finds customers of whose folded name another word than the first begins so.
func beginsLater(tx *db.Tx, folded string, limit int) ([]int64, error) {
	return customersOf(tx.Query("SELECT customer_id FROM customers WHERE folded_name <> '' AND folded_name LIKE $1 ORDER BY folded_name, customer_id LIMIT $2",
		"% "+folded+"%", limit))
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
