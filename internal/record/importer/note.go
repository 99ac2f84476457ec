package importer

import (
	"errors"
	"io/fs"
	"os"
)

// Note is something that must be said aloud about a file, as data: whoever shows it puts it into the language of the
// reader. Its text is the message import.note.KEY, with the arguments in their order.
type Note struct {
	Key NoteKey
	// Args are of the types string (as it is), Path, int64 (a number, and as the first argument one that chooses the
	// plural form), float64 (a number), time.Time (a day) and []string (a list).
	Args []any
}

// Path is an argument of a Note that is the path of a file; what is passed on to others shows only its last part.
type Path string

// NoteKey says what a Note is about.
type NoteKey string

// What notes are about, with their arguments.
const (
	NoteSheet          NoteKey = "sheet"            // sheet that is read, other sheets
	NotePointZero      NoteKey = "point_zero"       // column, id as written, id as read
	NotePointZeroLater NoteKey = "point_zero_later" // column, id that is written otherwise, its line
	NoteSummaryOrders  NoteKey = "summary_orders"   // file
	NoteSummary        NoteKey = "summary"          // file
	NoteAsked          NoteKey = "asked"            // column, NPS or CSAT, highest score
	NoteNoRows         NoteKey = "no_rows"          //
	NoteOrderTotal     NoteKey = "order_total"      // column
	NoteOrderOnce      NoteKey = "order_once"       // column
	NoteEmptyColumn    NoteKey = "empty_column"     // column
	NoteCurrencies     NoteKey = "currencies"       // currency that counts
	NoteOtherCurrency  NoteKey = "other_currency"   // column, currency that counts
	NoteDayOrMonth     NoteKey = "day_or_month"     // column, date as written, day
	NoteDayFirst       NoteKey = "day_first"        // column, date as written, day
	NoteMonthFirst     NoteKey = "month_first"      // column, date as written, day
	NoteYearFirst      NoteKey = "year_first"       // column, date as written, day
	NoteMarkDecimal    NoteKey = "mark_decimal"     // column, number as written
	NoteMarkThousands  NoteKey = "mark_thousands"   // column, number as written
	NoteEncodingLater  NoteKey = "encoding_later"   // encoding
	NoteNotWritten     NoteKey = "not_written"      // number of rows, reason
	NoteElsewhere      NoteKey = "elsewhere"        // file that is read, file of rejected rows
	NoteOldRemoved     NoteKey = "old_removed"      // file of rejected rows
	NoteOldKept        NoteKey = "old_kept"         // file of rejected rows, reason
)

// NoteKeys lists what notes can be about.
func NoteKeys() []NoteKey {
	return []NoteKey{
		NoteSheet, NotePointZero, NotePointZeroLater, NoteSummaryOrders, NoteSummary, NoteAsked, NoteNoRows, NoteOrderTotal, NoteOrderOnce, NoteEmptyColumn, NoteCurrencies,
		NoteOtherCurrency, NoteDayOrMonth, NoteDayFirst, NoteMonthFirst, NoteYearFirst, NoteMarkDecimal, NoteMarkThousands,
		NoteEncodingLater, NoteNotWritten, NoteElsewhere, NoteOldRemoved, NoteOldKept,
	}
}

func note(key NoteKey, args ...any) Note { return Note{Key: key, Args: args} }

func (p *Plan) note(key NoteKey, args ...any) { p.Notes = append(p.Notes, note(key, args...)) }

// cause is what the system says of a file, without the name of the file, which may be a temporary one.
func cause(err error) string {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return firstLine(err).Error()
}
