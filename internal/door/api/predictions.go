package api

import (
	"context"
	"math"
	"net/http"

	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/locale"
	"regulars/internal/base/stats"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/business"
	"regulars/internal/record/fact"
	"regulars/internal/understand/forecast"
	"regulars/internal/understand/outlook"
	"regulars/internal/understand/predict"
)

func (a *API) tableOfPredictions() {
	on(a, get, "/v1/predictions", account.MeasuresRead, "Get the predictions", a.getPredictions,
		says("What is foretold of all customers together, with the model card: how it was reckoned, how it did when it was tested on the past, and how far to trust it. It is made anew each night."))
	on(a, put, "/v1/predictions/settings", account.SettingsWrite, "Set the predictions", a.putPredictionSettings, says("They count from the next fit on."))
	on(a, post, "/v1/predictions/refit", account.SettingsWrite, "Foretell anew", a.refit,
		says("Starts now what is done each night. The answer is the job; one that waits or runs already is that one."))
	on(a, get, "/v1/predictions/customers", account.CustomersRead, "List predictions of customers", a.listPredictions,
		says("All pages are of the fit that the first page was of."))
	on(a, get, "/v1/customers/{id}/predictions", account.CustomersRead, "Get the predictions of a customer", a.getCustomerPredictions, under("predictions"),
		says("Reckoned at this moment: the purchases as they are now, today's too, by the law of the last night. With intervals, the reason, and what earlier fits foretold."))
}

const fitPrefix fact.Prefix = "fit"

// PredictionsOut is the card.
type PredictionsOut struct{ Body wire.Predictions }

func (a *API) getPredictions(ctx context.Context, in *languageIn) (*PredictionsOut, error) {
	l, err := locale.Get(in.Lang)
	if err != nil {
		return nil, err
	}
	var f *forecast.Fit
	var set forecast.Settings
	var b business.Business
	err = a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		if f, err = forecast.Newest(tx); err != nil {
			return err
		}
		if set, err = forecast.LoadSettings(tx); err != nil {
			return err
		}
		b, err = business.Load(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	page, err := f.Page(b.Currency)
	if err != nil {
		return nil, err
	}
	out := &PredictionsOut{Body: wire.Predictions{Fit: fact.PublicID(fitPrefix, f.ID), AsOf: outlook.Day(f.AsOf), FittedAt: f.Fitted.UTC(), Ready: f.Ready,
		Settings: wire.PredictionSettings(set), Card: *page.Card(l)}}
	out.Body.Churn = showChurn(f, l)
	if p := f.Promise; p != nil {
		out.Body.Promise = &wire.Promise{AsOf: outlook.Day(p.From), Days: p.Days, Predicted: p.Told, Low: p.Low, High: p.High, Actual: p.Actual, Drift: p.Drift}
	}
	return out, nil
}

type predictionSettingsIn struct{ Body wire.PredictionSettings }

// PredictionSettingsOut is how far ahead is looked.
type PredictionSettingsOut struct{ Body wire.PredictionSettings }

func (a *API) putPredictionSettings(ctx context.Context, in *predictionSettingsIn) (*PredictionSettingsOut, error) {
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := forecast.Settings(in.Body).Save(tx); err != nil {
			return err
		}
		return a.did(ctx, tx, "predictions.set", "predictions", fieldsOf(&in.Body), 1)
	})
	return &PredictionSettingsOut{Body: in.Body}, err
}

func (a *API) refit(ctx context.Context, _ *none) (*JobOut, error) {
	var r job.Record
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		id, err := forecast.Ask(tx)
		if err != nil {
			return err
		}
		if err := a.did(ctx, tx, "predictions.refit", fact.PublicID(jobPrefix, id), nil, 1); err != nil {
			return err
		}
		r, err = job.Get(tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &JobOut{Status: http.StatusAccepted, Body: showJob(r)}, nil
}

type predictionsIn struct {
	Paged

	Sort  string `query:"sort" enum:"at_risk,value,p_alive" default:"at_risk" doc:"at_risk: the most at stake first, those of whom nothing is left out; value: the most to come first; p_alive: those who are least likely to be there first."`
	State string `query:"state" enum:"once,on_time,late,gone,away" doc:"Only those in the state; away: late or gone."`
}

func (a *API) listPredictions(ctx context.Context, in *predictionsIn) (*Listed[wire.Prediction], error) {
	var fit, figure int64
	var after forecast.Place
	further, err := in.after(&fit, &figure, &after.Customer)
	if err != nil {
		return nil, err
	}
	after.Figure = math.Float64frombits(uint64(figure)) //nolint:gosec // the bits, as they were given out
	by := forecast.Order(in.Sort)
	var list []forecast.Scored
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		f, err := readyFit(tx, further, fit)
		if err != nil {
			return err
		}
		list, err = forecast.List(tx, f, by, predict.State(in.State), after, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	v := a.view(ctx)
	at := func(s forecast.Scored) string {
		p := s.Place(by)
		return cursor(s.Fit, int64(math.Float64bits(p.Figure)), p.Customer) //nolint:gosec // the bits, to come back as they are
	}
	return listed(ctx, in.Paged, list, at, func(s forecast.Scored) wire.Prediction {
		out := showScored(v, &s)
		out.Customer = fact.PublicID(fact.CustomerPrefix, s.Number)
		if v.personal {
			out.Reference = s.ID
		}
		return out
	}), nil
}

// showScore shows a score; money in minor units of the currency.
func showScore(v view, s *predict.Score, asOf int32) wire.Prediction {
	out := wire.Prediction{AsOf: outlook.Day(asOf), State: string(s.State), Alive: s.Alive, None: s.None, Expected: s.Expected, SpendMinor: v.minor(s.Spend),
		ValueMinor: v.minor(s.Value), AtRiskMinor: v.minor(s.Stake), Purchases: s.Repeats + 1, DaysSince: s.Age - s.Last}
	if s.Repeats > 0 {
		out.UsualDays = s.Last / float64(s.Repeats)
	}
	return out
}

func showScored(v view, s *forecast.Scored) wire.Prediction {
	out := showScore(v, &s.Score, s.AsOf)
	showLeaving(&out, &s.Leaving)
	if s.Next != nil {
		out.NextPurchase = outlook.Day(int32(*s.Next)) //nolint:gosec // a day
	}
	if s.Falling != nil {
		out.FallingSince = outlook.Day(int32(*s.Falling)) //nolint:gosec // a day
	}
	return out
}

// minor is an amount in minor units; nil where it is not known.
func (v view) minor(units float64) *int64 {
	if math.IsNaN(units) || math.IsInf(units, 0) {
		return nil
	}
	m := int64(math.Round(units * math.Pow10(locale.Digits(v.currency))))
	return &m
}

type customerPredictionsIn struct {
	CustomerIn

	Lang string `query:"lang" enum:"en,ru,zh,el,mk" default:"en" doc:"Language of the reason."`
}

// CustomerPredictionOut is what is foretold of a customer.
type CustomerPredictionOut struct{ Body wire.CustomerPrediction }

func (a *API) getCustomerPredictions(ctx context.Context, in *customerPredictionsIn) (*CustomerPredictionOut, error) {
	l, err := locale.Get(in.Lang)
	if err != nil {
		return nil, err
	}
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	var live *forecast.Live
	var tier programme.Standing
	var root int64
	err = a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		if root, err = a.person(tx, in.ID); err != nil {
			return err
		}
		if live, err = forecast.Of(tx, root); err != nil {
			return err
		}
		tier, _, err = facts.Programme().Standing(tx, root)
		return err
	})
	if err != nil {
		return nil, err
	}
	v := a.view(ctx)
	out := wire.CustomerPrediction{Prediction: showScore(v, &live.Score, live.AsOf), Fit: fact.PublicID(fitPrefix, live.Fit.ID), HorizonDays: live.Fit.Days,
		Reason: outlook.Why(l, &live.Score), History: []wire.Prediction{}}
	out.Customer = fact.PublicID(fact.CustomerPrefix, root)
	showLeaving(&out.Prediction, &live.Leaving)
	if live.State == predict.OnceOnly {
		second := live.AtLeast(1)
		out.Second = &second
	}
	if chance, known := tier.Chance(&live.Score, locale.Digits(v.currency)); known && actor(ctx).May(account.PointsRead) {
		out.NextTier, out.NextTierChance = tier.Next, &chance
	}
	out.Reasons = append([]string{}, live.ReasonWords(l, v.currency)...)
	if live.Next != 0 {
		out.NextPurchase = outlook.Day(live.Next)
	}
	if live.Falling != nil {
		out.FallingSince = outlook.Day(int32(*live.Falling)) //nolint:gosec // a day
	}
	b := &live.Bounds
	out.Intervals = wire.CustomerInterval{Alive: showInterval(b.Alive, 1), None: showInterval(b.None, 1), Expected: showInterval(b.Expected, 1)}
	if out.ValueMinor != nil {
		unit := math.Pow10(locale.Digits(v.currency))
		spend, value := showInterval(b.Spend, unit), showInterval(b.Value, unit)
		out.Intervals.SpendMinor, out.Intervals.ValueMinor = &spend, &value
	}
	for i := range live.History {
		out.History = append(out.History, showScored(v, &live.History[i]))
	}
	return &CustomerPredictionOut{Body: out}, nil
}

func showInterval(i stats.Interval, unit float64) wire.Interval {
	if !i.Known() {
		return wire.Interval{}
	}
	low, high := i.Low, i.High
	if unit > 1 {
		low, high = math.Round(low*unit), math.Round(high*unit)
	}
	return wire.Interval{Low: &low, High: &high}
}
