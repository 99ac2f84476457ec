package parse

// NumberVotes gathers over the cells of a column how its numbers are written.
type NumberVotes struct {
	Cells    int // cells that are not empty
	Numbers  int // of them numbers, by themselves
	Whole    int // of them without a fraction
	Negative int
	Dot      int // cells that can only have the dot as decimal mark
	Comma    int // cells that can only have the comma
	Unsure   int // cells like 1,234 or 1.234
	Example  string
	Signs    map[Sign]int // currency signs beside the numbers
	Min, Max float64
}

// Add counts a cell.
func (v *NumberVotes) Add(b []byte) {
	if len(b) == 0 {
		return
	}
	v.Cells++
	d, sign, status := NumberStyle{}.Parse(b)
	if status == Bad {
		return
	}
	v.Numbers++
	f := d.Float()
	if v.Numbers == 1 || f < v.Min {
		v.Min = f
	}
	if v.Numbers == 1 || f > v.Max {
		v.Max = f
	}
	if d.Mant < 0 {
		v.Negative++
	}
	if sign != "" {
		if v.Signs == nil {
			v.Signs = map[Sign]int{}
		}
		v.Signs[sign]++
	}
	if v.marks(b) {
		v.Whole++
	}
}

// marks counts what a cell says of the decimal mark; true when it has no mark at all.
func (v *NumberVotes) marks(b []byte) bool {
	body, _, _, ok := strip(b)
	if !ok {
		return false
	}
	s, ok := scan(body)
	if !ok {
		return false
	}
	if s.dots+s.commas == 0 {
		return true
	}
	switch mark, certain := s.mark(); {
	case !certain:
		v.Unsure++
		if v.Example == "" {
			v.Example = string(b)
		}
	case mark == '.':
		v.Dot++
	default:
		v.Comma++
	}
	return false
}

// Decided is the decimal mark of the column, and whether any cell told; without one it is 0.
func (v *NumberVotes) Decided() (mark byte, certain bool) {
	switch {
	case v.Dot == 0 && v.Comma == 0:
		return 0, v.Unsure == 0
	case v.Comma > v.Dot:
		return ',', true
	}
	return '.', true
}

// Share is how much of the filled cells are numbers, 0 to 1.
func (v *NumberVotes) Share() float64 {
	if v.Cells == 0 {
		return 0
	}
	return float64(v.Numbers) / float64(v.Cells)
}

// Sign is the currency most of the signs name, empty where there are none.
func (v *NumberVotes) Sign() Sign {
	var best Sign
	for s, n := range v.Signs {
		if n > v.Signs[best] || (n == v.Signs[best] && s < best) {
			best = s
		}
	}
	return best
}

// Lead is by how many cells the decimal mark decided on is ahead of the other.
func (v *NumberVotes) Lead() int {
	if v.Dot > v.Comma {
		return v.Dot - v.Comma
	}
	return v.Comma - v.Dot
}

// Forget empties the votes.
func (v *NumberVotes) Forget() { *v = NumberVotes{} }
