package member

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// legible is the contrast that text needs (WCAG 2.2, 1.4.3).
const legible = 4.5

// Ink is black or white, whichever is easier to read on the colour.
func Ink(colour string) string {
	if Contrast(colour, "#000000") > Contrast(colour, "#ffffff") {
		return "#000000"
	}
	return "#ffffff"
}

// Contrast is the one of two colours, such as #0a5c36: 1 to 21 (WCAG 2.2).
func Contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// Readable is the colour, made darker or lighter until it can be read on all the grounds: those are all light, or all dark.
func Readable(colour string, grounds ...string) string {
	towards := Ink(grounds[0])
	const steps = 40
	for n := range steps {
		mixed := mix(colour, towards, float64(n)/steps)
		if !slices.ContainsFunc(grounds, func(g string) bool { return Contrast(mixed, g) < legible }) {
			return mixed
		}
	}
	return towards
}

func mix(a, b string, share float64) string {
	var out strings.Builder
	out.WriteByte('#')
	for i := range 3 {
		fmt.Fprintf(&out, "%02x", int(math.Round(part(a, i)*(1-share)+part(b, i)*share)))
	}
	return out.String()
}

// part is the red, green or blue of a colour, 0 to 255.
func part(colour string, i int) float64 {
	n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
	if err != nil {
		return 0
	}
	return float64(n)
}

func luminance(colour string) (sum float64) {
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		c := part(colour, i) / math.MaxUint8
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
