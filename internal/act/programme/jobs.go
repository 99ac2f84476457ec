package programme

import (
	"context"
	"slices"
	"strconv"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/record/customer"
	"regulars/internal/record/holiday"
)

// The kinds of jobs.
const (
	tiersKind     = "programme.tiers"
	birthdaysKind = "programme.birthdays"
	lookKind      = "programme.challenges"

	anniversariesKind = "programme.anniversaries"
	holidaysKind      = "programme.holidays"
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
		{Name: anniversariesKind, Everywhere: 1, Forget: true, Timeout: time.Hour, Run: run((*Programme).Anniversaries)},
		{Name: holidaysKind, Everywhere: 1, Forget: true, Timeout: 6 * time.Hour, Run: run((*Programme).Holidays)},
	}
}

// Schedules say when: tiers run out at midnight, and occasions are kept in the morning. All are safe to be done again.
func Schedules() []job.Schedule {
	const shortly, morning = 10, 8
	return []job.Schedule{
		{Name: tiersKind, Kind: tiersKind, Spec: job.Daily(0, shortly)},
		{Name: birthdaysKind, Kind: birthdaysKind, Spec: job.Daily(morning, 0)},
		{Name: anniversariesKind, Kind: anniversariesKind, Spec: job.Daily(morning, 0)},
		{Name: holidaysKind, Kind: holidaysKind, Spec: job.Daily(morning, 0)},
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

// everybody goes through the customers that find finds behind a number, and does something for each in a transaction of its own.
func everybody(ctx context.Context, d *db.DB, find func(tx *db.Tx, after int64) ([]int64, error), do func(tx *db.Tx, who int64) error) error {
	return whoever(ctx, d, find, func(*db.Tx, int64) (bool, error) { return true, nil }, do)
}

// whoever does so for those alone for whom there may be something to do, as is asked where they are found: a transaction that writes
// costs many times what a question does.
func whoever(ctx context.Context, d *db.DB, find func(tx *db.Tx, after int64) ([]int64, error), may func(tx *db.Tx, who int64) (bool, error), do func(tx *db.Tx, who int64) error) error {
	var after int64
	for {
		var found, due []int64
		if err := d.Read(ctx, func(tx *db.Tx) (err error) {
			due = nil
			if found, err = find(tx, after); err != nil {
				return err
			}
			for _, who := range found {
				is, err := may(tx, who)
				if err != nil {
					return err
				}
				if is {
					due = append(due, who)
				}
			}
			return nil
		}); err != nil {
			return err
		}
		for _, who := range due {
			if err := d.Write(ctx, func(tx *db.Tx) error { return do(tx, who) }); err != nil {
				return err
			}
		}
		if len(found) < batch {
			return nil
		}
		after = found[len(found)-1]
	}
}

// RunOut brings everybody whose tier has run out into the one that they have.
func (p *Programme) RunOut(ctx context.Context, d *db.DB) error {
	return everybody(ctx, d, func(tx *db.Tx, after int64) ([]int64, error) {
		return numbers(tx, "SELECT customer_id FROM programme_tiers WHERE until_us <= $1 AND customer_id > $2 ORDER BY customer_id LIMIT $3", tx.Now, after, batch)
	}, func(tx *db.Tx, who int64) error {
		c, err := p.Book.Current(tx, p.Ledger.Zone)
		if err != nil || c == nil {
			return err
		}
		return p.Retier(tx, c, who, "time")
	})
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

// today is the day on the clocks of the business, and what the programme does on an occasion of it; some is false where it does
// nothing.
func (p *Programme) today(ctx context.Context, d *db.DB, on string) (today time.Time, some bool, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		today = tx.Now.In(p.Ledger.Zone)
		c, err := p.Book.Current(tx, p.Ledger.Zone)
		some = err == nil && c.Looks(on)
		return err
	})
	return today, some, err
}

// Looks tells whether a rule looks at a kind of thing.
func (c *Compiled) Looks(on string) bool {
	return c != nil && slices.ContainsFunc(c.rules, func(r *rule) bool { return r.on == on })
}

// Birthdays gives everybody whose birthday it is what the rules give for it, once a year.
func (p *Programme) Birthdays(ctx context.Context, d *db.DB) error {
	today, some, err := p.today(ctx, d, OnBirthday)
	if err != nil || !some {
		return err
	}
	return everybody(ctx, d, func(tx *db.Tx, after int64) ([]int64, error) { return customer.BornOn(tx, today, after, batch) },
		func(tx *db.Tx, who int64) error { return p.Did(tx, who, OnBirthday, strconv.Itoa(today.Year())) })
}

// Anniversaries gives everybody who joined on this day of a year before what the rules give for it, once a year. Who has been
// merged joined when the first of their numbers did.
func (p *Programme) Anniversaries(ctx context.Context, d *db.DB) error {
	today, some, err := p.today(ctx, d, OnAnniversary)
	if err != nil || !some {
		return err
	}
	return everybody(ctx, d, func(tx *db.Tx, after int64) ([]int64, error) { return member.JoinedOn(tx, today, after, batch) },
		func(tx *db.Tx, who int64) error {
			root, err := customer.Root(tx, who)
			if err != nil {
				return err
			}
			members, err := customer.Members(tx, root)
			if err != nil {
				return err
			}
			m, ok, err := member.Of(tx, members)
			if err != nil || !ok || !m.Anniversary(today) {
				return err
			}
			return p.Did(tx, root, OnAnniversary, strconv.Itoa(today.Year()))
		})
}

// Holidays gives everybody what the rules give for the holidays of the day, once a year.
func (p *Programme) Holidays(ctx context.Context, d *db.DB) error {
	today, some, err := p.today(ctx, d, OnHoliday)
	if err != nil || !some {
		return err
	}
	var kept []holiday.Day
	if err := d.Read(ctx, func(tx *db.Tx) error {
		kept = nil
		c, err := p.Book.Current(tx, p.Ledger.Zone)
		if err != nil || c == nil {
			return err
		}
		calendar, err := holiday.Load(tx) // as it is now, not a second ago
		for _, day := range calendar.On(today) {
			if slices.ContainsFunc(c.rules, func(r *rule) bool { return slices.Contains(r.Rule.Holidays, day.Holiday) }) {
				kept = append(kept, day)
			}
		}
		return err
	}); err != nil {
		return err
	}
	for _, day := range kept {
		key := day.Holiday + "/" + strconv.Itoa(today.Year())
		if err := whoever(ctx, d, func(tx *db.Tx, after int64) ([]int64, error) { return customer.Persons(tx, after, batch) },
			func(tx *db.Tx, who int64) (bool, error) { return p.may(tx, who, OnHoliday, key, day.Holiday) },
			func(tx *db.Tx, who int64) error { return p.did(tx, who, OnHoliday, key, day.Holiday) }); err != nil {
			return err
		}
	}
	return nil
}
