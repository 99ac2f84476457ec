package chart

import "math"

// Line is a figure over time, with its interval as a band around it. A value of NaN leaves a gap.
type Line struct {
	About
	Labels    []string // one a point, along the axis
	Values    []float64
	Low, High []float64 // the interval; nil where there is none
	Ticks     []Tick
	Unit      string // written above the axis
	Last      string // the last value as text, beside its point
	Marks     []Mark // upright lines at points
}

// Mark is an upright line at a point, with a short text above it.
type Mark struct {
	At    int // the point
	Label string
}

// Option lays the line out.
func (l Line) Option(width, height int) Option {
	left := widest(labelsOf(l.Ticks)) + 12
	right := 16
	if l.Last != "" {
		right = int(textWidth(l.Last, fontSize)) + 20
	}
	top := 12
	if l.Unit != "" || len(l.Marks) > 0 {
		top = 32
	}
	option := base()
	option["grid"] = m{"left": left, "right": right, "top": top, "bottom": 32}
	option["xAxis"] = l.xAxis(width - left - right)
	y := valueAxis(l.Ticks)
	if l.Unit != "" {
		y["name"] = l.Unit
		y["nameLocation"] = "end"
		y["nameGap"] = 14
		// The name begins at the left edge of the chart, not at the axis in its middle.
		y["nameTextStyle"] = m{"align": "left", "color": Quiet.sentinel(), "fontSize": fontSize,
			"padding": []int{0, 0, 0, -left}}
	}
	option["yAxis"] = y
	var series []m
	if l.Low != nil {
		series = append(series, bandSeries(l.Low, l.High))
	}
	option["series"] = append(series, l.series())
	return Option{About: l.About, Chart: option}
}

// xAxis leaves out labels evenly so that those left do not touch.
func (l Line) xAxis(room int) m {
	every := 1
	if n := len(l.Labels); n > 1 {
		each := float64(room) / float64(n-1)
		every = max(1, int(math.Ceil(float64(widest(l.Labels)+12)/each)))
	}
	texts := m{}
	// Counted from the last, which is the one people look for.
	for i := len(l.Labels) - 1; i >= 0; i -= every {
		texts[key(float64(i))] = l.Labels[i]
	}
	indexes := make([]string, len(l.Labels))
	for i := range indexes {
		indexes[i] = key(float64(i))
	}
	return m{
		"type": "category", "data": indexes, "boundaryGap": false,
		"axisLine": m{"onZero": false, "lineStyle": m{"color": Muted.sentinel()}},
		"axisTick": m{"show": false},
		"axisLabel": m{"color": Quiet.sentinel(), "fontSize": fontSize, "interval": 0, "texts": texts,
			"hideOverlap": false},
	}
}

func (l Line) series() m {
	values := make([]any, len(l.Values))
	last := -1
	for i, v := range l.Values {
		values[i] = number(v)
		if values[i] != nil {
			last = i
		}
	}
	if last >= 0 && l.Last != "" {
		values[last] = m{"value": values[last], "symbolSize": 9, "label": m{
			"show": true, "position": "right", "formatter": plain(l.Last), "color": Ink.sentinel(),
			"fontSize": fontSize, "fontWeight": "bold", "distance": 6,
		}}
	}
	series := m{
		"type": "line", "silent": true, "data": values,
		"symbol": "circle", "symbolSize": 5, "showAllSymbol": true, "connectNulls": false,
		"lineStyle": m{"color": Accent.sentinel(), "width": 2.5},
		"itemStyle": m{"color": Accent.sentinel()}, "clip": false,
	}
	if len(l.Marks) > 0 {
		series["markLine"] = l.marks()
	}
	return series
}

// marks are upright lines, those at one point with their texts together.
func (l Line) marks() m {
	var data []m
	for i, mark := range l.Marks {
		if i > 0 && l.Marks[i-1].At == mark.At {
			continue
		}
		text := mark.Label
		for _, other := range l.Marks[i+1:] {
			if other.At == mark.At {
				text += ", " + other.Label
			}
		}
		data = append(data, m{"xAxis": mark.At, "label": m{"formatter": plain(text)}})
	}
	return m{"silent": true, "symbol": "none", "animation": false, "data": data,
		"lineStyle": m{"color": Muted.sentinel(), "type": "dashed", "width": 1.5},
		"label":     m{"show": true, "position": "end", "color": Quiet.sentinel(), "fontSize": fontSize, "distance": 4}}
}

func bandSeries(low, high []float64) m {
	rows := make([][]any, len(low))
	for i := range low {
		rows[i] = []any{i, number(low[i]), number(high[i])}
	}
	return m{"type": "custom", "shape": "band", "silent": true, "data": rows, "z": 1,
		"itemStyle": m{"fill": Band.sentinel()}}
}

// extent is the least and the greatest of the numbers, never equal.
func extent(rows ...[]float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, row := range rows {
		for _, v := range row {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	switch {
	case low > high:
		return 0, 1
	case low == high:
		return low - 1, high + 1
	default:
		return low, high
	}
}

// plain keeps ECharts from reading {a} and {b} in a label as its own placeholders.
func plain(text string) string {
	out := make([]rune, 0, len(text))
	for _, r := range text {
		out = append(out, r)
		if r == '{' {
			out = append(out, '\u2060') // word joiner: of no width
		}
	}
	return string(out)
}
