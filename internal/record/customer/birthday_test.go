package customer_test

import (
	"testing"

	"regulars/internal/record/customer"
)

func TestABirthdayIsReadOfItsParts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		day, month, year string
		want             string // "-": refused
	}{
		{"", "", "", ""}, {"17", "5", "", "05-17"}, {" 7", "12 ", "1980", "1980-12-07"}, {"29", "2", "", "02-29"}, {"29", "2", "2000", "2000-02-29"},
		{"29", "2", "2001", "-"}, {"31", "2", "", "-"}, {"17", "", "", "-"}, {"", "5", "", "-"}, {"", "", "1980", "-"}, {"17", "5", "80", "-"},
		{"17", "13", "", "-"}, {"0", "5", "", "-"}, {"x", "5", "", "-"}, {"17", "5", "19 0", "-"}, {"1-1", "5", "", "-"}, {"17", "5", "9999", "-"},
	} {
		b, err := customer.BirthdayOf(c.day, c.month, c.year)
		if refused := c.want == "-"; refused != (err != nil) || !refused && b.String() != c.want {
			t.Errorf("%q, %q, %q is %q (%v), want %q", c.day, c.month, c.year, b, err, c.want)
		}
		if again, wrong := customer.ParseBirthday(c.want); err == nil && (wrong != nil || again != b) {
			t.Errorf("%q is read as %v (%v)", c.want, again, wrong)
		}
	}
}
