package business

import (
	"database/sql"
	"encoding/base64"
	"errors"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/secret"
)

// keyMark is the setting that tells which key secrets are sealed with: a known text, sealed.
const (
	keyMark    = "key_mark"
	markedText = "regulars"
)

// SameKey makes sure that the box is the one that secrets here are sealed with; the first one is. With anew it becomes
// the one, and what was sealed with another is lost.
func SameKey(tx *db.Tx, box *secret.Box, anew bool) error {
	var mark string
	err := tx.QueryRow("SELECT value FROM settings WHERE key = $1", keyMark).Scan(&mark)
	switch {
	case err == nil && !anew:
		sealed, err := base64.StdEncoding.DecodeString(mark)
		if err == nil {
			_, err = box.Open(sealed, keyMark)
		}
		if err != nil {
			return fault.Coded("other_key_file", fault.Invalidf("the key file is not the one that secrets in this database are sealed with; put that one back. "+
				"Where it is lost, start once with --forget-secrets: second steps of signing in, secrets of webhooks and the like are then to be set up anew"))
		}
		return nil
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return err
	}
	mark = base64.StdEncoding.EncodeToString(box.Seal([]byte(markedText), keyMark))
	_, err = tx.Exec(`INSERT INTO settings (key, value, updated_us) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_us = excluded.updated_us`, keyMark, mark, tx.Now)
	return err
}
