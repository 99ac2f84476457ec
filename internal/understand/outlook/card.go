package outlook

import (
	"math"

	"regulars/internal/base/locale"
	"regulars/internal/base/stats"
	"regulars/internal/understand/predict"
)

// Card is the outlook for programs: the model card. Times are in days, but for what stands under weeks; log-likelihood and
// BIC are stated with time in weeks, money in whole units of the currency.
type Card struct {
	Model            string              `json:"model"`
	Choice           string              `json:"choice"`
	Reason           string              `json:"reason"`
	Parameters       map[string]float64  `json:"parameters"`
	Weeks            map[string]float64  `json:"weeks"`
	StandardErrors   map[string]*float64 `json:"standard_errors"`
	LogLikelihood    *float64            `json:"log_likelihood"`
	BIC              *float64            `json:"bic"`
	Candidates       []CandidateCard     `json:"candidates"`
	Spend            *SpendCard          `json:"spend"`
	First            string              `json:"first"`
	CalibrationEnd   string              `json:"calibration_end"`
	KnownUntil       string              `json:"known_until"`
	HorizonDays      int                 `json:"horizon_days"`
	Customers        int                 `json:"customers"`
	Repeaters        int                 `json:"repeaters"`
	FittedTo         int                 `json:"fitted_to"`
	SampleError      *float64            `json:"sample_error"`
	Holdout          *HoldoutCard        `json:"holdout"`
	Churn            *ChurnCard          `json:"churn"`
	BackTests        []HoldoutCard       `json:"back_tests"`
	OutsideLastBand  *bool               `json:"outside_last_band"`
	SeasonIndex      []float64           `json:"season_index"`
	SeasonTested     bool                `json:"season_tested"`
	Currency         string              `json:"currency"`
	Margin           float64             `json:"margin"`
	DiscountPerMonth float64             `json:"discount_per_month"`
	ValueMonths      int                 `json:"value_months"`
	Totals           *TotalsCard         `json:"totals"`
	Notes            []string            `json:"notes"`
}

// CandidateCard is a model that was compared.
type CandidateCard struct {
	Model         string             `json:"model"`
	Parameters    map[string]float64 `json:"parameters"`
	Weeks         map[string]float64 `json:"weeks"`
	LogLikelihood float64            `json:"log_likelihood"`
	BIC           float64            `json:"bic"`
	Converged     bool               `json:"converged"`
	Degenerate    bool               `json:"degenerate"`
	Corner        string             `json:"corner"`
	LogLoss       *float64           `json:"log_loss"`
	MAE           *float64           `json:"mae"`
	Predicted     *float64           `json:"predicted"`
}

// SpendCard is the law of amounts.
type SpendCard struct {
	P             float64 `json:"p"`
	Q             float64 `json:"q"`
	Gamma         float64 `json:"gamma"`
	LogLikelihood float64 `json:"log_likelihood"`
	Customers     int     `json:"customers"`
	LeftOut       int     `json:"left_out"`
	Degenerate    bool    `json:"degenerate"`
}

// HoldoutCard is purchases foretold and made in the days after a day.
type HoldoutCard struct {
	KnownUntil string  `json:"known_until"`
	Days       int     `json:"days"`
	Actual     float64 `json:"actual"`
	Predicted  float64 `json:"predicted"`
	MAE        float64 `json:"mae"`
}

// ChurnCard is how well it was foretold who would buy nothing.
type ChurnCard struct {
	AUC         *float64  `json:"auc"`
	AUCLow      *float64  `json:"auc_low"`
	AUCHigh     *float64  `json:"auc_high"`
	LogLoss     float64   `json:"log_loss"`
	Brier       float64   `json:"brier"`
	Calibration []BinCard `json:"calibration"`
}

// BinCard is customers of whom the same was foretold.
type BinCard struct {
	Customers int     `json:"customers"`
	Predicted float64 `json:"predicted"`
	Actual    float64 `json:"actual"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
}

// TotalsCard is sums over all customers.
type TotalsCard struct {
	Alive             RangeCard `json:"alive"`
	Returning         float64   `json:"returning"`
	ExpectedChurn     float64   `json:"expected_churn"`
	LaterThanUsual    float64   `json:"later_than_usual"`
	ExpectedPurchases RangeCard `json:"expected_purchases"`
	ExpectedSpend     RangeCard `json:"expected_spend"`
	CLV               RangeCard `json:"clv"`
	AtRiskValue       *float64  `json:"at_risk_value"`
}

// RangeCard is a total with its bounds.
type RangeCard struct {
	Value *float64 `json:"value"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
}

func known(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// Card makes it, with its sentences in the language.
func (p *Page) Card(l *locale.Locale) *Card {
	w := words{p, l}
	c := &Card{
		Parameters: map[string]float64{}, Weeks: map[string]float64{}, StandardErrors: map[string]*float64{},
		Candidates: []CandidateCard{}, BackTests: []HoldoutCard{}, Notes: w.notes(),
		First: Day(p.First), CalibrationEnd: Day(p.From), KnownUntil: Day(p.End), HorizonDays: p.Days, Customers: p.Customers,
		Repeaters: p.Repeaters, Currency: p.Currency, Margin: p.Terms.Margin, DiscountPerMonth: p.Terms.Discount,
		ValueMonths: p.Terms.Months, FittedTo: p.Customers,
	}
	if p.Lack != predict.NothingLacks {
		c.Choice, c.Reason = string(p.Lack), w.lack()
		return c
	}
	best := p.Best()
	c.Model, c.Choice, c.Reason = best.Name, string(p.Choice), w.choice()
	c.Parameters, c.Weeks = parameters(best.Model)
	for i, parameter := range best.Model.Parameters() {
		c.StandardErrors[parameter.Name] = known(best.Errors[i])
	}
	c.LogLikelihood, c.BIC = known(best.LogLikelihood), known(best.BIC)
	if p.Sampled > 0 {
		c.FittedTo = p.Sampled
	}
	c.SampleError = known(p.SampleError())
	for i := range p.Candidates {
		c.Candidates = append(c.Candidates, candidateCard(&p.Candidates[i]))
	}
	if m := p.Money; m != nil {
		c.Spend = &SpendCard{P: m.P, Q: m.Q, Gamma: m.Gamma, LogLikelihood: m.LogLikelihood, Customers: m.Customers, LeftOut: m.LeftOut, Degenerate: m.Degenerate}
	}
	c.tests(p)
	if p.Season != nil {
		c.SeasonIndex, c.SeasonTested = p.Season.Index[:], p.SeasonTested
	}
	c.Totals = totals(p)
	return c
}

func (c *Card) tests(p *Page) {
	tests := p.Best().Tests
	for _, t := range tests {
		c.BackTests = append(c.BackTests, HoldoutCard{Day(t.End), t.Days, t.Actual, t.Predicted, t.MAE})
	}
	if len(tests) == 0 {
		return
	}
	last := tests[0]
	c.CalibrationEnd, c.Holdout = Day(last.End), &c.BackTests[0]
	c.Churn = &ChurnCard{AUC: known(last.AUC.Value), AUCLow: known(last.AUC.Low), AUCHigh: known(last.AUC.High), LogLoss: last.LogLoss, Brier: last.Brier}
	for _, b := range last.Calibration {
		c.Churn.Calibration = append(c.Churn.Calibration, BinCard{b.Customers, b.Told, b.Came.Value, b.Came.Low, b.Came.High})
	}
	if p.Totals.DriftKnown {
		c.OutsideLastBand = &p.Totals.Drift
	}
}

func parameters(m predict.Model) (days, weeks map[string]float64) {
	days, weeks = map[string]float64{}, map[string]float64{}
	for _, p := range m.Parameters() {
		days[p.Name], weeks[p.Name] = p.Value, p.Weeks()
	}
	return days, weeks
}

func candidateCard(c *predict.Candidate) CandidateCard {
	days, weeks := parameters(c.Model)
	card := CandidateCard{Model: c.Name, Parameters: days, Weeks: weeks, LogLikelihood: c.LogLikelihood, BIC: c.BIC,
		Converged: c.Converged, Degenerate: c.Degenerate, Corner: string(c.Why)}
	if len(c.Tests) > 0 {
		t := c.Tests[0]
		card.LogLoss, card.MAE, card.Predicted = known(c.Loss()), known(t.MAE), known(t.Predicted)
	}
	return card
}

func totals(p *Page) *TotalsCard {
	t := &p.Totals
	out := &TotalsCard{Alive: bounds(t.Alive), Returning: float64(p.Customers) - t.Leaving, ExpectedChurn: t.Leaving, LaterThanUsual: t.Late,
		ExpectedPurchases: bounds(t.Expected)}
	if p.Money != nil {
		out.ExpectedSpend, out.CLV, out.AtRiskValue = bounds(t.Spend), bounds(t.Value), known(t.Stake)
	}
	return out
}

func bounds(i stats.Interval) RangeCard {
	return RangeCard{known(i.Value), known(i.Low), known(i.High)}
}
