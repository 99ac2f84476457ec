package customer

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Note is what somebody of the business wrote down about a customer, for the others. It is never changed: written anew, or
// taken away.
type Note struct {
	ID       string // by whoever adds it: sent twice it is one
	Customer int64  // the member it was written about
	Text     string
	Writer   string // id of the user or key
	Name     string // of the writer, as it was then
	Written  time.Time
}

const (
	noteMost  = 4000 // characters
	notesMost = 500  // of a person
)

// AddNote keeps a note about a person.
func AddNote(tx *db.Tx, root int64, n Note) (created bool, err error) {
	n.Text = strings.TrimSpace(strings.ReplaceAll(n.Text, "\r\n", "\n"))
	switch {
	case n.Text == "":
		return false, fault.In("text", fault.Coded("required", fault.Invalidf("a note without a word is none")))
	case utf8.RuneCountInString(n.Text) > noteMost:
		return false, fault.In("text", fault.Coded("too_long", fault.Invalidf("a note has at most %d characters", noteMost)))
	case !utf8.ValidString(n.Text) || strings.ContainsRune(n.Text, 0):
		return false, fault.In("text", fault.Coded("no_text", fault.Invalidf("a note holds signs that are no characters")))
	}
	if err := HoldAny(tx, root); err != nil {
		return false, err
	}
	var there int
	if err := tx.QueryRow("SELECT count(*) FROM customer_notes WHERE customer_id = $1", root).Scan(&there); err != nil {
		return false, err
	}
	if there >= notesMost {
		return false, fault.Coded("notes_full", fault.Conflictf("there are %d notes about this customer, which are the most; remove some first", notesMost))
	}
	done, err := tx.Exec(`INSERT INTO customer_notes (customer_id, note_id, body, writer_id, writer_name, written_us)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`, root, n.ID, n.Text, n.Writer, n.Name, tx.Now)
	return done == 1, err
}

// Notes are those about the members of a person, the last one first.
func Notes(tx *db.Tx, members ...int64) (all []Note, err error) {
	for _, member := range members {
		rows, err := tx.Query("SELECT note_id, body, writer_id, writer_name, written_us FROM customer_notes WHERE customer_id = $1", member)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			n := Note{Customer: member}
			if err := rows.Scan(&n.ID, &n.Text, &n.Writer, &n.Name, &n.Written); err != nil {
				return nil, err
			}
			all = append(all, n)
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b Note) int { return b.Written.Compare(a.Written) })
	return all, nil
}

// RemoveNote takes a note about one of the members away. One that is gone already is no mistake.
func RemoveNote(tx *db.Tx, id string, members ...int64) (gone bool, err error) {
	for _, member := range members {
		n, err := tx.Exec("DELETE FROM customer_notes WHERE customer_id = $1 AND note_id = $2", member, id)
		if err != nil {
			return gone, err
		}
		gone = gone || n > 0
	}
	return gone, nil
}
