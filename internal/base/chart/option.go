package chart

import "math"

// Description is a chart that a Renderer draws: Line, Bars or Heat.
type Description interface {
	// Option is the chart as ECharts takes it, laid out for so many CSS pixels.
	Option(width, height int) Option
}

// Option is a chart in the terms of ECharts. Chart becomes JSON. It names functions rather than holding them: the
// shape of a custom series, the texts of an axis; see src/charts.js of package web.
type Option struct {
	About
	Chart map[string]any
}

// About is what every chart says of itself.
type About struct {
	ID      string // letters, digits and hyphens; different for each chart of a page
	Title   string // for those who do not see the chart; the page shows its own heading
	Summary string // what can be seen in it, in a sentence or two
}

// Tick is a mark on an axis of numbers.
type Tick struct {
	Value float64
	Label string
}

// fontSize is the size of labels, in CSS pixels; the smallest of the page's type scale.
const fontSize = 13

type m = map[string]any

// base is what all charts have in common. The page's font is inherited.
func base() m {
	return m{
		"animation": false,
		"textStyle": m{"fontFamily": "inherit", "fontSize": fontSize, "color": Quiet.sentinel()},
	}
}

// number is v as JSON has it: null where there is none.
func number(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}

// valueAxis is an axis of numbers with the given ticks, from the first to the last.
func valueAxis(ticks []Tick) m {
	texts := m{}
	for _, t := range ticks {
		texts[key(t.Value)] = t.Label
	}
	axis := m{
		"type":     "value",
		"axisLine": m{"show": false},
		"axisTick": m{"show": false},
		"axisLabel": m{"color": Quiet.sentinel(), "fontSize": fontSize, "texts": texts,
			"hideOverlap": true},
		"splitLine": m{"lineStyle": m{"color": Grid.sentinel(), "width": 1}},
	}
	if last := len(ticks) - 1; last > 0 {
		axis["min"], axis["max"] = ticks[0].Value, ticks[last].Value
		axis["interval"] = ticks[1].Value - ticks[0].Value
	}
	return axis
}

// widest is the room that the longest of the labels needs, in CSS pixels.
func widest(labels []string) int {
	room := 0.0
	for _, label := range labels {
		room = max(room, textWidth(label, fontSize))
	}
	return int(math.Ceil(room))
}

func labelsOf(ticks []Tick) []string {
	labels := make([]string, len(ticks))
	for i, t := range ticks {
		labels[i] = t.Label
	}
	return labels
}
