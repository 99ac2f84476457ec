package draw

import (
	"context"
	"errors"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
)

const dueKind = "draw.due"

// JobKinds are the jobs of draws; the desk is opened for each, because the business may be set up while the program runs.
func JobKinds(store *db.DB, open func(context.Context) (*Desk, error)) []job.Kind {
	return []job.Kind{{Name: dueKind, Everywhere: 1, Forget: true, Timeout: time.Hour, Run: func(ctx context.Context, _ *job.Run) error {
		desk, err := open(ctx)
		if err != nil {
			return err
		}
		return desk.Due(ctx, store)
	}}}
}

// Schedules say when: a list is frozen within a minute after the close.
func Schedules() []job.Schedule {
	return []job.Schedule{{Name: dueKind, Kind: dueKind, Spec: job.Every(time.Minute)}}
}

// Due freezes the lists of draws whose time is over, and goes on with giving back what entries of cancelled ones were bought for.
// Drawing is left to people.
func (d *Desk) Due(ctx context.Context, store *db.DB) error {
	var over, cancelled []string
	if err := store.Read(ctx, func(tx *db.Tx) (err error) {
		if over, err = keys(tx, "SELECT draw FROM draws WHERE state IN ('published', 'closing') AND closes_us <= $1 ORDER BY draw", tx.Now); err != nil {
			return err
		}
		cancelled, err = keys(tx, "SELECT DISTINCT p.draw FROM draw_purchases p JOIN draws d ON d.draw = p.draw WHERE p.state = 'bought' AND d.state = 'cancelled' ORDER BY p.draw")
		return err
	}); err != nil {
		return err
	}
	var failed error // of one draw does not keep the others back
	for _, key := range over {
		_, err := d.Close(ctx, store, key, func(tx *db.Tx) error {
			return account.Record(tx, account.Entry{Actor: account.System(dueKind), Action: "draw.closed", Target: cause(key), Count: 1})
		})
		failed = errors.Join(failed, err)
	}
	for _, key := range cancelled {
		failed = errors.Join(failed, d.giveBack(ctx, store, key))
	}
	return failed
}

func keys(tx *db.Tx, query string, args ...any) (all []string, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		all = append(all, key)
	}
	return all, rows.Close()
}
