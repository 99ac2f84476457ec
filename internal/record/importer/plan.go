package importer

import (
	"regulars/internal/record/importer/charset"
	"regulars/internal/record/importer/parse"
	"regulars/internal/record/importer/table"
)

// Column is one column of a file and what it was taken for.
type Column struct {
	Name  string // from the header, or "#3", as --map takes it
	Role  string // customer, order, date, time, product, category, quantity, price, amount, state, ...; attribute; ignored
	Guess string // why: by_name, by_content, by_map; empty for attributes
}

// Plan is how a file will be read: found out, shown to the user, and what --dry-run stops at.
type Plan struct {
	Path        string
	Kind        Kind
	Format      string // csv, xlsx, parquet
	Compression string // "", gzip, zstd
	Encoding    string
	Delimiter   string // ",", ";", "\t", "|", " " (runs of white space)
	Header      bool
	Columns     []Column
	Attributes  []string // names under which other columns are kept
	DateLayout  DateLayout
	DecimalMark string   // "." or ","
	Currency    string   // ISO code where the file's signs or column say so
	Lines       bool     // rows are lines of orders
	Notes       []Note   // what must be said aloud
	Unmapped    []string // entries of Options.Map that do not apply to this file (with MapLoosely)
	Sample      [][]string
	layout      layout
}

// layout is what Inspect keeps for Read.
type layout struct {
	source  sourceKind
	found   charset.Found
	auto    bool // the encoding is still open: all ASCII so far
	cut     table.Format
	skip    int // rows before the first row of data: title lines and the header
	columns []columnStyle
	roles   assignment
	own     bool // the file is one of our own files of rejected rows
}

// columnStyle is how the cells of a column are written.
type columnStyle struct {
	number parse.NumberStyle
	date   parse.DateStyle
	point0 bool // ids are written 17850.0
	digits bool // ids are plain digits, so that C and digits marks a cancellation
}

// assignment says which columns play which role.
type assignment struct {
	column  map[string]int // role -> column
	product []int          // columns whose product is the amount; empty: the amount has a column
	scores  []scoreColumn  // answers: columns with scores
	others  []int          // columns kept as attributes
	logged  bool           // rows in the state of a return are returns beside the rows of their sales
	once    bool           // the amount is the total of an order in each of its rows: it counts once an order
}

// at is the column of a role, -1 where there is none.
func (a *assignment) at(role string) int {
	if c, ok := a.column[role]; ok {
		return c
	}
	return -1
}

// scoreColumn is a column of answers to one question; kind and aspect where its name says them.
type scoreColumn struct {
	column       int
	kind, aspect string
}
