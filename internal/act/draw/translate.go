package draw

import (
	"encoding/json"
	"fmt"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

// Translate says what name, prizes and terms of a draw are in other languages, at any time: what is committed to, hashed and
// drawn from has them as they are written, so that nothing anybody checks changes by it. Of a draft it is a change like any other,
// and whoever makes it has written the draft. Once members may have read it, what is said in a language stays as it is, and only
// what is missing is added: nobody takes part for a car that becomes a bicycle. changed are the languages in which something else is said now; none: it was so
// before. version is the one that it must have, 0: any.
func Translate(tx *db.Tx, key string, as locale.Translations, by string, version int64) (s Stored, changed []string, err error) {
	if s, err = Load(tx, key); err != nil {
		return s, nil, err
	}
	if version != 0 && version != s.Version {
		return s, nil, changedMeanwhile(key)
	}
	d := s.Draw
	d.Translations = as.Of(d.Texts())
	if err := d.checkTranslations(); err != nil {
		return s, nil, err
	}
	if changed = d.Translations.Differ(s.Translations); len(changed) == 0 {
		return s, nil, nil
	}
	if s.State == Draft {
		s, err = Save(tx, d, by, s.Version)
		return s, changed, err
	}
	if said := d.Translations.Lacks(s.Translations); len(said) > 0 {
		return s, nil, fault.In("translations."+said[0], fault.Coded("draw_translated", fault.Invalidf("members have read what the draw %s is in the language %s, so that it stays; what is missing can be added", key, said[0])))
	}
	settings, err := json.Marshal(d)
	if err != nil {
		return s, nil, fmt.Errorf("write draw %s: %w", key, err)
	}
	n, err := tx.Exec("UPDATE draws SET version = version + 1, settings = $1 WHERE draw = $2 AND version = $3", string(settings), key, s.Version)
	if err == nil && n == 0 {
		err = db.ErrRestart // it moved on at this moment, or somebody else translated it
	}
	if err != nil {
		return s, nil, err
	}
	s, err = Load(tx, key)
	return s, changed, err
}

func changedMeanwhile(key string) error {
	return fault.Coded("changed_meanwhile", fault.Conflictf("somebody changed the draw %s since you read it; read it again", key))
}
