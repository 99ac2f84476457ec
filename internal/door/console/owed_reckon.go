package console

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/points/liability"
	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/trace"
)

// reckoned is what is owed in a unit.
type reckoned struct {
	unit                  string
	outstanding, expected int64
	costMinor             int64
	known                 bool // what it costs
	ahead                 liability.Ahead
	flows                 []liability.Flow
}

// debts keeps what is owed, as it was last worked out: all that members hold is gone through for it, which takes seconds where there
// are many.
type debts struct {
	lock    sync.Mutex
	last    []reckoned
	at      time.Time // when that was; zero: not yet
	failed  error     // why no newer one could be
	working chan struct{}
}

const (
	debtsWait = time.Second // so long a page waits for newer figures
	debtsTime = 10 * time.Minute
)

// latest is what is owed now, or where that takes longer what was owed when it was last worked out; a zero moment: it is for the
// first time.
func (d *debts) latest(ctx context.Context, store *db.DB, book *programme.Book, zone *time.Location) ([]reckoned, time.Time, error) {
	d.lock.Lock()
	if d.working == nil {
		d.working = make(chan struct{})
		go d.work(db.Background(context.WithoutCancel(ctx)), store, book, zone, d.working)
	}
	working := d.working
	d.lock.Unlock()
	select {
	case <-working:
	case <-time.After(debtsWait):
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	return d.last, d.at, d.failed
}

func (d *debts) work(ctx context.Context, store *db.DB, book *programme.Book, zone *time.Location, done chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, debtsTime)
	defer cancel()
	var all []reckoned
	var at time.Time
	err := func() (err error) {
		defer func() {
			if v := recover(); v != nil { // it is not to take the server with it
				err = fmt.Errorf("working out what is owed broke off: %v", v)
			}
		}()
		return store.Read(ctx, func(tx *db.Tx) (err error) { at = tx.Now; all, err = reckon(tx, book, zone); return err })
	}()
	if err != nil {
		trace.Failed(ctx, err)
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	if d.working, d.failed = nil, err; err == nil {
		d.last, d.at = all, at
	}
	close(done)
}

// reckon works out what is owed in each unit that can be spent, as the API does.
func reckon(tx *db.Tx, book *programme.Book, zone *time.Location) (all []reckoned, err error) {
	c, err := book.Current(tx, zone)
	if err != nil {
		return nil, err
	}
	worth := map[string]float64{}
	if c != nil {
		worth = c.Document.Worth()
	}
	units, err := points.Units(tx)
	if err != nil {
		return nil, err
	}
	for i := range units {
		if units[i].Kind != points.Spendable {
			continue
		}
		one := reckoned{unit: units[i].Code}
		cohorts, err := liability.Read(tx, one.unit, zone)
		if err != nil {
			return nil, err
		}
		liability.Estimate(cohorts, 1)
		one.expected = liability.ExpectedUnits(cohorts)
		cost := 0.0
		for j := range cohorts {
			one.outstanding += cohorts[j].Outstanding
			cost += worth[one.unit] * cohorts[j].Use * float64(cohorts[j].Outstanding)
		}
		one.costMinor, one.known = int64(math.Round(cost)), worth[one.unit] > 0
		if one.ahead, err = liability.ReadAhead(tx, one.unit, zone, owedAhead); err != nil {
			return nil, err
		}
		if one.flows, err = liability.Flows(tx, one.unit, zone, owedFlows); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
