// Package parameter keeps how a business wants to be measured, where it is not left to the definitions of the measures and to
// the data: days that count as a customer's silence, scales of questions, weights, what an NPS means.
//
// What always holds: what is asked for in one question counts before what is kept here, and that before the defaults.
//
// It works out no figures. What measures are to come to stands in goal.
package parameter

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/setting"
	"regulars/internal/measure/metric"
)

// Parameters are what a business has said; of the zero value of each nothing was said.
type Parameters struct {
	ActivityDays    int            `json:"activity_days,omitempty"`
	SecondOrderDays int            `json:"second_order_days,omitempty"`
	TopShare        float64        `json:"top_share,omitempty"`
	NPS             string         `json:"nps,omitempty"` // the scale, as metric.ParseBands reads it
	CSATScale       int            `json:"csat_scale,omitempty"`
	IndexWeights    []float64      `json:"loyalty_index_weights,omitempty"` // of NPS, repurchase rate and share buying several kinds
	Meaning         metric.Meaning `json:"nps_meaning,omitzero"`
}

const (
	settingsKey  = "parameters"
	daysMost     = 3660
	sentenceMost = 300
)

// Load reads them.
func Load(tx *db.Tx) (p Parameters, err error) {
	_, err = setting.Load(tx, settingsKey, &p)
	return p, err
}

// Save keeps them in place of those that were.
func (p *Parameters) Save(tx *db.Tx) error {
	if err := p.check(); err != nil {
		return err
	}
	return setting.Save(tx, settingsKey, p)
}

func (p *Parameters) check() error {
	wrong := func(field, says string, a ...any) error {
		return fault.In(field, fault.Coded("out_of_range", fault.Invalidf(says, a...)))
	}
	days := map[string]int{"activity_days": p.ActivityDays, "second_order_days": p.SecondOrderDays}
	for _, field := range []string{"activity_days", "second_order_days"} {
		if n := days[field]; n < 0 || n > daysMost {
			return wrong(field, "days are from 1 to %d, not %d", daysMost, n)
		}
	}
	if !(p.TopShare >= 0 && p.TopShare <= 1) {
		return wrong("top_share", "the share of top customers is above 0 and at most 1, for example 0.2, not %g", p.TopShare)
	}
	if _, err := metric.ParseBands(p.NPS); err != nil {
		return fault.In("nps", fault.Coded("unknown_scale", err))
	}
	if !slices.Contains([]int{0, 5, 10}, p.CSATScale) {
		return wrong("csat_scale", "the CSAT question goes up to 5 or 10, not %d", p.CSATScale)
	}
	if w := p.IndexWeights; len(w) > 0 {
		sum := 0.0
		for _, one := range w {
			if !(one >= 0) {
				return wrong("loyalty_index_weights", "no weight is below 0")
			}
			sum += one
		}
		if len(w) != len(metric.Settings{}.IndexWeights) || !(sum > 0) || math.IsInf(sum, 0) {
			return wrong("loyalty_index_weights", "the loyalty index has three weights, not all of them 0, such as 1, 1 and 1")
		}
	}
	return p.checkMeaning()
}

func (p *Parameters) checkMeaning() error {
	m := &p.Meaning
	if m.Limits != [len(m.Limits)]float64{} {
		last := math.Inf(-1)
		for i, limit := range m.Limits {
			if !(limit > last && limit >= -100 && limit <= 100) {
				return fault.In(fmt.Sprintf("limit_%d", i+1), fault.Coded("limits_rise", fault.Invalidf("the limits of what an NPS means rise from -100 to 100, such as 0, 30, 50 and 70")))
			}
			last = limit
		}
	}
	for i, sentence := range m.Sentences {
		if utf8.RuneCountInString(sentence) > sentenceMost {
			return fault.In(fmt.Sprintf("sentence_%d", i+1), fault.Coded("too_long", fault.Invalidf("a sentence has at most %d characters", sentenceMost)))
		}
	}
	return nil
}

// Settle fills in what a question leaves open.
func (p *Parameters) Settle(set *metric.Settings) {
	if set.ActivityDays == 0 {
		set.ActivityDays = p.ActivityDays
	}
	if set.SecondOrderDays == 0 {
		set.SecondOrderDays = p.SecondOrderDays
	}
	if set.TopShare == 0 {
		set.TopShare = p.TopShare
	}
	if set.Bands == (metric.Bands{}) && p.NPS != "" {
		set.Bands, _ = metric.ParseBands(p.NPS) // it was read when it was saved
	}
	if set.CSATScale == 0 {
		set.CSATScale = p.CSATScale
	}
	if set.IndexWeights == [3]float64{} {
		copy(set.IndexWeights[:], p.IndexWeights)
	}
	if set.Meaning == (metric.Meaning{}) {
		set.Meaning = p.Meaning
	}
}
