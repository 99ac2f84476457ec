package page

// Table is a table as the templates show it: in a region of its own that can be scrolled and focused.
type Table struct {
	ID      string
	Caption string
	Headed  bool // a heading above says the same: the caption is for those who do not see it
	Class   string
	Columns []Column
	Rows    []Row
	Foot    []string // sentences beneath
}

// Column is one column: its heading, and whether numbers stand in it.
type Column struct {
	Text    string
	Numeric bool
}

// Row is one row; its first cell is its heading.
type Row struct {
	Cells []TableCell
	Class string
}

// TableCell is one cell.
type TableCell struct {
	Text    string
	Sub     string // quieter, beneath
	Href    string
	Numeric bool
	Class   string
	Change  *Change
}

// WordColumn is a column of words, which stand left.
func WordColumn(s string) Column { return Column{Text: s} }

// NumberColumn is a column of numbers, which stand right.
func NumberColumn(s string) Column { return Column{Text: s, Numeric: true} }

// WordCell is a cell of words.
func WordCell(s string) TableCell { return TableCell{Text: s} }

// NumberCell is a cell of a number.
func NumberCell(s string) TableCell { return TableCell{Text: s, Numeric: true} }

// Add appends a row.
func (t *Table) Add(cells ...TableCell) { t.Rows = append(t.Rows, Row{Cells: cells}) }

// Change is what became of a measure since the period before: a sign and words, a class for the colour.
type Change struct {
	Sign     string // ▲ ▼ ≈ ?, for the eye only
	Text     string // +2.0 percentage points (+5%)
	Interval string
	Verdict  string // real, noise, too few
	Sentence string
	Class    string // better, worse, noise, few
}
