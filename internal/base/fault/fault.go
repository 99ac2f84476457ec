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
)

// Fault is an error with a sentence for a person.
type Fault struct {
	Kind    Kind
	Message string
	Cause   error
}

func (f *Fault) Error() string { return f.Message }

// Unwrap gives the cause, for the log and for errors.Is.
func (f *Fault) Unwrap() error { return f.Cause }

// Invalidf says what in the input is wrong. A %w verb keeps the cause.
func Invalidf(format string, args ...any) error { return newf(Invalid, format, args...) }

// NotFoundf says what does not exist.
func NotFoundf(format string, args ...any) error { return newf(NotFound, format, args...) }

// Conflictf says what already is, and so cannot be made or changed like this.
func Conflictf(format string, args ...any) error { return newf(Conflict, format, args...) }

// Unavailablef says what cannot be reached now and may be later.
func Unavailablef(format string, args ...any) error { return newf(Unavailable, format, args...) }

func newf(kind Kind, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &Fault{Kind: kind, Message: err.Error(), Cause: errors.Unwrap(err)}
}

// KindOf finds the kind of an error; an error that is no Fault is Internal.
func KindOf(err error) Kind {
	var f *Fault
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}
