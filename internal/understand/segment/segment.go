// Package segment keeps the cuts by which customers are in RFM segments, so that the segment of one can be told at once, from
// what they did up to that moment: the rules of a programme ask at each order.
//
// What always holds: the cuts are those of the catalogue's rfm, of all customers, renewed every hour; between two
// renewals everybody is judged by the same.
//
// It names no segments and draws no lines (measure/metric does).
package segment

import (
	"context"
	"fmt"
	"math"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/setting"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/report"
	"regulars/internal/understand/analysis"
)

// Cuts are the lines between scores, as of the day they were drawn.
type Cuts struct {
	metric.Cuts

	AsOf string `json:"as_of"`
}

const settingsKey = "segment_cuts"

// Load reads the cuts; nil: none are drawn yet.
func Load(tx *db.Tx) (*Cuts, error) {
	c := &Cuts{}
	if found, err := setting.Load(tx, settingsKey, c); err != nil || !found {
		return nil, err
	}
	return c, nil
}

// Save keeps the cuts.
func (c *Cuts) Save(tx *db.Tx) error {
	return setting.Save(tx, settingsKey, c)
}

// Of names the segment of a customer whose last order was so many days ago, who has placed so many and paid so much for them.
// Without an order, and before there are cuts, it is none: "".
func (c *Cuts) Of(days, orders, paidMinor int64) string {
	if c == nil || orders <= 0 || days < 0 {
		return ""
	}
	const best = 6
	return metric.Segment(best-metric.Score(metric.RFMCuts, c.Recency, days, 1), metric.Score(metric.RFMCuts, c.Frequency, orders, 1),
		metric.Score(metric.RFMCuts, c.Monetary, paidMinor, 1))
}

// Kind is the job that draws the cuts.
const Kind = "segments"

const often = time.Hour

// Schedules say when it is done.
func Schedules() []job.Schedule {
	return []job.Schedule{{Name: Kind, Kind: Kind, Spec: job.Every(often)}}
}

// Ask has it done now.
func Ask(tx *db.Tx) error {
	_, err := job.Add(tx, job.Job{Kind: Kind, Key: "schedule " + Kind, Payload: job.Tick{Schedule: "asked", At: tx.Now}})
	return err
}

// AskFirst has it done now where it never was.
func AskFirst(tx *db.Tx) error {
	if c, err := Load(tx); c != nil || err != nil {
		return err
	}
	return Ask(tx)
}

// Job draws the cuts anew.
func Job(desk *analysis.Desk) job.Kind {
	return job.Kind{Name: Kind, Everywhere: 1, Forget: true, Run: func(ctx context.Context, run *job.Run) error {
		c, err := Draw(ctx, desk)
		if err != nil || c == nil {
			return err
		}
		return run.Step(ctx, c.Save)
	}}
}

// Draw works out the cuts of the facts as they are now; nil: there are no orders.
func Draw(ctx context.Context, desk *analysis.Desk) (*Cuts, error) {
	p, err := desk.Picture(ctx, report.Options{Measures: []string{"rfm_migration"}})
	if err != nil || p.RFM == nil {
		return nil, err
	}
	c := &Cuts{AsOf: p.AsOf}
	for _, one := range []struct {
		to   *[4]metric.Cut
		from []float64
	}{{&c.Recency, p.RFM.Cuts.Recency}, {&c.Frequency, p.RFM.Cuts.Frequency}, {&c.Monetary, p.RFM.Cuts.Monetary}} {
		if len(one.from) != len(one.to) {
			return nil, fmt.Errorf("there are %d cuts and not %d", len(one.from), len(one.to))
		}
		for i, v := range one.from {
			const fifths = 5
			one.to[i].Fifths = int64(math.Round(fifths * v))
		}
	}
	return c, nil
}
