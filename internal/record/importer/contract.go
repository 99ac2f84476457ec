package importer

import (
	"context"
	"time"

	"regulars/internal/record/fact"
)

// Kind is what the rows of a file are.
type Kind string

// The kinds of file.
const (
	Orders    Kind = "orders"
	Customers Kind = "customers"
	Answers   Kind = "answers"
	Costs     Kind = "costs"
)

// Options say how to read; the zero value guesses everything.
type Options struct {
	Encoding string            // utf-8, utf-16, windows-1251, windows-1253, gb18030; empty: found out
	Map      map[string]string // role -> column or expression ("Quantity*UnitPrice"); for every file that has the column
	Zone     *time.Location    // nil: UTC
	// Digits is how many decimals the currency has (2 for EUR, 0 for JPY, 3 for KWD).
	Digits        int
	AsOf          int64 // local microseconds; rows at or after it are "later"; 0: none are
	IgnoreReturns bool
	RejectZero    bool           // a row with a zero price (or amount) is rejected
	Progress      func(Progress) // called a few times a second; may be nil
}

// Progress is how far the reading of a file is.
type Progress struct {
	File              string
	BytesRead, Bytes  int64 // of the file as it lies on disk (compressed)
	Rows              int64
	Elapsed, TimeLeft time.Duration // TimeLeft 0: not known yet
}

// Account says where every row of a file went; the parts add up to Rows.
type Account struct {
	Rows, Unreadable, Unidentified, Later, Ignored, Rejected, Recorded int64
	// Reasons counts unreadable and rejected rows by reason code (see Reason).
	Reasons map[string]int64
	// RejectedFile is the path of the file with unreadable and rejected rows, empty when there are none.
	RejectedFile string
}

// Column is one column of a file and what it was taken for.
type Column struct {
	Name  string // from the header, or "column 3"
	Role  string // customer, order, date, time, product, category, quantity, price, amount, state, ...; attribute; ignored
	Guess string // why: "by name", "by content", "by --map"
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
	DateLayout  string   // human: "day/month/year hour:minute"
	DecimalMark string   // "." or ","
	Currency    string   // ISO code where the file's signs or column say so
	Lines       bool     // rows are lines of orders
	Notes       []string // what must be said aloud: "11/12/2011 is read as 11 December ..."
	Sample      [][]string
	planState
}

// The two calls of the package: Inspect finds out how to read a file; (*Plan).Read reads it.
//
//	func Inspect(ctx context.Context, path string, opts Options) (*Plan, error)
//	func (p *Plan) Read(ctx context.Context, opts Options, emit func(*fact.Batch) error) (Account, error)
var _ = func(context.Context, *fact.Batch) {}

// planState is what Inspect keeps for Read.
type planState struct{}
