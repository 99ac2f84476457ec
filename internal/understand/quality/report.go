package quality

import (
	"context"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/base/setting"
	"regulars/internal/measure/report"
	"regulars/internal/understand/analysis"
	"regulars/internal/understand/duplicate"
	"regulars/internal/understand/roster"
)

// Report is how the data stood at a moment.
type Report struct {
	At         time.Time     `json:"at"`
	Identified *float64      `json:"identified_percent"` // of the revenue of the measure's window; nil: there are no sales
	Customers  roster.Counts `json:"customers"`
	Orders     int64         `json:"orders"`
	Future     int64         `json:"future"` // orders that are placed more than a day from then
	Free       int64         `json:"free"`   // orders of no amount
	Duplicates int64         `json:"duplicates"`
	Beyond     int64         `json:"duplicates_beyond"` // that were suspected and are not listed, because there are so many
	Sources    []Source      `json:"sources"`
}

const settingsKey = "data_quality"

// Load reads the report that was made last; nil: none was yet.
func Load(tx *db.Tx) (*Report, error) {
	r := &Report{}
	if found, err := setting.Load(tx, settingsKey, r); err != nil || !found {
		return nil, err
	}
	return r, nil
}

func (r *Report) save(tx *db.Tx) error {
	return setting.Save(tx, settingsKey, r)
}

// Kind is the job that makes the report.
const Kind = "data_quality"

const nightHour, nightMinute = 4, 40

// Schedules say when it is done.
func Schedules() []job.Schedule {
	return []job.Schedule{{Name: Kind, Kind: Kind, Spec: job.Daily(nightHour, nightMinute)}}
}

// Ask has it done now.
func Ask(tx *db.Tx) error {
	_, err := job.Add(tx, job.Job{Kind: Kind, Key: "schedule " + Kind, Payload: job.Tick{Schedule: "asked", At: tx.Now}})
	return err
}

// AskFirst has it done now where there are facts that were never looked at.
func AskFirst(tx *db.Tx) error {
	if r, err := Load(tx); r != nil || err != nil {
		return err
	}
	var some bool
	if err := tx.QueryRow("SELECT EXISTS (SELECT 1 FROM orders)").Scan(&some); err != nil || !some {
		return err
	}
	return Ask(tx)
}

// Asked tells whether it waits to be done, or is being done.
func Asked(tx *db.Tx) (asked bool, err error) {
	var n int
	err = tx.QueryRow("SELECT count(*) FROM jobs WHERE kind = $1 AND state IN ('waiting', 'running')", Kind).Scan(&n)
	return n > 0, err
}

// Maker makes reports.
type Maker struct {
	DB   *db.DB
	Desk *analysis.Desk
}

// Job does it.
func (m *Maker) Job() job.Kind {
	return job.Kind{Name: Kind, Everywhere: 1, Forget: true, Run: func(ctx context.Context, run *job.Run) error {
		return m.Make(ctx, run.Step, func(customers int64) { run.Progress(customers, 0, "") })
	}}
}

// Make looks at everything and keeps what it found.
func (m *Maker) Make(ctx context.Context, step func(context.Context, func(*db.Tx) error) error, told func(customers int64)) error {
	if err := (&roster.Keeper{DB: m.DB}).CatchUp(ctx, step); err != nil {
		return err
	}
	found, err := duplicate.Search(ctx, m.DB, told)
	if err != nil {
		return err
	}
	if err := duplicate.Keep(ctx, m.DB, step, found); err != nil {
		return err
	}
	r := &Report{Duplicates: int64(len(found.Pairs)), Beyond: found.More}
	if r.Identified, err = m.identified(ctx); err != nil {
		return err
	}
	if err := m.DB.Read(ctx, r.count); err != nil {
		return err
	}
	return step(ctx, r.save)
}

// identified is the share of revenue whose customer is known, as the catalogue measures it.
func (m *Maker) identified(ctx context.Context) (*float64, error) {
	p, err := m.Desk.Picture(ctx, report.Options{Measures: []string{"identified_share"}})
	if fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Conflict { // no facts, or no business yet
		return nil, nil //nolint:nilnil // it is not known
	}
	if err != nil || len(p.Measures) == 0 {
		return nil, err
	}
	return p.Measures[0].Value, nil
}

func (r *Report) count(tx *db.Tx) (err error) {
	r.At = tx.Now
	if r.Customers, err = roster.CountAll(tx); err != nil {
		return err
	}
	if err := tx.QueryRow(`SELECT count(*), count(CASE WHEN placed_us > $1 THEN 1 END), count(CASE WHEN amount_minor = 0 THEN 1 END)
		FROM orders WHERE state <> 'cancelled'`, tx.Now.Add(24*time.Hour)).Scan(&r.Orders, &r.Future, &r.Free); err != nil {
		return err
	}
	r.Sources, err = sources(tx)
	return err
}
