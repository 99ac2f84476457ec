package business_test

import (
	"bytes"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/secret"
	"regulars/internal/record/business"
	"regulars/internal/record/schema/schematest"
)

func TestAnotherKeyFileIsNoticed(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		first, other := secret.New(bytes.Repeat([]byte{1}, 32)), secret.New(bytes.Repeat([]byte{2}, 32))
		for i, c := range []struct {
			box  *secret.Box
			anew bool
			want fault.Kind
		}{
			{first, false, -1}, {first, false, -1}, {other, false, fault.Invalid}, {first, false, -1},
			{other, true, -1}, {other, false, -1}, {first, false, fault.Invalid},
		} {
			err := d.Write(t.Context(), func(tx *db.Tx) error { return business.SameKey(tx, c.box, c.anew) })
			if c.want == -1 && err != nil || c.want != -1 && fault.KindOf(err) != c.want {
				t.Errorf("%d: %v", i, err)
			}
		}
	})
}
