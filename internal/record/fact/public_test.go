package fact_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
)

func TestPublicIDsAreReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		id := fact.PublicID(fact.OrderPrefix, a, b)
		var c, d int64
		if err := fact.ParsePublicID(fact.OrderPrefix, id, &c, &d); err != nil || a != c || b != d {
			t.Fatalf("%d, %d are %s, which is %d, %d: %v", a, b, id, c, d, err)
		}
		other := fact.PublicID(fact.OrderPrefix, b, a)
		if (a < b) != (id < other) {
			t.Fatalf("%d and %d sort as %s and %s", a, b, id, other)
		}
	})
}

func TestPublicIDsLookTheSameForEver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		numbers []int64
		want    string
	}{
		{[]int64{0}, "cus_8000000000000"},
		{[]int64{1}, "cus_8000000000001"},
		{[]int64{-1}, "cus_7zzzzzzzzzzzz"},
		{[]int64{math.MaxInt64}, "cus_fzzzzzzzzzzzz"},
		{[]int64{math.MinInt64}, "cus_0000000000000"},
		{[]int64{1_000_000_000_000, 32}, "cus_80000x3aaa4008000000000010"},
	} {
		if id := fact.PublicID(fact.CustomerPrefix, c.numbers...); id != c.want {
			t.Errorf("%d: %s, want %s", c.numbers, id, c.want)
		}
	}
}

func TestWhatIsNoIDIsRefused(t *testing.T) {
	t.Parallel()
	good := fact.PublicID(fact.CustomerPrefix, 7)
	wrong := []string{"", "cus_", "7", good[:len(good)-1], good + "0", "ord" + good[3:], strings.ToUpper(good), "cus_g000000000000", "cus_u" + good[5:],
		good[:8] + "ü" + good[10:], "cus_" + strings.Repeat("0", 1000)}
	for _, id := range wrong {
		var n int64
		if err := fact.ParsePublicID(fact.CustomerPrefix, id, &n); fault.KindOf(err) != fault.Invalid || n != 0 || len(err.Error()) > 160 {
			t.Errorf("%q is read as %d: %v", id, n, err)
		}
	}
	if slices.Contains(wrong, good) {
		t.Error("a good one is among the wrong")
	}
}
