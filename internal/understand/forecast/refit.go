package forecast

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/webhook"
	"regulars/internal/record/business"
	"regulars/internal/record/fact"
	"regulars/internal/understand/advice"
	"regulars/internal/understand/churn"
	"regulars/internal/understand/outlook"
	"regulars/internal/understand/predict"
	"regulars/internal/understand/recommend"
)

// Kind is the kind of the job, and the name of its schedule.
const Kind = "predictions"

// Night is when it is done, on the clock of the business.
const nightHour, nightMinute = 3, 20

// Runner fits and scores.
type Runner struct {
	DB     *db.DB
	Teller *webhook.Teller // nil: nobody is told

	// batch is how many customers one transaction writes; 0: 1000.
	batch int
}

const usualBatch = 1000

// Job is the kind of job. It runs alone: on one machine of all, and once.
func (r *Runner) Job() job.Kind {
	const most, attempts = 2 * time.Hour, 5
	return job.Kind{Name: Kind, Run: r.run, Concurrency: 1, Everywhere: 1, Attempts: attempts, Timeout: most}
}

// Schedules say when it is done.
func Schedules() []job.Schedule {
	return []job.Schedule{{Name: Kind, Kind: Kind, Spec: job.Daily(nightHour, nightMinute)}}
}

// AskFirst has it done now where there are orders and nothing was ever foretold.
func AskFirst(tx *db.Tx) error {
	var wanted bool
	err := tx.QueryRow("SELECT EXISTS (SELECT 1 FROM orders) AND NOT EXISTS (SELECT 1 FROM prediction_fits)").Scan(&wanted)
	if err != nil || !wanted {
		return err
	}
	_, err = Ask(tx)
	return err
}

// Ask has it done now; a run that waits or is under way already is that one. It tells the job.
func Ask(tx *db.Tx) (id int64, err error) {
	return job.Add(tx, job.Job{Kind: Kind, Key: "schedule " + Kind, Payload: job.Tick{Schedule: "asked", At: tx.Now}})
}

// run fits what is known by the end of yesterday, or takes up scoring that was interrupted. Facts are read in one
// transaction and fitted outside of it, because that may take a minute.
func (r *Runner) run(ctx context.Context, run *job.Run) error {
	return r.night(ctx, run.Step, run.Mark)
}

// step writes a part, once.
type step func(ctx context.Context, fn func(*db.Tx) error) error

func (r *Runner) night(ctx context.Context, step step, mark func(done, total int64, note string)) error {
	var w work
	if err := r.DB.Read(ctx, func(tx *db.Tx) (err error) { w, err = read(tx); return err }); err != nil {
		return err
	}
	if err := w.reckon(); err != nil {
		return err
	}
	if err := step(ctx, w.open); err != nil {
		return err
	}
	if err := w.products(ctx, step); err != nil {
		return err
	}
	size := r.batch
	if size == 0 {
		size = usualBatch
	}
	for from := 0; from < len(w.scores); from += size {
		if err := ctx.Err(); err != nil {
			return err //nolint:wrapcheck // the run is to end
		}
		to := min(len(w.scores), from+size)
		mark(int64(to), int64(len(w.scores)), "customers scored")
		if err := step(ctx, func(tx *db.Tx) error { return w.write(tx, r.Teller, w.scores[from:to]) }); err != nil {
			return err
		}
	}
	if err := step(ctx, func(tx *db.Tx) error { return w.finish(tx, r.Teller) }); err != nil {
		return err
	}
	return Forget(ctx, w.id, step)
}

// work is one fit under way.
type work struct {
	history  *predict.History
	learned  *recommend.Learned
	options  predict.Options
	currency string
	begun    *Fit  // was interrupted
	scoredTo int64 // how far that had come
	earlier  *Fit  // that is old enough to be held to what it said; nil: none
	previous int64 // the fit before, by whose scores it is told who falls; 0: none
	drifted  bool  // that one had drifted already

	id      int64
	page    *outlook.Page // nil where the fit is there already
	promise *Promise
	asOf    int32
	law     *predict.Forecaster // nil: there is too little data
	scores  []predict.Score     // by number, those that are not written yet
	adviser *adviser
	assumed advice.Assumptions
	past    *churn.Gatherer // what is learnt from; nil where the fit is there already
	every   int64           // it is of customers whose number this divides
	trial   *churn.Trial
}

// products keeps what was learnt of them.
func (w *work) products(ctx context.Context, step step) error {
	const part = 200
	if w.learned.Book == nil {
		return nil
	}
	for from := 0; from < len(w.learned.Products); from += part {
		to := min(len(w.learned.Products), from+part)
		if err := step(ctx, func(tx *db.Tx) error { return w.learned.Keep(tx, w.id, from, to) }); err != nil {
			return err
		}
	}
	return nil
}

// read reads what there is: purchases, settings, and earlier fits.
func read(tx *db.Tx) (w work, err error) {
	if w.begun, err = one(tx, "WHERE state = 'scoring' ORDER BY fit_id DESC LIMIT 1"); err != nil {
		return w, err
	}
	if w.begun != nil {
		if err := tx.QueryRow("SELECT scored_to FROM prediction_fits WHERE fit_id = $1", w.begun.ID).Scan(&w.scoredTo); err != nil {
			return w, err
		}
	}
	previous, err := one(tx, "WHERE state = 'ready' AND scores_kept ORDER BY fit_id DESC LIMIT 1")
	if err != nil {
		return w, err
	}
	if previous != nil {
		w.previous, w.drifted = previous.ID, previous.Promise != nil && previous.Promise.Drift
	}
	if w.history, err = outlook.Purchases(tx); err != nil {
		return w, err
	}
	if w.learned, err = recommend.Read(tx); err != nil {
		return w, err
	}
	if w.begun == nil {
		if w.past, w.every, err = past(tx); err != nil {
			return w, err
		}
	}
	set, err := LoadSettings(tx)
	if err != nil {
		return w, err
	}
	b, err := business.Load(tx)
	if err != nil {
		return w, err
	}
	zone := b.Zone
	if zone == nil {
		zone = time.UTC
	}
	// The end of yesterday, or the last purchase where that is longer ago; the first, where all there is came today.
	yesterday := fact.At(tx.Now, zone).Day() - 1
	w.assumed = set.Assumed
	w.options = set.options(max(w.history.First, min(yesterday, w.history.Last)))
	w.options.Digits, w.currency, w.id = b.Digits(), b.Currency, job.NewID(tx.Now)
	w.earlier, err = one(tx, "WHERE state = 'ready' AND as_of_day <= $1 ORDER BY as_of_day DESC, fit_id DESC LIMIT 1", int64(w.options.End-leastHeld))
	return w, err
}

// reckon fits and scores, or scores by the law that was found before the interruption.
func (w *work) reckon() (err error) {
	if len(w.learned.Products) > 0 {
		w.learned.Learn(math.Pow10(w.options.Digits))
	}
	if f := w.begun; f != nil {
		w.id, w.asOf, w.promise, w.trial = f.ID, f.AsOf, f.Promise, f.Churn
		if f.Ready = len(f.law) > 0; !f.Ready {
			return nil
		}
		if w.law, err = f.Forecaster(); err != nil {
			return err
		}
		w.score()
		return nil
	}
	if w.page, err = outlook.FromPurchases(w.history, w.options, w.currency); err != nil {
		return err
	}
	w.asOf = w.page.From
	if w.page.Lack != predict.NothingLacks {
		return nil
	}
	w.law = w.page.Forecaster()
	w.trial = w.try()
	w.score()
	w.promise, err = held(w.earlier, w.history, w.asOf)
	return err
}

// score scores those who are not yet.
func (w *work) score() {
	if w.page != nil {
		w.scores = w.page.Scores
	} else {
		w.scores = w.law.ForetellAll(w.history, w.asOf)
	}
	w.adviser = advise(w.scores, func(s *predict.Score) float64 { worth, _ := w.figures(s); return worth }, w.learned)
	w.scores = slices.DeleteFunc(w.scores, func(s predict.Score) bool { return s.Number <= w.scoredTo })
	slices.SortFunc(w.scores, func(a, b predict.Score) int { return cmp.Compare(a.Number, b.Number) })
}

// open keeps the fit, unless it is there already.
func (w *work) open(tx *db.Tx) error {
	if w.page == nil {
		return nil
	}
	return keep(tx, w.id, w.page, w.promise, w.trial)
}

// finish has readers see the fit.
func (w *work) finish(tx *db.Tx, tell *webhook.Teller) error {
	state := ready
	if w.law == nil {
		state = lacking
	}
	if _, err := tx.Exec("UPDATE prediction_fits SET state = $1, ready_us = $2 WHERE fit_id = $3", state, tx.Now, w.id); err != nil {
		return err
	}
	if w.promise == nil || !w.promise.Drift || w.drifted {
		return nil
	}
	return tell.Tell(tx, webhook.Event{Type: Drifted, Data: toldDrift{AsOf: outlook.Day(w.asOf), Predicted: w.promise.Told, Low: w.promise.Low,
		High: w.promise.High, Actual: w.promise.Actual, Days: w.promise.Days}})
}
