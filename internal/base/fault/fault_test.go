package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"regulars/internal/base/fault"
)

func TestAFaultSaysWhatProgramsAndPeopleNeed(t *testing.T) {
	t.Parallel()
	cause := errors.New("broken")
	err := fault.Invalidf("the quantity %d is too small: %w", 0, cause)
	err = fault.In("lines", fault.In("[2]", fault.In("quantity", fault.Coded("too_small", err))))
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Code != "too_small" || f.Field != "lines[2].quantity" {
		t.Fatalf("%+v", f)
	}
	if err := fault.Conflictf("order 7: %w", err); !errors.As(err, &f) || f.Kind != fault.Conflict || f.Code != "" || f.Field != "lines[2].quantity" {
		t.Errorf("more words: %+v", f)
	}
	if err.Error() != "the quantity 0 is too small: broken" || !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
}

func TestAnnotatingChangesNoOther(t *testing.T) {
	t.Parallel()
	one := fault.Forbiddenf("no")
	if err := fault.In("a", fault.Coded("c", one)); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("%v", err)
	}
	var f *fault.Fault
	if errors.As(one, &f); f.Field != "" || f.Code != "" {
		t.Errorf("the first one has changed: %+v", f)
	}
	wrapped := fmt.Errorf("reading: %w", one)
	if err := fault.In("a", wrapped); !errors.Is(err, wrapped) || err.Error() != "no" {
		t.Errorf("%v", err)
	}
	plain := errors.New("plain")
	if err := fault.In("a", plain); err != plain { //nolint:errorlint // the very one
		t.Errorf("%v", err)
	}
	if fault.In("a", nil) != nil || fault.KindOf(fault.Unknownf("who")) != fault.Unknown || fault.KindOf(plain) != fault.Internal {
		t.Error("kinds are mixed up")
	}
}

func TestANumberOutOfItsRangeCarriesTheRange(t *testing.T) {
	t.Parallel()
	err := fault.OutOfRange("lines[2].quantity", 1, 1000, 0)
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != "out_of_range" || f.Field != "lines[2].quantity" || f.Kind != fault.Invalid || f.Message != "from 1 to 1000, not 0" {
		t.Errorf("it is %+v", f)
	}
	var r *fault.Range
	if !errors.As(err, &r) || *r != (fault.Range{Least: 1, Most: 1000}) {
		t.Errorf("its range is %+v", r)
	}
}
