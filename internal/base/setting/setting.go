// Package setting keeps values that a business has one of each: what was set, and how far work has come.
//
// They are JSON in the table settings, each under a key of its own, which the package that it belongs to gives, and which nobody
// else reads. What holds of a value is checked by that package before it is kept. Values that are read by many, such as the time
// zone, and those that are no JSON are not kept here: they have rows of their own in the same table.
package setting

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"regulars/internal/base/db"
)

// Load reads the value under a key over what into holds, and tells whether there is one. Names that into does not know are passed
// over: a later version of the program may have written them.
func Load(tx *db.Tx, key string, into any) (found bool, err error) {
	var text string
	err = tx.QueryRow("SELECT value FROM settings WHERE key = $1", key).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), into)
	}
	if err != nil {
		return false, fmt.Errorf("read the setting %s: %w", key, err)
	}
	return true, nil
}

// Save keeps a value under a key, in place of the one that was.
func Save(tx *db.Tx, key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write the setting %s: %w", key, err)
	}
	_, err = tx.Exec(`INSERT INTO settings (key, value, updated_us) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_us = excluded.updated_us`, key, string(text), tx.Now)
	return err
}
