package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"regulars/internal/door/api/wire"
)

type (
	// Predictions is what is foretold of all customers together.
	Predictions = wire.Predictions
	// PredictionSettings are how far ahead is looked.
	PredictionSettings = wire.PredictionSettings
	// Prediction is what a fit foretold of a customer.
	Prediction = wire.Prediction
	// CustomerPrediction is what is foretold of one customer now.
	CustomerPrediction = wire.CustomerPrediction
	// NextAction is what to do next with a customer.
	NextAction = wire.NextAction
	// Recommendations are suggestions for a customer.
	Recommendations = wire.Recommendations
	// Recommendation is a product, and why it is suggested.
	Recommendation = wire.Recommendation
)

// Predictions gets what is foretold of all customers together, its sentences in a language; empty: English.
func (c *Client) Predictions(ctx context.Context, lang string) (p Predictions, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/predictions", query: with(url.Values{}, "lang", lang)}, &p)
	return p, err
}

// SetPredictions says how far ahead is looked, and how money to come is counted.
func (c *Client) SetPredictions(ctx context.Context, s PredictionSettings) (PredictionSettings, error) {
	return send[PredictionSettings](ctx, c, http.MethodPut, "/v1/predictions/settings", s)
}

// MeasureSettings are how a business wants to be measured.
type MeasureSettings = wire.MeasureSettings

// HowMeasured gets how the business is measured.
func (c *Client) HowMeasured(ctx context.Context) (s MeasureSettings, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/settings/measures"}, &s)
	return s, err
}

// SetHowMeasured says how the business is measured, in place of what was said before.
func (c *Client) SetHowMeasured(ctx context.Context, s MeasureSettings) (MeasureSettings, error) {
	return send[MeasureSettings](ctx, c, http.MethodPut, "/v1/settings/measures", s)
}

// Refit has everything foretold anew now.
func (c *Client) Refit(ctx context.Context) (Job, error) {
	return send[Job](ctx, c, http.MethodPost, "/v1/predictions/refit", nil)
}

// PredictionsOfCustomers lists what is foretold, by at_risk, value or p_alive; the state may be empty.
func (c *Client) PredictionsOfCustomers(ctx context.Context, sort, state string, l Lists) (p Page[Prediction], err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/predictions/customers", query: with(l.query(), "sort", sort, "state", state)}, &p)
	return p, err
}

// CustomerPredictions is what is foretold of a customer now, who is named by an id of ours, your own id, or kind:value.
func (c *Client) CustomerPredictions(ctx context.Context, customer, lang string) (p CustomerPrediction, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/customers/" + url.PathEscape(customer) + "/predictions", query: with(url.Values{}, "lang", lang)}, &p)
	return p, err
}

// ChosenActions say which of what to do next is asked for; what is empty asks for all.
type ChosenActions struct {
	Action      string
	Category    string  // offers of products of this category alone
	LeastMargin float64 // and of those alone of whose price at least this part, from 0 to 1, is left above the cost
	Lang        string  // of reasons
}

// NextActions lists what to do next, those customers first of whom most is expected.
func (c *Client) NextActions(ctx context.Context, of ChosenActions, l Lists) (p Page[NextAction], err error) {
	q := with(l.query(), "action", of.Action, "category", of.Category, "lang", of.Lang)
	if of.LeastMargin > 0 {
		q.Set("least_margin", strconv.FormatFloat(of.LeastMargin, 'f', -1, 64))
	}
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/next-actions", query: q}, &p)
	return p, err
}

// Recommendations are suggestions for a customer, at most so many of each kind, without the products named.
func (c *Client) Recommendations(ctx context.Context, customer string, most int, without ...string) (r Recommendations, err error) {
	q := url.Values{"for": {customer}, "most": {strconv.Itoa(most)}, "without": without}
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/recommendations", query: q}, &r)
	return r, err
}
