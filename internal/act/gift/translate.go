package gift

import (
	"encoding/json"
	"fmt"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

// Translate says what the name of a surprise is in other languages, at any time: who is given something does not come from it.
// changed are the languages in which something else is said now; none: it was so before. version is the one that it must have,
// 0: any.
func Translate(tx *db.Tx, key string, as locale.Translations, by string, version int64) (stored Stored, changed []string, err error) {
	if stored, err = Load(tx, key); err != nil {
		return stored, nil, err
	}
	if version != 0 && version != stored.Version {
		return stored, nil, changedMeanwhile(key)
	}
	s := stored.Surprise
	s.Translations = as.Of([]string{s.Name})
	if err := s.checkTranslations(); err != nil {
		return stored, nil, err
	}
	if changed = s.Translations.Differ(stored.Translations); len(changed) == 0 {
		return stored, nil, nil
	}
	if stored.State == Draft {
		stored, err = Save(tx, s, by, stored.Version)
		return stored, changed, err
	}
	settings, err := json.Marshal(s)
	if err != nil {
		return stored, nil, fmt.Errorf("write surprise %s: %w", key, err)
	}
	n, err := tx.Exec("UPDATE surprises SET version = version + 1, settings = $1 WHERE surprise = $2 AND version = $3", string(settings), key, stored.Version)
	if err == nil && n == 0 {
		err = db.ErrRestart // it moved on at this moment, or somebody else translated it
	}
	if err != nil {
		return stored, nil, err
	}
	stored, err = Load(tx, key)
	return stored, changed, err
}

func changedMeanwhile(key string) error {
	return fault.Coded("changed_meanwhile", fault.Conflictf("somebody changed the surprise %s since you read it; read it again", key))
}
