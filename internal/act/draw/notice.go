package draw

import (
	"time"

	"regulars/internal/act/notice"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

const noticeKind = "won"

// Notices are what is told of draws: who has won.
func Notices() []notice.Kind {
	const week = 7 * 24 * time.Hour
	return []notice.Kind{{Name: noticeKind, Life: week, Words: func(tx *db.Tx, a *notice.About) (m notice.Message, some bool, err error) {
		s, err := Load(tx, a.What)
		if err != nil || s.State != Drawn {
			if fault.KindOf(err) == fault.NotFound {
				err = nil
			}
			return m, false, err
		}
		prizes, err := keys(tx, "SELECT prize FROM draw_winners WHERE draw = $1 AND customer_id = $2 ORDER BY place", a.What, a.Customer)
		if err != nil || len(prizes) == 0 {
			return m, false, err
		}
		return notice.Message{Title: a.T("notice.won.title", s.Translations.In(a.Locale, prizes[0])), Text: a.T("notice.won.text", s.Translations.In(a.Locale, s.Name), a.Name()), Path: "/my/draws/" + a.What}, true, nil
	}}}
}
