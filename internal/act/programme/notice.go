package programme

import (
	"maps"
	"slices"
	"strings"
	"time"

	"regulars/internal/act/notice"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
)

const (
	noticeKind = "earned"
	justNow    = time.Hour
)

// Notices are what is told of the programme: what an order has given that was placed just now. Of one that is brought in later
// nobody is told: it happened long ago.
func Notices() []notice.Kind {
	return []notice.Kind{{Name: noticeKind, AtOnce: true, Life: justNow, Words: earned}}
}

func earned(tx *db.Tx, a *notice.About) (m notice.Message, some bool, err error) {
	o, there, err := Of(tx, a.Customer, a.What)
	if err != nil || !there {
		return m, false, err
	}
	units, err := points.Units(tx)
	if err != nil {
		return m, false, err
	}
	gave := o.Units()
	var got, have []string
	for _, u := range units {
		if u.Kind != points.Spendable || gave[u.Code] == 0 {
			continue
		}
		b, err := points.BalanceOf(tx, a.Root, u.Code, tx.Now)
		if err != nil {
			return m, false, err
		}
		got, have = append(got, points.Amount(a.Locale, u.Code, gave[u.Code])), append(have, points.Amount(a.Locale, u.Code, b.Available))
	}
	if len(got) == 0 {
		return m, false, nil
	}
	return notice.Message{Title: a.T("notice.earned.title", strings.Join(got, ", "), a.Name()), Text: a.T("notice.earned.text", strings.Join(have, ", ")), Path: "/my/"}, true, nil
}

// tellEarned tells a customer what their order has given, where it was placed just now.
func (t *turn) tellEarned(results []Result, placed time.Time) error {
	if ago := t.tx.Now.Sub(placed); t.no != 1 || ago > justNow || ago < -justNow {
		return nil
	}
	o := Outcome{Results: results}
	if len(slices.Collect(maps.Keys(o.Units()))) == 0 {
		return nil
	}
	return notice.Tell(t.tx, t.who, noticeKind, t.cause)
}
