package intake_test

import (
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/record/check"
)

// sound wants nothing to be found by the checks that an operator has, whatever was taken in before.
func sound(t *testing.T, d *db.DB) {
	t.Helper()
	for _, c := range check.Facts() {
		if found, err := c.Run(t.Context(), d); err != nil || found.N > 0 {
			t.Errorf("%s: found %+v, %v", c.Key, found, err)
		}
	}
}
