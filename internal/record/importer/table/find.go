package table

import "bytes"

// candidates are the delimiters looked for, the surest sign of a table first.
const candidates = "\t;|,"

// Find guesses how a sample is cut. Whole says that the sample is all of the text; otherwise its last line is left
// out. Cells is how many cells most rows have.
func Find(sample []byte, whole bool) (f Format, cells int) {
	lineEnd := byte('\n')
	if bytes.IndexByte(sample, '\n') < 0 && bytes.IndexByte(sample, '\r') >= 0 {
		lineEnd = '\r'
	}
	if i := bytes.LastIndexByte(sample, lineEnd); i >= 0 && !whole {
		sample = sample[:i+1]
	}
	best, width, share := byte(','), 1, 0.0
	for _, d := range []byte(candidates) {
		w, s := regularity(sample, Format{Delimiter: d, LineEnd: lineEnd})
		if w >= 2 && better(w, s, width, share) {
			best, width, share = d, w, s
		}
	}
	if width < 2 || share < 0.9 {
		if w, s := regularity(sample, Format{Delimiter: ' ', LineEnd: lineEnd}); w >= 2 && s >= 0.95 {
			best, width = ' ', w
		}
	}
	return Format{Delimiter: best, LineEnd: lineEnd}, width
}

// better prefers the more regular cut, and of two about equally regular ones the wider.
func better(w int, s float64, width int, share float64) bool {
	switch {
	case width < 2:
		return true
	case s > share+0.05:
		return true
	case s < share-0.05:
		return false
	}
	return w > width
}

// regularity is how many cells the rows most often have, and the share of rows that have so many.
func regularity(sample []byte, f Format) (cells int, share float64) {
	const enough = 1000
	t := NewBytesReader(bytes.Clone(sample), f)
	counts := map[int]int{}
	rows, first := 0, 0
	for rows < enough && t.Next() {
		rows++
		if rows == 1 {
			first = len(t.Row.Cells)
		}
		if t.Row.Flaw != Unclosed {
			counts[len(t.Row.Cells)]++
		}
	}
	for c, n := range counts {
		if n > counts[cells] || (n == counts[cells] && c > cells) {
			cells = c
		}
	}
	if rows == 0 {
		return 0, 0
	}
	if first == cells-1 && rows > 2 {
		rows-- // a header without a name for the row numbers
	}
	return cells, float64(counts[cells]) / float64(rows)
}
