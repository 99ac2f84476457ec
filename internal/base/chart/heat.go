package chart

import "math"

// Heat is a table of amounts as fields, one hue from light to dark.
type Heat struct {
	About
	Columns []string
	Rows    []string
	Cells   [][]Field // by row, then column
	// Along and Down name what the columns and the rows are.
	Along, Down string
}

// Field is one cell of a heat map. Level is where it stands between nothing (0) and most (1); below zero there is no
// field at all.
type Field struct {
	Level float64
	Label string
}

// Step is the colour step of a level.
func Step(level float64) int {
	if math.IsNaN(level) || level <= 0 {
		return 0
	}
	return min(1+int(level*(HeatSteps-1)), HeatSteps-1)
}

// Option lays the fields out; what is written in a field that is too narrow for it is left out.
func (h Heat) Option(width, height int) Option {
	left := widest(h.Rows) + 12
	top, gap := 28, 0
	if h.Along != "" {
		top = 52
	}
	if h.Down != "" {
		gap = 24
	}
	option := base()
	option["grid"] = m{"left": left + gap, "right": 4, "top": top, "bottom": 4}
	x := categories(h.Columns)
	x["position"] = "top"
	if h.Along != "" {
		x["name"], x["nameLocation"], x["nameGap"] = h.Along, "middle", 30
		x["nameTextStyle"] = m{"color": Quiet.sentinel(), "fontSize": fontSize}
	}
	y := categories(h.Rows)
	y["inverse"] = true
	if h.Down != "" {
		y["name"], y["nameLocation"], y["nameGap"] = h.Down, "middle", left
		y["nameTextStyle"] = m{"color": Quiet.sentinel(), "fontSize": fontSize}
	}
	option["xAxis"], option["yAxis"] = x, y
	cell := float64(width-left-gap-4) / float64(max(len(h.Columns), 1))
	option["series"] = []m{h.fields(cell)}
	return Option{About: h.About, Chart: option}
}

func (h Heat) fields(cell float64) m {
	data := []any{}
	for y, row := range h.Cells {
		for x, field := range row {
			if field.Level < 0 {
				continue
			}
			step := Step(field.Level)
			item := m{"value": []any{x, y, field.Level}, "itemStyle": m{"color": HeatFill(step).sentinel()}}
			if field.Label != "" && textWidth(field.Label, fontSize) <= cell-2 {
				item["label"] = m{"show": true, "formatter": plain(field.Label), "color": HeatInk(step).sentinel()}
			}
			data = append(data, item)
		}
	}
	return m{"type": "heatmap", "silent": true, "data": data, "label": m{"fontSize": fontSize},
		"itemStyle": m{"borderColor": Panel.sentinel(), "borderWidth": 2}}
}

// categories is an axis of names without marks.
func categories(names []string) m {
	texts := m{}
	indexes := make([]string, len(names))
	for i, name := range names {
		indexes[i] = key(float64(i))
		texts[indexes[i]] = name
	}
	return m{
		"type": "category", "data": indexes,
		"axisLine": m{"show": false}, "axisTick": m{"show": false}, "splitLine": m{"show": false},
		"axisLabel": m{"color": Quiet.sentinel(), "fontSize": fontSize, "interval": 0, "texts": texts},
	}
}
