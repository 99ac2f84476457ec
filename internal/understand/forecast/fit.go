package forecast

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/understand/churn"
	"regulars/internal/understand/outlook"
	"regulars/internal/understand/predict"
)

// Fit is the laws found for what was known at the end of a day.
type Fit struct {
	ID        int64
	Ready     bool // everybody is scored by it; false: there is too little data for a law
	AsOf      int32
	Days      int
	Model     string
	Customers int64
	Promise   *Promise     // nil: no earlier fit is old enough
	Churn     *churn.Trial // what the past taught of who leaves, beside the law; nil: nothing was tried
	Fitted    time.Time

	law, outlook []byte
	text         string // of the promise
}

// Promise is what a fit foretold for the days after it, held against what was bought in them.
type Promise struct {
	Fit    int64   `json:"fit"`
	From   int32   `json:"from"` // the day whose end the fit had seen
	Days   int     `json:"days"`
	Told   float64 `json:"told"` // purchases
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	Actual float64 `json:"actual"`
	Drift  bool    `json:"drift"` // what came is outside of the bounds
}

const fitColumns = `SELECT fit_id, state, as_of_day, horizon_days, model, customers, law, outlook, promise, churn, fitted_us FROM prediction_fits `

func (f *Fit) scan(r interface{ Scan(...any) error }) error {
	var state, law, learned string
	err := r.Scan(&f.ID, &state, &f.AsOf, &f.Days, &f.Model, &f.Customers, &law, &f.outlook, &f.text, &learned, &f.Fitted)
	if err != nil {
		return err //nolint:wrapcheck // a row says so itself
	}
	f.Ready, f.law = state == ready, []byte(law)
	if learned != "" {
		f.Churn = &churn.Trial{}
		if err := json.Unmarshal([]byte(learned), f.Churn); err != nil {
			return fmt.Errorf("read what fit %d learnt of leaving: %w", f.ID, err)
		}
	}
	if f.text != "" {
		f.Promise = &Promise{}
		if err := json.Unmarshal([]byte(f.text), f.Promise); err != nil {
			return fmt.Errorf("read the promise of fit %d: %w", f.ID, err)
		}
	}
	return nil
}

// one reads the fit that a condition names; nil where there is none.
func one(tx *db.Tx, condition string, args ...any) (*Fit, error) {
	f := &Fit{}
	err := f.scan(tx.QueryRow(fitColumns+condition, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // there is none
	}
	return f, err
}

// The states of a fit.
const (
	scoring = "scoring"
	ready   = "ready"
	lacking = "lacking"
)

// Newest is the fit that counts.
func Newest(tx *db.Tx) (*Fit, error) {
	f, err := one(tx, "WHERE state <> 'scoring' ORDER BY fit_id DESC LIMIT 1")
	if err == nil && f == nil {
		return nil, fault.Coded("no_predictions_yet", fault.NotFoundf("nothing was foretold yet: it is done each night, and POST /v1/predictions/refit does it now"))
	}
	return f, err
}

// Get is a fit whose scores are still there: for who reads on in a list.
func Get(tx *db.Tx, id int64) (*Fit, error) {
	f, err := one(tx, "WHERE fit_id = $1 AND state = 'ready' AND scores_kept", id)
	if err == nil && f == nil {
		return nil, fault.Coded("predictions_replaced", fault.NotFoundf("what this list was of was foretold anew, and is not kept any more; begin the list again"))
	}
	return f, err
}

// Page is the model card, for outlook to put into words. It has no scores.
func (f *Fit) Page(currency string) (*outlook.Page, error) {
	out, err := predict.Recall(f.outlook)
	if err != nil {
		return nil, err
	}
	return &outlook.Page{Outlook: out, Currency: currency}, nil
}

// Forecaster scores customers by the law.
func (f *Fit) Forecaster() (*predict.Forecaster, error) {
	if !f.Ready {
		return nil, fault.Coded("too_little_data", fault.Conflictf("there is too little data to foretell from; GET /v1/predictions says what is lacking"))
	}
	var law predict.Forecaster
	if err := json.Unmarshal(f.law, &law); err != nil {
		return nil, fmt.Errorf("read the law of fit %d: %w", f.ID, err)
	}
	return &law, nil
}

// keep writes a fit that is not scored by yet.
func keep(tx *db.Tx, id int64, page *outlook.Page, p *Promise, trial *churn.Trial) error {
	law, model := "", ""
	if page.Lack == predict.NothingLacks {
		text, err := json.Marshal(page.Forecaster())
		if err != nil {
			return fmt.Errorf("keep a law: %w", err)
		}
		law, model = string(text), page.Best().Name
	}
	card, err := page.Keep()
	if err != nil {
		return err //nolint:wrapcheck // predict says what it is
	}
	promise := ""
	if p != nil {
		text, err := json.Marshal(p)
		if err != nil {
			return fmt.Errorf("keep a promise: %w", err)
		}
		promise = string(text)
	}
	learned := ""
	if trial != nil {
		text, err := json.Marshal(trial)
		if err != nil {
			return fmt.Errorf("keep what was learnt of leaving: %w", err)
		}
		learned = string(text)
	}
	_, err = tx.Exec(`INSERT INTO prediction_fits (fit_id, state, as_of_day, horizon_days, model, customers, law, outlook, promise, churn, scored_to, scores_kept, fitted_us)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12)`,
		id, scoring, page.From, page.Days, model, int64(page.Customers), law, card, promise, learned, true, tx.Now)
	return err
}
