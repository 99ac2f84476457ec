package forecast

import (
	"encoding/json"
	"fmt"
	"math"

	"regulars/internal/base/stats"
	"regulars/internal/understand/predict"
)

// leastHeld is after how many days a fit is held to what it said: over fewer, chance is nearly all there is.
const leastHeld = 28

// held holds a fit to what it foretold: purchases, by those who were customers then, in the days since.
func held(f *Fit, history *predict.History, asOf int32) (*Promise, error) {
	if f == nil {
		return nil, nil //nolint:nilnil // none is old enough
	}
	var law predict.Forecaster
	if err := json.Unmarshal(f.law, &law); err != nil {
		return nil, fmt.Errorf("read the law of fit %d: %w", f.ID, err)
	}
	out, err := predict.Recall(f.outlook)
	if err != nil {
		return nil, err //nolint:wrapcheck // predict says what it is
	}
	p := &Promise{Fit: f.ID, From: f.AsOf, Days: min(f.Days, int(asOf-f.AsOf))}
	law.Days = p.Days
	for i := range history.People {
		person := &history.People[i]
		s, known := law.Foretell(person, f.AsOf)
		if !known {
			continue
		}
		p.Told += s.Expected
		p.Actual += float64(person.Until(f.AsOf+int32(p.Days)) - person.Until(f.AsOf))
	}
	half := 0.0
	if p.Told > 0 {
		// The band of the fit; chance weighs more over fewer purchases.
		band := out.Totals.Band
		chance := band.Chance * math.Sqrt(max(1, out.Totals.Expected.Value/p.Told))
		half = math.Hypot(stats.Z95*math.Hypot(band.Law, chance), band.Missed)
	}
	p.Low, p.High = p.Told*max(0, 1-half), p.Told*(1+half)
	p.Drift = p.Actual < p.Low || p.Actual > p.High
	return p, nil
}
