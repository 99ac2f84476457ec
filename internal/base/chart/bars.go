package chart

import "math"

// Bars compares amounts side by side, longest names first to be read: bars lie, names to their left, values at their
// ends, intervals as whiskers. They keep the order they are given in.
type Bars struct {
	About
	Bars  []Bar
	Ticks []Tick // from zero, where amounts start
}

// Bar is one of them.
type Bar struct {
	Name      string
	Value     float64
	Low, High float64 // NaN where there is no interval
	Label     string  // the value as text
	Muted     bool    // not to be relied on
}

// barHeight is the room for one bar.
const barHeight = 32

// Height is the height that so many bars need.
func (b Bars) Height() int { return len(b.Bars)*barHeight + 44 }

// Option lays the bars out; names get at most two fifths of the width.
func (b Bars) Option(width, _ int) Option {
	names, labels := make([]string, len(b.Bars)), make([]string, len(b.Bars))
	for i, bar := range b.Bars {
		names[i] = fit(bar.Name, 0.4*float64(width))
		labels[i] = bar.Label
	}
	option := base()
	option["grid"] = m{"left": widest(names) + 12, "right": widest(labels) + 20, "top": 8, "bottom": 32}
	option["xAxis"] = valueAxis(b.Ticks)
	texts := m{}
	indexes := make([]string, len(names))
	for i, name := range names {
		indexes[i] = key(float64(i))
		texts[indexes[i]] = name
	}
	option["yAxis"] = m{
		"type": "category", "inverse": true, "data": indexes,
		"axisLine": m{"lineStyle": m{"color": Muted.sentinel()}}, "axisTick": m{"show": false},
		"axisLabel": m{"color": Ink.sentinel(), "fontSize": fontSize, "interval": 0, "texts": texts},
	}
	option["series"] = []m{b.bars(), b.whiskers(), b.labels()}
	return Option{About: b.About, Chart: option}
}

func (b Bars) bars() m {
	data := make([]any, len(b.Bars))
	for i, bar := range b.Bars {
		fill := Accent
		if bar.Muted {
			fill = Muted
		}
		data[i] = m{"value": number(bar.Value), "itemStyle": m{"color": fill.sentinel(), "opacity": 0.55}}
	}
	return m{"type": "bar", "silent": true, "data": data, "barWidth": 16}
}

func (b Bars) whiskers() m {
	data := make([][]any, 0, len(b.Bars))
	for i, bar := range b.Bars {
		if number(bar.Low) != nil && number(bar.High) != nil {
			data = append(data, []any{bar.Low, bar.High, i})
		}
	}
	return m{"type": "custom", "shape": "whisker", "silent": true, "data": data, "z": 3,
		"encode":    m{"x": []int{0, 1}, "y": 2},
		"itemStyle": m{"stroke": Ink.sentinel()}}
}

// labels stand beyond the bar and its whisker: an unseen point carries each.
func (b Bars) labels() m {
	data := make([]any, 0, len(b.Bars))
	for i, bar := range b.Bars {
		at := bar.Value
		if !math.IsNaN(bar.High) {
			at = max(at, bar.High)
		}
		if number(at) == nil {
			continue
		}
		data = append(data, m{"value": []any{at, i}, "label": m{"formatter": plain(bar.Label)}})
	}
	return m{"type": "scatter", "silent": true, "data": data, "symbolSize": 0, "clip": false, "z": 4,
		"label": m{"show": true, "position": "right", "color": Ink.sentinel(), "fontSize": fontSize, "distance": 8}}
}
