// Package fault is the one error type that people outside the program see.
//
// A Fault has a kind (what sort of trouble), a sentence that is safe and useful to show (what is wrong, where,
// and what to do), and optionally the cause, which is for the log only. Functions that cannot say anything useful
// to a person return plain errors; the place that knows the file, the option or the row wraps them.
package fault

import (
	"errors"
	"fmt"
)

// Kind sorts faults by what the caller can do about them.
type Kind int

// The kinds; Internal is the zero value so that an unclassified error never looks like the user's mistake.
const (
	Internal Kind = iota
	Invalid
	NotFound
	Conflict
	Forbidden
	Unavailable
	// Unknown is whoever has not said, or not proved, who they are.
	Unknown
)

// Fault is an error with a sentence for a person.
type Fault struct {
	Kind    Kind
	Message string
	Cause   error
	// Code is a word for programs, such as key_expired, that never changes; empty: nothing beyond the kind.
	Code string
	// Field is the part of the input it is about, such as lines[2].quantity; empty: the whole.
	Field string
}

func (f *Fault) Error() string { return f.Message }

// Unwrap gives the cause, for the log and for errors.Is.
func (f *Fault) Unwrap() error { return f.Cause }

// Invalidf says what in the input is wrong. A %w verb keeps the cause, and the field that it is about.
func Invalidf(format string, args ...any) error { return newf(Invalid, format, args...) }

// NotFoundf says what does not exist.
func NotFoundf(format string, args ...any) error { return newf(NotFound, format, args...) }

// Conflictf says what already is, and so cannot be made or changed like this.
func Conflictf(format string, args ...any) error { return newf(Conflict, format, args...) }

// Unavailablef says what cannot be reached now and may be later.
func Unavailablef(format string, args ...any) error { return newf(Unavailable, format, args...) }

// Forbiddenf says what whoever asks may not do.
func Forbiddenf(format string, args ...any) error { return newf(Forbidden, format, args...) }

// Unknownf says that it is not known who asks.
func Unknownf(format string, args ...any) error { return newf(Unknown, format, args...) }

// Coded gives a fault its word for programs. An error that is no fault stays as it is.
func Coded(code string, err error) error {
	return with(err, func(f *Fault) { f.Code = code })
}

// In says which part of the input a fault is about; what it names already is within that part. An error that is no
// fault stays as it is.
func In(field string, err error) error {
	return with(err, func(f *Fault) {
		switch {
		case f.Field == "":
			f.Field = field
		case f.Field[0] == '[':
			f.Field = field + f.Field
		default:
			f.Field = field + "." + f.Field
		}
	})
}

// Range is which numbers would have made sense: the cause of a fault, for whoever says it in another language.
type Range struct{ Least, Most, Is int64 }

func (r *Range) Error() string { return fmt.Sprintf("from %d to %d, not %d", r.Least, r.Most, r.Is) }

// OutOfRange says of a part of the input that its number is outside the range.
func OutOfRange(field string, least, most, is int64) error {
	return In(field, Coded("out_of_range", Invalidf("%w", &Range{least, most, is})))
}

func with(err error, change func(*Fault)) error {
	var f *Fault
	if !errors.As(err, &f) {
		return err
	}
	changed := *f
	if f != err { //nolint:errorlint // the very one: what is wrapped around it is kept as the cause
		changed.Cause = err
	}
	change(&changed)
	return &changed
}

func newf(kind Kind, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	f := &Fault{Kind: kind, Message: err.Error(), Cause: errors.Unwrap(err)}
	var cause *Fault
	if errors.As(f.Cause, &cause) {
		f.Field = cause.Field // more words about the same part
	}
	return f
}

// KindOf finds the kind of an error; an error that is no Fault is Internal.
func KindOf(err error) Kind {
	var f *Fault
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}
