package points

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/act/notice"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/setting"
)

const (
	noticeKind  = "expiring"
	foresight   = 7 * 24 * time.Hour // how long before units run out it is told
	noticeHour  = 10                 // of the day
	noticeUntil = "notice_expiring"
)

// Notices are what is told of units: those that are about to run out.
func Notices() []notice.Kind {
	const day = 24 * time.Hour
	return []notice.Kind{{Name: noticeKind, Life: day, Words: expiring}}
}

// lookedUntil is up to which expiry phones have been told.
type lookedUntil struct {
	UTC int64 `json:"until_us"`
}

// span is of which unit and between which moments units run out that a notice is about.
func span(unit string, from, until int64) string { return fmt.Sprintf("%d-%d/%s", from, until, unit) }

func expiring(tx *db.Tx, a *notice.About) (m notice.Message, some bool, err error) {
	var from, until int64
	var unit string
	if n, err := fmt.Sscanf(a.What, "%d-%d/%s", &from, &until, &unit); err != nil || n != 3 {
		return m, false, fmt.Errorf("a notice of what runs out, %q: %w", a.What, err)
	}
	units, first, err := runningOut(tx, a.Root, unit, from, until)
	if err != nil || units == 0 {
		return m, false, err
	}
	zone := a.Business.Zone
	if zone == nil {
		zone = time.UTC
	}
	// Good to the end of the day before.
	return notice.Message{Title: a.T("notice.expiring.title", Amount(a.Locale, unit, units)), Text: a.T("notice.expiring.text", a.Date(first.Add(-time.Microsecond).In(zone)), a.Name()),
		Path: "/my/"}, true, nil
}

// runningOut is how many units of a person run out after a moment and up to another, and when the first do.
func runningOut(tx *db.Tx, root int64, unit string, from, until int64) (units int64, first time.Time, err error) {
	b, err := BalanceOf(tx, root, unit, tx.Now)
	for _, e := range b.Expiring {
		if at := e.At.UnixMicro(); at > from && at <= until {
			if units == 0 {
				first = e.At
			}
			units += e.Units
		}
	}
	return units, first, err
}

// foretell has everybody with a phone told of what will run out within days and was not told before.
func foretell(ctx context.Context, d *db.DB) error {
	var spendable []string
	var last lookedUntil
	var from, until int64
	if err := d.Read(ctx, func(tx *db.Tx) error {
		spendable = nil
		all, err := Units(tx)
		if err != nil {
			return err
		}
		for _, u := range all {
			if u.Kind == Spendable {
				spendable = append(spendable, u.Code)
			}
		}
		if _, err := setting.Load(tx, noticeUntil, &last); err != nil {
			return err
		}
		from, until = max(last.UTC, tx.Now.UnixMicro()), tx.Now.Add(foresight).UnixMicro()
		return nil
	}); err != nil || until <= from {
		return err
	}
	if err := notice.TellEach(ctx, d, noticeKind, func(tx *db.Tx, root int64) (due []string, err error) {
		for _, unit := range spendable {
			units, _, err := runningOut(tx, root, unit, from, until)
			if err != nil {
				return nil, err
			}
			if units > 0 {
				due = append(due, span(unit, from, until))
			}
		}
		return due, nil
	}); err != nil {
		return err
	}
	return d.Write(ctx, func(tx *db.Tx) error { return setting.Save(tx, noticeUntil, lookedUntil{until}) })
}

// foretelling is the job that does so.
func foretelling(d *db.DB) job.Kind {
	return job.Kind{Name: foretellKind, Everywhere: 1, Forget: true, Timeout: time.Hour, Run: func(ctx context.Context, _ *job.Run) error { return foretell(ctx, d) }}
}
