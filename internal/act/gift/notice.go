package gift

import (
	"database/sql"
	"errors"

	"regulars/internal/act/notice"
	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/record/holiday"
)

const noticeKind = "gift"

// Notices are what is told of gifts: to those who agreed to news, as letters are, and for as long as good wishes are.
func Notices() []notice.Kind {
	return []notice.Kind{{Name: noticeKind, News: true, Life: late, Words: func(tx *db.Tx, a *notice.About) (m notice.Message, some bool, err error) {
		var g Gift
		err = g.scan(tx.QueryRow(giftColumns+" WHERE g.customer_id = $1 AND g.cause = $2", a.Customer, a.What))
		if errors.Is(err, sql.ErrNoRows) {
			return m, false, nil
		}
		if err != nil || g.Lot != Gifted {
			return m, false, err
		}
		s, err := LoadSettings(tx)
		if err != nil || s.Silent {
			return m, false, err
		}
		calendar, err := holiday.Load(tx)
		if err != nil {
			return m, false, err
		}
		club, err := programme.Spoken(tx)
		if err != nil {
			return m, false, err
		}
		w := Words{Locale: a.Locale, Calendar: &calendar, Club: club}
		return notice.Message{Title: w.T("gift.letter."+g.Occasion+".subject", a.Name(), w.Occasion(&g)), Text: w.T("gift.letter.gave", w.Gave(&g)), Path: "/my/"}, true, nil
	}}}
}
