package programme

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/record/customer"
)

// The kinds of jobs.
const (
	tiersKind     = "programme.tiers"
	birthdaysKind = "programme.birthdays"
	lookKind      = "programme.challenges"
)

// person is of whom a job is.
type person struct {
	Customer int64 `json:"customer"`
}

// JobKinds are the jobs of the programme, which is opened for each: the business may be set up while the program runs.
func JobKinds(d *db.DB, open func(context.Context) (*Programme, error)) []job.Kind {
	run := func(do func(p *Programme, ctx context.Context, d *db.DB) error) func(context.Context, *job.Run) error {
		return func(ctx context.Context, _ *job.Run) error {
			p, err := open(ctx)
			if err != nil {
				return err
			}
			return do(p, ctx, d)
		}
	}
	return []job.Kind{
		{Name: tiersKind, Everywhere: 1, Forget: true, Timeout: time.Hour, Run: run((*Programme).RunOut)},
		{Name: birthdaysKind, Everywhere: 1, Forget: true, Timeout: time.Hour, Run: run((*Programme).Birthdays)},
		{Name: lookKind, First: time.Second, Forget: true, Run: func(ctx context.Context, r *job.Run) error {
			var of person
			if err := r.Decode(&of); err != nil {
				return job.Never(err)
			}
			return run(func(p *Programme, ctx context.Context, d *db.DB) error { return p.Look(ctx, d, of.Customer) })(ctx, r)
		}},
	}
}

// Schedules say when: tiers run out at midnight, and birthdays are kept in the morning. Both are safe to be done again.
func Schedules() []job.Schedule {
	const shortly, morning = 10, 8
	return []job.Schedule{
		{Name: tiersKind, Kind: tiersKind, Spec: job.Daily(0, shortly)},
		{Name: birthdaysKind, Kind: birthdaysKind, Spec: job.Daily(morning, 0)},
	}
}

// Look looks at the challenges of somebody again, after what was bought under another number of theirs.
func (p *Programme) Look(ctx context.Context, d *db.DB, who int64) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		c, err := p.Book.Current(tx, p.Ledger.Zone)
		if err != nil {
			return err
		}
		return p.challenge(tx, c, who)
	})
}

const batch = 500

// RunOut brings everybody whose tier has run out into the one that they have, each in a transaction of its own.
func (p *Programme) RunOut(ctx context.Context, d *db.DB) error {
	var after int64
	for {
		var due []int64
		if err := d.Read(ctx, func(tx *db.Tx) (err error) {
			due, err = numbers(tx, "SELECT customer_id FROM programme_tiers WHERE until_us <= $1 AND customer_id > $2 ORDER BY customer_id LIMIT $3", tx.Now, after, batch)
			return err
		}); err != nil {
			return err
		}
		for _, who := range due {
			if err := d.Write(ctx, func(tx *db.Tx) error {
				c, err := p.Book.Current(tx, p.Ledger.Zone)
				if err != nil || c == nil {
					return err
				}
				return p.Retier(tx, c, who, "time")
			}); err != nil {
				return err
			}
			after = who
		}
		if len(due) < batch {
			return nil
		}
	}
}

func numbers(tx *db.Tx, query string, args ...any) (all []int64, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, rows.Close()
}

// Birthdays gives everybody whose birthday it is what the rules give for it, once a year.
func (p *Programme) Birthdays(ctx context.Context, d *db.DB) error {
	var after int64
	for {
		var born []int64
		var today time.Time
		if err := d.Read(ctx, func(tx *db.Tx) (err error) {
			today = tx.Now.In(p.Ledger.Zone)
			born, err = customer.BornOn(tx, today, after, batch)
			return err
		}); err != nil {
			return err
		}
		for _, who := range born {
			if err := d.Write(ctx, func(tx *db.Tx) error { return p.Did(tx, who, "birthday", fmt.Sprint(today.Year())) }); err != nil {
				return err
			}
			after = who
		}
		if len(born) < batch {
			return nil
		}
	}
}
