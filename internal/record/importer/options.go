package importer

import (
	"time"

	"regulars/internal/base/fault"
)

// Kind is what the rows of a file are.
type Kind string

// The kinds of file.
const (
	Orders    Kind = "orders"
	Customers Kind = "customers"
	Answers   Kind = "answers"
	Costs     Kind = "costs"
	Products  Kind = "products"
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Orders, Customers, Answers, Costs, Products} }

// Options say how to read; the zero value guesses everything.
type Options struct {
	Encoding string            // utf-8, utf-16, windows-1251, windows-1253, gb18030; empty: found out
	Kind     Kind              // what the rows are; empty: found out
	Map      map[string]string // role -> column, "#3", or product of columns ("Quantity*UnitPrice"); "" or "-": no column
	// MapLoosely skips entries of Map that this file has no column or no role for and lists them in Plan.Unmapped:
	// one map for several files. Otherwise they are errors.
	MapLoosely bool
	Zone       *time.Location // nil: UTC
	// Digits is how many decimals the currency has (2 for EUR, 0 for JPY, 3 for KWD).
	Digits int
	// Currency is the ISO code of the amounts that count; rows that say another one are rejected. Empty: the one
	// that most rows of the sample say.
	Currency      string
	AsOf          int64 // local microseconds; rows at or after it are "later"; 0: none are
	IgnoreReturns bool
	RejectZero    bool   // a row with a zero price (or amount) is rejected
	RejectedDir   string // where FILE.rejected.csv goes; empty: beside the file, else the current directory
	// Refused, when set, is asked of every row that would give a fact, in the order of the lines: a row for which it gives
	// a reason is rejected. It is for reading a file once more, when some of its facts could not be kept.
	Refused  func(line int64) (reason string, err error)
	Progress func(Progress) // called a few times a second; may be nil
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
	// RejectedFile is the path of the file with unreadable and rejected rows, empty when there are none or none
	// could be written (then Notes says why).
	RejectedFile string
	// Notes are what came to light only while reading.
	Notes []Note
}

// Usable refuses a file of which no row could be used, and says where the reasons are.
func (a Account) Usable(path string) error {
	if a.Rows == 0 || a.Unreadable+a.Rejected < a.Rows {
		return nil
	}
	where := ""
	if a.RejectedFile != "" {
		where = "; the reasons are in " + a.RejectedFile
	}
	return fault.Invalidf("%s: none of its %d rows can be used%s", path, a.Rows, where)
}
