package churn

import (
	"encoding/json"
	"fmt"
)

type keptJSON struct {
	Names   []Feature `json:"names"`
	Penalty float64   `json:"penalty"`
	Weights []float64 `json:"weights"`
	Bias    float64   `json:"bias"`
	Mean    []float64 `json:"mean"`
	Spread  []float64 `json:"spread"`
	Squash  bool      `json:"squash"`
}

// MarshalJSON writes a classifier so that it foretells the same when it is read back.
func (c *Classifier) MarshalJSON() ([]byte, error) {
	return json.Marshal(keptJSON{c.Names, c.Penalty, c.Law.Weights, c.Law.Bias, c.mean, c.spread, c.squash}) //nolint:wrapcheck // json says what it could not write
}

// UnmarshalJSON reads it back.
func (c *Classifier) UnmarshalJSON(text []byte) error {
	var k keptJSON
	if err := json.Unmarshal(text, &k); err != nil {
		return err //nolint:wrapcheck // json says where
	}
	n := len(k.Names)
	if len(k.Weights) != n || len(k.Mean) != n || len(k.Spread) != n {
		return fmt.Errorf("a classifier of %d features has %d weights, %d means and %d spreads", n, len(k.Weights), len(k.Mean), len(k.Spread))
	}
	*c = Classifier{Names: k.Names, Penalty: k.Penalty, mean: k.Mean, spread: k.Spread, squash: k.Squash}
	c.Law.Weights, c.Law.Bias = k.Weights, k.Bias
	return nil
}

// Row puts a row of a snapshot in the order of the classifier's features: one that was kept may be of fewer.
func (c *Classifier) Row(names []Feature, row []float64) []float64 {
	at := make(map[Feature]float64, len(names))
	for i, name := range names {
		at[name] = row[i]
	}
	out := make([]float64, len(c.Names))
	for i, name := range c.Names {
		out[i] = at[name]
	}
	return out
}
