package paper

import (
	"fmt"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"rsc.io/qr"

	"regulars/internal/base/fault"
)

// Page is a page to be printed, in millimetres.
type Page struct {
	Width, Height float64

	lines []line
	texts []text
	codes []code
}

type line struct{ x1, y1, x2, y2 float64 }

// text stands on its line at y, from x on; centred: around x.
type text struct {
	x, y, size float64
	bold       bool
	centred    bool
	says       string
}

// code is a QR code with its side, the white margin around it included.
type code struct {
	x, y, side float64
	modules    int // of the side, with the margin
	runs       []run
}

// run is black modules beside each other.
type run struct{ x, y, n int }

// quiet is the white margin that the standard asks for, in modules.
const quiet = 4

func (p *Page) qr(x, y, side float64, of string) error {
	drawn, err := qr.Encode(of, qr.M)
	if err != nil {
		return fmt.Errorf("draw a QR code: %w", err)
	}
	n := drawn.Size
	c := code{x: x, y: y, side: side, modules: n + 2*quiet}
	for row := range n {
		long := 0
		for column := range n + 1 { // beside the last one everything is white
			if drawn.Black(column, row) {
				long++
				continue
			}
			if long > 0 {
				c.runs = append(c.runs, run{column - long + quiet, row + quiet, long})
			}
			long = 0
		}
	}
	p.codes = append(p.codes, c)
	return nil
}

// block is a text that is broken into lines, and made smaller where it does not fit into so many of them.
type block struct {
	says    string
	size    float64 // millimetres
	least   float64 // the smallest it is made
	most    int     // lines
	bold    bool
	centred bool
}

// lead is the distance between lines, as a share of the size of the letters.
const lead = 1.22

// put lays a block out below y, and tells where it ends. What does not even fit at its smallest is cut, with an ellipsis.
func (p *Page) put(x, y, width float64, b block) (float64, error) {
	if strings.TrimSpace(b.says) == "" {
		return y, nil
	}
	size := b.size
	lines, err := broken(b.says, size, width, b.bold)
	for err == nil && len(lines) > b.most && size > b.least {
		size = max(size-0.1, b.least)
		lines, err = broken(b.says, size, width, b.bold)
	}
	if err != nil {
		return y, err
	}
	if len(lines) > b.most {
		lines = lines[:b.most]
		lines[b.most-1] += "…"
	}
	for _, l := range lines {
		y += size * lead
		p.texts = append(p.texts, text{x, y - size*(lead-1), size, b.bold, b.centred, l})
	}
	return y, nil
}

// broken breaks a text into lines that are no wider than width: between words, and within one that is longer than a line or
// of a script that has no spaces.
func broken(says string, size, width float64, bold bool) (lines []string, err error) {
	for _, paragraph := range strings.Split(says, "\n") {
		now := ""
		for _, word := range pieces(paragraph) {
			for {
				w, err := measured(strings.TrimRight(now+word, " "), size, bold)
				if err != nil {
					return nil, err
				}
				if w <= width {
					now += word
					break
				}
				if now == "" { // a word that is longer than a line
					head, tail, err := cut(word, size, width, bold)
					if err != nil {
						return nil, err
					}
					lines, word = append(lines, head), tail
					continue
				}
				lines, now = append(lines, strings.TrimRight(now, " ")), ""
			}
		}
		if now = strings.TrimRight(now, " "); now != "" {
			lines = append(lines, now)
		}
	}
	return lines, nil
}

// pieces are what a line may be broken between: words with the space behind them, and single signs of scripts without any.
func pieces(says string) (all []string) {
	now := ""
	for _, r := range says {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
			if now != "" {
				all = append(all, now)
			}
			all, now = append(all, string(r)), ""
			continue
		}
		if unicode.IsPunct(r) && now == "" && len(all) > 0 { // does not begin a line
			all[len(all)-1] += string(r)
			continue
		}
		if now += string(r); r == ' ' {
			all, now = append(all, now), ""
		}
	}
	if now != "" {
		all = append(all, now)
	}
	return all
}

// cut is as much of a word as a line holds, one sign at least, and the rest of it.
func cut(word string, size, width float64, bold bool) (head, tail string, err error) {
	signs := []rune(word)
	n := 1
	for n < len(signs) {
		w, err := measured(string(signs[:n+1]), size, bold)
		if err != nil {
			return "", "", err
		}
		if w > width {
			break
		}
		n++
	}
	return string(signs[:n]), string(signs[n:]), nil
}

// fonts are the two that are drawn with.
var fonts = sync.OnceValues(func() (both [2]*sfnt.Font, err error) {
	for i, raw := range [][]byte{goregular.TTF, gobold.TTF} {
		if both[i], err = sfnt.Parse(raw); err != nil {
			return both, fmt.Errorf("read a font: %w", err)
		}
	}
	return both, nil
})

func face(bold bool) (*sfnt.Font, error) {
	both, err := fonts()
	if bold {
		return both[1], err
	}
	return both[0], err
}

// measured is how wide a text is. A sign that the font lacks is drawn with another, and taken to be a square.
func measured(says string, size float64, bold bool) (float64, error) {
	const em = 1000
	f, err := face(bold)
	if err != nil {
		return 0, err
	}
	var b sfnt.Buffer
	sum := 0.0
	for _, r := range says {
		at, err := f.GlyphIndex(&b, r)
		if err != nil {
			return 0, fmt.Errorf("measure %q: %w", r, err)
		}
		if at == 0 {
			sum += em
			continue
		}
		wide, err := f.GlyphAdvance(&b, at, fixed.I(em), font.HintingNone)
		if err != nil {
			return 0, fmt.Errorf("measure %q: %w", r, err)
		}
		const sixtyFourths = 64
		sum += float64(wide) / sixtyFourths
	}
	return sum / em * size, nil
}

// lacking refuses pages with signs that the font lacks, and names some of them.
func lacking(pages []Page) error {
	const some = 12
	var lacks []rune
	seen := map[rune]bool{}
	var b sfnt.Buffer
	for i := range pages {
		for _, t := range pages[i].texts {
			f, err := face(t.bold)
			if err != nil {
				return err
			}
			for _, r := range t.says {
				if seen[r] {
					continue
				}
				seen[r] = true
				if at, err := f.GlyphIndex(&b, r); (err != nil || at == 0) && len(lacks) < some {
					lacks = append(lacks, r)
				}
			}
		}
	}
	if len(lacks) == 0 {
		return nil
	}
	return fault.Coded("font_lacks", fault.Conflictf("the font of the PDF has the Latin, Greek and Cyrillic scripts and lacks %s; take the SVG, which is drawn with the fonts of your computer", string(lacks)))
}
