// Package history keeps what facts were before they changed: the rows of a version, whole, as JSON.
//
// What always holds: for every version of a fact below its present one there is what it said and until when, unless
// its customer was erased: then the history goes too. Nothing in it is ever changed.
package history

import (
	"encoding/json"
	"fmt"

	"regulars/internal/base/db"
)

// Part is a query for rows of a fact, by customer ($1) and fact ($2). The first part of a fact gives its one row; the
// rows of the others are kept under their name.
type Part struct{ Name, Query string }

// Keep writes what a fact is, in the version given, into its history.
func Keep(tx *db.Tx, kind string, customer, fact, version int64, parts ...Part) error {
	var content map[string]any
	for _, part := range parts {
		rows, err := tx.Maps(part.Query, customer, fact)
		if err != nil {
			return err
		}
		switch {
		case content != nil:
			content[part.Name] = rows
		case len(rows) == 1:
			content = rows[0]
		default:
			return db.ErrRestart // gone since it was looked up
		}
	}
	text, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("keep the history of %s %d: %w", kind, fact, err)
	}
	// Another transaction may be changing the same version; whoever comes second finds that out by the version itself.
	_, err = tx.Exec(`INSERT INTO fact_history (customer_id, fact_id, version, kind, until_us, content) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT DO NOTHING`, customer, fact, version, kind, tx.Now, string(text))
	return err
}
