package chart

import (
	"math"
	"strconv"
	"strings"
)

// Spark is a small line without axes, for a tile: its shape is all it says, the words stand beside it. A page has a dozen of
// them, and has to be there at once, so they are written without an engine.
type Spark struct {
	About
	Values    []float64
	Low, High []float64 // of its band; nil: it has none
}

// The room that is left free around it: the dot at its end needs more.
const (
	sparkAside = 4
	sparkDot   = 3
	sparkWidth = 1.5
)

// SVG draws it into so many CSS pixels.
func (s Spark) SVG(width, height int) string {
	low, high := extent(s.Values, s.Low, s.High)
	x := func(i int) string {
		across := float64(width - 2*sparkAside - sparkDot)
		if len(s.Values) > 1 {
			across *= float64(i) / float64(len(s.Values)-1)
		}
		return coordinate(sparkAside + across)
	}
	y := func(v float64) string {
		return coordinate(sparkAside + (high-v)/(high-low)*float64(height-2*sparkAside))
	}
	var b strings.Builder
	b.WriteString(head(Option{About: s.About}, width, height))
	if s.Low != nil && s.High != nil {
		for _, run := range runs(s.Low, s.High) {
			there, back := "M", ""
			for i := run[0]; i < run[1]; i++ {
				there += x(i) + " " + y(s.High[i]) + "L"
				back = "L" + x(i) + " " + y(s.Low[i]) + back
			}
			b.WriteString(`<path d="` + strings.TrimSuffix(there, "L") + back + `Z" fill="` + Band.sentinel() + `"></path>`)
		}
	}
	last := -1
	for _, run := range runs(s.Values) {
		line := "M"
		for i := run[0]; i < run[1]; i++ {
			line += x(i) + " " + y(s.Values[i]) + "L"
		}
		last = run[1] - 1
		b.WriteString(`<path d="` + strings.TrimSuffix(line, "L") + `" fill="none" stroke="` + Accent.sentinel() + `" stroke-width="` + coordinate(sparkWidth) + `" stroke-linejoin="round"></path>`)
	}
	if last >= 0 {
		b.WriteString(`<circle cx="` + x(last) + `" cy="` + y(s.Values[last]) + `" r="` + strconv.Itoa(sparkDot) + `" fill="` + Accent.sentinel() + `"></circle>`)
	}
	b.WriteString("</svg>")
	return themed(b.String())
}

// runs are the stretches, from and to, in which all rows have numbers.
func runs(rows ...[]float64) (all [][2]int) {
	from, n := -1, math.MaxInt
	for _, row := range rows {
		n = min(n, len(row))
	}
	for i := range n + 1 {
		there := i < n
		for _, row := range rows {
			there = there && !math.IsNaN(row[i]) && !math.IsInf(row[i], 0)
		}
		switch {
		case there && from < 0:
			from = i
		case !there && from >= 0:
			all, from = append(all, [2]int{from, i}), -1
		}
	}
	return all
}

// coordinate is a number of pixels, to a tenth.
func coordinate(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) //nolint:mnd // tenths
}
