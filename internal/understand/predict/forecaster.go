package predict

import (
	"encoding/json"
	"math"

	"regulars/internal/base/fault"
)

// Forecaster is everything that it takes to foretell of one customer: the law with its parameters, the season, what a
// purchase comes to, and the terms. It becomes JSON and back without losing a bit, so that a customer is scored the same
// today as on the night on which the law was fitted.
type Forecaster struct {
	Model  Model
	Season *Season
	Money  *SpendFit // nil where no amounts are known
	Days   int       // how far ahead
	Terms  Terms
	Digits int // of the currency
	// Covariance of the logarithms of the parameters; nil where the data leave them open.
	Covariance [][]float64
}

// Forecaster is what the outlook scored its customers by.
func (out *Outlook) Forecaster() *Forecaster {
	best := out.Best()
	return &Forecaster{Model: best.Model, Season: out.Season, Money: out.Money, Days: out.Days, Terms: out.Terms, Digits: out.Digits, Covariance: best.Covariance}
}

// Foretell scores a customer as known at the end of the day; false for one who has not bought by then. It costs
// microseconds.
func (f *Forecaster) Foretell(p *Person, day int32) (Score, bool) {
	c, known := p.Stat(day)
	if !known {
		return Score{}, false
	}
	return f.score(p, c, day, f.ahead(day), nil), true
}

// ForetellAll is Foretell for everybody who is known at the end of the day, in their order.
func (f *Forecaster) ForetellAll(h *History, day int32) []Score {
	known, who := h.Stats(day)
	return f.all(h, known, who, day)
}

// all scores many. Of those who bought once on the same day the same is foretold, so it is reckoned once.
func (f *Forecaster) all(h *History, known []Stat, who []int, day int32) []Score {
	ahead := f.ahead(day)
	once := make([]Score, max(0, day-h.First)+1)
	for i := range known {
		if age := int(known[i].Age); known[i].Repeats == 0 && once[age].State == "" {
			once[age] = f.score(&h.People[who[i]], known[i], day, ahead, nil)
		}
	}
	scores := make([]Score, len(known))
	parts(len(known), func(from, to int) {
		space := make([]float64, 0, len(ahead.to))
		for i := from; i < to; i++ {
			p := &h.People[who[i]]
			if known[i].Repeats == 0 {
				scores[i] = once[int(known[i].Age)]
				scores[i].ID, scores[i].Number = p.ID, p.Number
				continue
			}
			scores[i] = f.score(p, known[i], day, ahead, space)
		}
	})
	return scores
}

// ahead is what a score of a day needs to know of the days after it, the same for all customers.
type ahead struct {
	season float64   // of the days ahead
	months Ahead     // of the value; none where no amounts are known
	to     []float64 // the days ahead, and where each month ends
}

func (f *Forecaster) ahead(day int32) ahead {
	days := float64(f.Days)
	a := ahead{season: f.Season.ahead(day, 0, days), to: []float64{days}}
	if f.Money == nil {
		return a
	}
	var season func(from, to float64) float64
	if f.Season != nil {
		season = func(from, to float64) float64 { return f.Season.ahead(day, from, to) }
	}
	a.months = f.Terms.Ahead(season)
	a.to = append(a.to, a.months.ends...)
	return a
}

// score is Foretell where the days ahead are laid out, for many at once; space is for what it works with.
func (f *Forecaster) score(p *Person, c Stat, day int32, ahead ahead, space []float64) Score {
	m, days := f.Model, float64(f.Days)
	purchases := m.Expects(c, ahead.to, space[:0])
	s := Score{ID: p.ID, Number: p.Number, Stat: c, Alive: m.Alive(c), None: m.None(c, ahead.season*days), Expected: ahead.season * purchases[0], Purchase: math.NaN()}
	s.Spend, s.Value, s.Stake = math.NaN(), math.NaN(), math.NaN()
	if f.Money != nil {
		mean, n := p.Spend(day)
		s.Purchase = f.Money.Expect(Spent{n, mean / math.Pow10(f.Digits)})
		s.Spend = s.Expected * s.Purchase
		s.Value = ahead.months.Value(purchases[1:], s.Purchase)
		s.Stake = s.None * usual(c, days) * s.Purchase
	}
	s.State = state(m, &s)
	return s
}

// forecasterJSON is how it is kept. Money has no law where it is degenerate, only the average.
type forecasterJSON struct {
	Model      string       `json:"model"`
	Parameters []float64    `json:"parameters"`     // in the order of the model's, times in days
	Each       float64      `json:"each,omitempty"` // of bg-bb
	Season     *[12]float64 `json:"season,omitempty"`
	Money      *moneyJSON   `json:"money,omitempty"`
	Days       int          `json:"days"`
	Terms      Terms        `json:"terms"`
	Digits     int          `json:"digits"`
	Covariance [][]float64  `json:"covariance,omitempty"`
}

type moneyJSON struct {
	P          float64 `json:"p"`
	Q          float64 `json:"q"`
	Gamma      float64 `json:"gamma"`
	Degenerate bool    `json:"degenerate"`
	Average    float64 `json:"average"`
}

// MarshalJSON writes it.
func (f *Forecaster) MarshalJSON() ([]byte, error) {
	out := forecasterJSON{Model: f.Model.Name(), Parameters: valuesOf(f.Model), Days: f.Days, Terms: f.Terms, Digits: f.Digits, Covariance: f.Covariance}
	if p, is := f.Model.(Periods); is {
		out.Each = p.Each
	}
	if f.Season != nil {
		out.Season = &f.Season.Index
	}
	if m := f.Money; m != nil {
		out.Money = &moneyJSON{m.P, m.Q, m.Gamma, m.Degenerate, m.Average}
	}
	return json.Marshal(out) //nolint:wrapcheck // json says what it could not write
}

// UnmarshalJSON reads it back.
func (f *Forecaster) UnmarshalJSON(text []byte) error {
	var in forecasterJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return err //nolint:wrapcheck // json says where
	}
	m, err := NewModel(in.Model, in.Parameters, in.Each)
	if err != nil {
		return err
	}
	*f = Forecaster{Model: m, Days: in.Days, Terms: in.Terms, Digits: in.Digits, Covariance: in.Covariance}
	if in.Season != nil {
		f.Season = &Season{Index: *in.Season}
	}
	if k := in.Money; k != nil {
		f.Money = &SpendFit{Spending: Spending{k.P, k.Q, k.Gamma}, Degenerate: k.Degenerate, Average: k.Average}
	}
	return nil
}

// NewModel is the law of a name with the parameters that Parameters once listed, times in days. Each is of bg-bb alone:
// how many purchases a chance holds.
func NewModel(name string, values []float64, each float64) (Model, error) {
	var m Model = Periods{Each: max(1, each)}
	if name != bgbb {
		l, err := lawOf(name, NewSample(nil))
		if err != nil {
			return nil, err
		}
		m = l.model
	}
	if len(values) != len(m.Parameters()) {
		return nil, fault.Invalidf("the model %s has %d parameters, not %d", name, len(m.Parameters()), len(values))
	}
	for i, v := range values {
		if !(v > 0) || math.IsInf(v, 0) {
			return nil, fault.Invalidf("the parameter %s of %s is %g, and must be a number above 0", m.Parameters()[i].Name, name, v)
		}
	}
	return m.With(values), nil
}

func valuesOf(m Model) []float64 {
	parameters := m.Parameters()
	values := make([]float64, len(parameters))
	for i, p := range parameters {
		values[i] = p.Value
	}
	return values
}
