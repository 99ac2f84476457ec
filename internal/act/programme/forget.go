package programme

import (
	"encoding/json"
	"fmt"

	"regulars/internal/base/db"
)

// Forget takes away what the programme kept that tells who a customer was: their attributes as they were when something was looked
// at, and that somebody let them in, with why. What was given stays, and so do the causes. What is looked at anew afterwards, such
// as a return, is judged by what is left.
func Forget(tx *db.Tx, number int64) error {
	rows, err := tx.Query(`SELECT cause, known FROM programme_outcomes WHERE customer_id = $1 AND known LIKE '%"attributes":%'`, number)
	if err != nil {
		return err
	}
	kept := map[string]string{}
	for rows.Next() {
		var cause, text string
		if err := rows.Scan(&cause, &text); err != nil {
			return err
		}
		kept[cause] = text
	}
	if err := rows.Close(); err != nil {
		return err
	}
	for cause, text := range kept {
		var k Known
		if err := json.Unmarshal([]byte(text), &k); err != nil {
			return fmt.Errorf("what was known at %s: %w", cause, err)
		}
		k.Attributes = nil
		less, err := json.Marshal(k)
		if err != nil {
			return fmt.Errorf("what is left of %s: %w", cause, err)
		}
		if _, err := tx.Exec("UPDATE programme_outcomes SET known = $1 WHERE customer_id = $2 AND cause = $3", string(less), number, cause); err != nil {
			return err
		}
	}
	_, err = tx.Exec("DELETE FROM access_grants WHERE customer_id = $1", number)
	return err
}
