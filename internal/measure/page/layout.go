package page

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// ScreenWidth is how many columns of a terminal a text takes: two for what is wide in East Asia, none for marks that
// stand on the letter before them.
func ScreenWidth(text string) int {
	n := 0
	for _, r := range text {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Plain makes a text from a file safe for a terminal: what could move the cursor, colour the screen or turn the
// direction of writing becomes a visible mark, and so does what is no text at all.
func Plain(text string) string {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return '\uFFFD'
		}
		return r
	}, text)
}

// Cut shortens a text to so many columns, the last one for an ellipsis.
func Cut(text string, columns int) string {
	if ScreenWidth(text) <= columns {
		return text
	}
	n := 0
	for i, r := range text {
		if n += runeWidth(r); n > columns-1 {
			return strings.TrimRight(text[:i], " ") + "…"
		}
	}
	return text
}

// prefix is as much of the beginning of a text as so many columns hold, at least one character.
func prefix(text string, columns int) string {
	n := 0
	for i, r := range text {
		if n += runeWidth(r); n > columns && i > 0 {
			return text[:i]
		}
	}
	return text
}

// Pad fills a text up to so many columns, on the left for numbers.
func Pad(text string, columns int, right bool) string {
	space := strings.Repeat(" ", max(0, columns-ScreenWidth(text)))
	if right {
		return space + text
	}
	return text + space
}

// Wrap breaks a text into lines of so many columns: at spaces that may break, and between the characters of
// scripts that are written without spaces.
func Wrap(text string, columns int) []string {
	var lines []string
	line, taken := "", 0
	for _, piece := range pieces(text) {
		size := ScreenWidth(strings.TrimRight(piece, " "))
		if taken > 0 && taken+size > columns {
			lines = append(lines, strings.TrimRight(line, " "))
			line, taken = "", 0
		}
		for ScreenWidth(piece) > columns && taken == 0 && size > columns {
			head := prefix(piece, columns)
			lines = append(lines, head)
			piece = piece[len(head):]
			size = ScreenWidth(strings.TrimRight(piece, " "))
		}
		line += piece
		taken += ScreenWidth(piece)
	}
	if line = strings.TrimRight(line, " "); line != "" {
		lines = append(lines, line)
	}
	return lines
}

// closing is punctuation that must not begin a line in Chinese.
const closing = "，。；：、）》”！？％"

// pieces cuts a text where a line may break; the space stays with the piece before it.
func pieces(text string) []string {
	var out []string
	start := 0
	previous := rune(0)
	for i, r := range text {
		wide := runeWidth(r) == 2 || runeWidth(previous) == 2
		opens := previous == '（' || previous == '“' || previous == '《'
		if i > start && (previous == ' ' || wide && !strings.ContainsRune(closing, r) && !opens && r != ' ') {
			out = append(out, text[start:i])
			start = i
		}
		previous = r
	}
	return append(out, text[start:])
}

// Cell is one cell of a table: a text, and the colour of a terminal that it is shown in.
type Cell struct{ Text, Colour string }

// The colours of a terminal, as parameters of its escape sequence.
const (
	Bold    = "1"
	Quiet   = "2"
	Harm    = "31"
	Good    = "32"
	Unclear = "33"
)

// Grid is a table of a page: its rows, and which columns are numbers.
type Grid struct {
	Rows  [][]Cell
	Right []bool
}

// Add appends a row.
func (g *Grid) Add(cells ...Cell) { g.Rows = append(g.Rows, cells) }

// Widths is the natural width of every column; a column of nothing takes no room.
func (g *Grid) Widths() []int {
	var out []int
	for _, row := range g.Rows {
		for i, c := range row {
			if i == len(out) {
				out = append(out, 0)
			}
			out[i] = max(out[i], ScreenWidth(c.Text))
		}
	}
	return out
}

// Gutter is the space between two columns.
const Gutter = 2

// Total is how wide a table with these columns is.
func Total(widths []int) int {
	sum := -Gutter
	for _, w := range widths {
		if w > 0 {
			sum += w + Gutter
		}
	}
	return max(0, sum)
}

// Drop empties a column, so that it takes no room.
func (g *Grid) Drop(column int) {
	for _, row := range g.Rows {
		if column < len(row) {
			row[column].Text = ""
		}
	}
}

// Lines lays the table out in at most so many columns, row by row: the widest column of text gives way first. What
// does not fit into the first column goes on beneath, elsewhere it is cut.
func (g *Grid) Lines(columns int, colour bool) [][]string {
	widths := g.Widths()
	for Total(widths) > columns {
		widest := -1
		for i, w := range widths {
			if !g.isRight(i) && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 || widths[widest] <= 4 {
			break
		}
		widths[widest]--
	}
	out := make([][]string, len(g.Rows))
	for r, row := range g.Rows {
		var b strings.Builder
		var more []string
		gap := 0
		for i, c := range row {
			if widths[i] == 0 {
				continue
			}
			b.WriteString(strings.Repeat(" ", gap))
			text := Cut(c.Text, widths[i])
			if i == 0 && text != c.Text {
				parts := Wrap(c.Text, widths[0]-2)
				text, more = parts[0], parts[1:]
			}
			padded := Pad(text, widths[i], g.isRight(i))
			if colour && c.Colour != "" && text != "" {
				padded = strings.Replace(padded, text, Paint(text, c.Colour), 1)
			}
			b.WriteString(padded)
			gap = Gutter
		}
		out[r] = []string{strings.TrimRight(b.String(), " ")}
		for _, text := range more {
			out[r] = append(out[r], "  "+text)
		}
	}
	return out
}

func (g *Grid) isRight(column int) bool { return column < len(g.Right) && g.Right[column] }

// Paint colours a text for a terminal.
func Paint(text, colour string) string { return "\x1b[" + colour + "m" + text + "\x1b[0m" }
