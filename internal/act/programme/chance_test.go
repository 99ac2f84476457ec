package programme_test

import (
	"math"
	"testing"

	"regulars/internal/act/programme"
	"regulars/internal/understand/predict"
)

// One more order is the chance of buying at all; money is turned into as many purchases as it takes.
func TestChanceOfATier(t *testing.T) {
	t.Parallel()
	score := predict.Score{Alive: .8, None: .4, Expected: 2, Purchase: 10}
	chance := func(by string, missing int64) (float64, bool) {
		return (&programme.Standing{Next: "gold", By: by, Missing: missing}).Chance(&score, 2)
	}
	if one, known := chance("orders", 1); !known || math.Abs(one-.6) > 1e-12 {
		t.Errorf("one order: %v", one)
	}
	two, _ := chance("visits", 2)
	spend, known := chance("spend", 1500)
	if !known || spend != two || !(two > 0 && two < .6) {
		t.Errorf("two visits: %v, as much money: %v, %v", two, spend, known)
	}
	if far, known := chance("spend", math.MaxInt64); !known || far != 0 {
		t.Errorf("out of reach: %v, %v", far, known)
	}
	if _, known := chance("units", 1); known {
		t.Error("units are known of purchases")
	}
	if _, known := (&programme.Standing{By: "orders"}).Chance(&score, 2); known {
		t.Error("above the highest tier is another")
	}
	score.Purchase = math.NaN()
	if _, known := chance("spend", 100); known {
		t.Error("no amounts are known, and how much is spent")
	}
}
