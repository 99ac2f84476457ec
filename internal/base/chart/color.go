package chart

import "strings"

// Color is a role, not a shade: the page says what shade each role has, for light, dark and print.
type Color string

// The roles. A page sets --chart-ink, --chart-quiet and so on; Category and Heat have numbers.
const (
	Ink       Color = "ink"       // text that is read
	Quiet     Color = "quiet"     // text beside it, axes
	Grid      Color = "grid"      // lines behind the data
	Accent    Color = "accent"    // the data
	Band      Color = "band"      // its interval
	Muted     Color = "muted"     // data for comparison, or not to be relied on
	Attention Color = "attention" // look here
	Panel     Color = "panel"     // what the chart stands on
)

// HeatSteps is how many steps the scale of amounts has, from none to most.
const HeatSteps = 8

// HeatFill is the fill of one step of the scale of amounts, 0 to HeatSteps-1; HeatInk is the text on it.
func HeatFill(step int) Color { return Color("heat-" + digit(step)) }

// HeatInk is the colour of text on a step of the scale of amounts.
func HeatInk(step int) Color { return Color("heat-ink-" + digit(step)) }

func digit(step int) string {
	return string(rune('0' + min(max(step, 0), HeatSteps-1)))
}

// shade is one role: the colour that stands for it while ECharts works, which no chart would use by itself, and the
// shade for an SVG that is looked at without a page.
type shade struct {
	role     Color
	sentinel string
	light    string
}

// shades lists all roles. Sentinels have one length and differ, so that replacing them is unambiguous.
func shades() []shade {
	all := []shade{
		{Ink, "#01fe01", "#2b2723"},
		{Quiet, "#01fe02", "#665e55"},
		{Grid, "#01fe03", "#e6dfd4"},
		{Accent, "#01fe04", "#1d5c42"},
		{Band, "#01fe05", "#cfe0d6"},
		{Muted, "#01fe06", "#a69c8f"},
		{Attention, "#01fe07", "#8a5300"},
		{Panel, "#01fe08", "#fffdfa"},
	}
	fills := [HeatSteps]string{"#f4f0e8", "#d8e8dc", "#bedac8", "#9dc8ae", "#7fb596", "#549a76", "#2f7554", "#164d36"}
	inks := [HeatSteps]string{"#2b2723", "#2b2723", "#2b2723", "#2b2723", "#1a1714", "#14110f", "#ffffff", "#ffffff"}
	for step := range HeatSteps {
		all = append(all,
			shade{HeatFill(step), "#02fe1" + digit(step), fills[step]},
			shade{HeatInk(step), "#02fe2" + digit(step), inks[step]})
	}
	return all
}

// sentinel is the colour to put into an option for a role.
func (c Color) sentinel() string {
	for _, s := range shades() {
		if s.role == c {
			return s.sentinel
		}
	}
	return "#000000"
}

// themed puts the page's custom properties where the sentinels are.
func themed(svg string) string {
	all := shades()
	pairs := make([]string, 0, 2*len(all))
	for _, s := range all {
		pairs = append(pairs, s.sentinel, "var(--chart-"+string(s.role)+", "+s.light+")")
	}
	return strings.NewReplacer(pairs...).Replace(svg)
}
