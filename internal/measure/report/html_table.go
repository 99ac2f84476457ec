package report

// tableView is a table as the templates show it: in a region of its own that can be scrolled and focused.
type tableView struct {
	ID      string
	Caption string
	Headed  bool // a heading above says the same: the caption is for those who do not see it
	Class   string
	Columns []columnView
	Rows    []rowView
	Foot    []string // sentences beneath
}

type columnView struct {
	Text    string
	Numeric bool
}

// rowView is one row; its first cell is its heading.
type rowView struct {
	Cells []cellView
	Class string
}

type cellView struct {
	Text    string
	Sub     string // quieter, beneath
	Href    string
	Numeric bool
	Class   string
	Change  *changeView
}

// Words stand left, numbers right.
func wordColumn(s string) columnView   { return columnView{Text: s} }
func numberColumn(s string) columnView { return columnView{Text: s, Numeric: true} }

func wordCell(s string) cellView   { return cellView{Text: s} }
func numberCell(s string) cellView { return cellView{Text: s, Numeric: true} }

func (t *tableView) add(cells ...cellView) { t.Rows = append(t.Rows, rowView{Cells: cells}) }
