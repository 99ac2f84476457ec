package notice

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/secret"
	"regulars/internal/base/setting"
)

const keySetting = "push_key"

// kept is how the pair of keys is kept.
type kept struct {
	Sealed []byte `json:"sealed"`
}

// Key is the pair of keys that push services know the business by, made when it is first asked for. After the key file was given
// up, and with it all that was sealed, it is another: phones that knew the old one are to be switched on again.
func Key(ctx context.Context, store *db.DB, box *secret.Box) (key channel.PushKey, err error) {
	var known bool
	if err := store.Read(ctx, func(tx *db.Tx) (err error) { key, known, err = readKey(tx, box); return err }); err != nil || known {
		return key, err
	}
	fresh, err := channel.NewPushKey()
	if err != nil {
		return key, err
	}
	raw, err := fresh.Bytes()
	if err != nil {
		return key, err
	}
	return key, store.Write(ctx, func(tx *db.Tx) error {
		// Whoever asks at the same moment waits here, and finds what the first one made.
		if _, err := tx.Exec("INSERT INTO settings (key, value, updated_us) VALUES ($1, '{}', $2) ON CONFLICT (key) DO UPDATE SET updated_us = excluded.updated_us",
			keySetting, tx.Now); err != nil {
			return err
		}
		if key, known, err = readKey(tx, box); err != nil || known {
			return err
		}
		key = fresh
		return setting.Save(tx, keySetting, kept{box.Seal(raw, keySetting)})
	})
}

// readKey reads the pair; known is false where there is none that opens.
func readKey(tx *db.Tx, box *secret.Box) (key channel.PushKey, known bool, err error) {
	var k kept
	if _, err := setting.Load(tx, keySetting, &k); err != nil || len(k.Sealed) == 0 {
		return key, false, err
	}
	raw, err := box.Open(k.Sealed, keySetting)
	if errors.Is(err, secret.ErrOther) {
		return key, false, nil
	}
	if err != nil {
		return key, false, err //nolint:wrapcheck // the box says what it is about
	}
	key, err = channel.ParsePushKey(raw)
	return key, err == nil, err
}

// text is a message as the worker of the pages takes it.
func (m *Message) text(lang, tag string) ([]byte, error) {
	const most = 600 // bytes of a title or a text: far more than a phone shows, and all together less than a push service takes
	cut := func(s string) string {
		s = strings.Join(strings.Fields(s), " ")
		if len(s) > most {
			s = strings.ToValidUTF8(s[:most], "") + "…"
		}
		return s
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // no page reads it
	if err := e.Encode(struct {
		Title string `json:"title"`
		Text  string `json:"text"`
		Path  string `json:"path"`
		Tag   string `json:"tag"`
		Lang  string `json:"lang"`
	}{cut(m.Title), cut(m.Text), m.Path, tag, lang}); err != nil {
		return nil, fmt.Errorf("write a notice: %w", err)
	}
	return out.Bytes(), nil
}
