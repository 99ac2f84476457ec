package table

import "bytes"

// more is returned where a row does not end within the window.
const more = -1

// cut takes the row at start apart and returns where the next one begins.
func (t *Reader) cut(start int) int {
	win, cells := t.win, t.Row.Cells[:0]
	t.escaped = t.escaped[:0]
	for i := start; ; {
		if i < len(win) && (win[i] == '"' || win[i] == ' ') {
			if open := t.opening(i); open >= 0 {
				cell, end, outcome := t.quoted(open)
				switch outcome {
				case unfinished:
					return more
				case unclosed:
					return t.cutUnclosed(start)
				case untidy:
					t.escaped = append(t.escaped, len(cells))
				}
				cells = append(cells, cell)
				if end == len(win) {
					t.Row.Cells = cells
					return end
				}
				if win[end] == t.format.LineEnd {
					t.Row.Cells = cells
					return end + 1
				}
				i = end + 1
				continue
			}
		}
		j := i
		for j < len(win) && !t.stops[win[j]] {
			j++
		}
		if j == len(win) {
			if !t.last {
				return more
			}
			cells = append(cells, dropCR(win[i:j]))
			t.Row.Cells = cells
			return j
		}
		if win[j] == t.format.LineEnd {
			cells = append(cells, dropCR(win[i:j]))
			t.Row.Cells = cells
			return j + 1
		}
		cells = append(cells, win[i:j])
		i = j + 1
	}
}

// cutBlanks is cut for columns kept apart by runs of blanks.
func (t *Reader) cutBlanks(start int) int {
	win, cells := t.win, t.Row.Cells[:0]
	t.escaped = t.escaped[:0]
	for i := start; ; {
		for i < len(win) && (win[i] == ' ' || win[i] == '\t' || (win[i] == '\r' && t.format.LineEnd == '\n')) {
			i++
		}
		if i == len(win) {
			if !t.last {
				return more
			}
			t.Row.Cells = cells
			return i
		}
		if win[i] == t.format.LineEnd {
			t.Row.Cells = cells
			return i + 1
		}
		var cell []byte
		if win[i] == '"' {
			var outcome outcome
			cell, i, outcome = t.quoted(i)
			switch outcome {
			case unfinished:
				return more
			case unclosed:
				return t.cutUnclosed(start)
			case untidy:
				t.escaped = append(t.escaped, len(cells))
			}
		} else {
			j := i
			for j < len(win) && !t.stops[win[j]] {
				j++
			}
			if j == len(win) && !t.last {
				return more
			}
			cell, i = dropCR(win[i:j]), j
		}
		cells = append(cells, cell)
	}
}

// dropCR takes off the CR of a CRLF line end.
func dropCR(cell []byte) []byte {
	if n := len(cell); n > 0 && cell[n-1] == '\r' {
		return cell[:n-1]
	}
	return cell
}

// opening finds the quote that opens the cell at i, after blanks; -1: the cell is not quoted.
func (t *Reader) opening(i int) int {
	for i < len(t.win) && t.win[i] == ' ' {
		i++
	}
	if i < len(t.win) && t.win[i] == '"' {
		return i
	}
	return -1
}

// outcome is how the reading of a quoted cell went.
type outcome uint8

const (
	tidy       outcome = iota
	untidy             // has doubled quotes, or text after the closing one
	unclosed           // nothing closes it
	unfinished         // the window ends first
)

// quoted reads the cell whose opening quote is at open: the cell and the offset of what ends it.
func (t *Reader) quoted(open int) (cell []byte, end int, _ outcome) {
	win, k, doubled := t.win, open+1, false
	for {
		q := bytes.IndexByte(win[k:], '"')
		if q < 0 {
			return nil, 0, t.unterminated(open)
		}
		k += q
		if k+1 == len(win) && !t.last {
			return nil, 0, unfinished
		}
		if k+1 < len(win) && win[k+1] == '"' {
			doubled = true
			k += 2
			continue
		}
		break
	}
	lines := bytes.Count(win[open:k], []byte{t.format.LineEnd})
	if lines > 0 && (t.loose >= maxLoose || k-open > maxQuoted) {
		return nil, 0, unclosed
	}
	t.lines += int64(lines)
	end = k + 1
	if end+1 < len(win) && win[end] == '\r' && win[end+1] == t.format.LineEnd {
		end++ // CRLF
	} else if end+1 == len(win) && win[end] == '\r' {
		if !t.last {
			return nil, 0, unfinished
		}
		end++
	}
	if end == len(win) || t.stops[win[end]] {
		if doubled {
			return win[open : k+1], end, untidy
		}
		return win[open+1 : k], end, tidy
	}
	if lines > 0 {
		return nil, 0, unclosed // what closes it looks like the opening quote of a later cell
	}
	for end < len(win) && !t.stops[win[end]] {
		end++
	}
	if end == len(win) && !t.last {
		return nil, 0, unfinished
	}
	return dropCR(win[open:end]), end, untidy
}

// unterminated decides whether a cell without a closing quote in the window may still get one.
func (t *Reader) unterminated(open int) outcome {
	if t.last || len(t.win)-open > maxQuoted {
		return unclosed
	}
	if t.loose >= maxLoose && bytes.IndexByte(t.win[open:], t.format.LineEnd) >= 0 {
		return unclosed
	}
	return unfinished
}

// cutUnclosed takes the one line at start apart without regard to quotes.
func (t *Reader) cutUnclosed(start int) int {
	t.loose++
	t.Row.Flaw, t.lines = Unclosed, 1
	t.escaped = t.escaped[:0]
	line, end := t.win[start:], len(t.win)
	if n := bytes.IndexByte(line, t.format.LineEnd); n >= 0 {
		line, end = line[:n], start+n+1
	}
	line = dropCR(line)
	cells := t.Row.Cells[:0]
	for {
		n := bytes.IndexByte(line, t.format.Delimiter)
		if n < 0 {
			break
		}
		cells, line = append(cells, line[:n]), line[n+1:]
	}
	cells = append(cells, line)
	t.Row.Cells = cells
	return end
}

// unescape takes the quotes out of the cells that have doubled ones or text after the closing one.
func (t *Reader) unescape() {
	for _, i := range t.escaped {
		cell := t.Row.Cells[i]
		out, inside := cell[:0], true
		for j := 1; j < len(cell); j++ {
			c := cell[j]
			if inside && c == '"' {
				if j+1 == len(cell) || cell[j+1] != '"' {
					inside = false
					continue
				}
				j++
			}
			out = append(out, c)
		}
		t.Row.Cells[i] = out
	}
}
