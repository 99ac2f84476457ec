package gift

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/base/fault"
)

// Whatever qualifies, everybody is dealt one lot; those who are given something and kept back are as many as was said, and never
// more than there are gifts; the same seed deals the same, whatever the order of the list.
func TestLotsAreDealtAsPlanned(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfNDistinct(rapid.Int64Range(1, 1<<40), 0, 60, rapid.ID).Draw(t, "list")
		s := Surprise{Gifts: rapid.Int64Range(1, 40).Draw(t, "gifts"), HoldOut: rapid.Int64Range(0, 90).Draw(t, "hold_out")}
		gifts, held := s.parts(int64(len(list)))
		n := int64(len(list))
		if gifts < 0 || held < 0 || gifts > s.Gifts || gifts+held > n || s.HoldOut > 0 && n > 1 && held == 0 || held > 0 && held > max(1, n*s.HoldOut/100) {
			t.Fatalf("of %d there are %d gifts and %d held back", n, gifts, held)
		}
		seed := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed")
		dealt := lots(seed, list, gifts, held)
		counts := map[Lot]int64{}
		for _, who := range list {
			counts[dealt[who]]++
		}
		if counts[Gifted] != gifts || counts[HeldOut] != held || counts[NotDrawn] != n-gifts-held {
			t.Fatalf("%v, of %d with %d gifts and %d held back", counts, n, gifts, held)
		}
		again := lots(seed, rapid.Permutation(list).Draw(t, "again"), gifts, held)
		for who, lot := range dealt {
			if again[who] != lot {
				t.Fatalf("%d was dealt %s, and then %s", who, lot, again[who])
			}
		}
	})
}

// Over many seeds each of ten is given something as often as the others: seven of ten times, as near as chance has it.
func TestChanceIsFair(t *testing.T) {
	t.Parallel()
	const people, seeds = 10, 4000
	list := make([]int64, people)
	for i := range list {
		list[i] = int64(i + 1)
	}
	given := map[int64]int{}
	for n := range seeds {
		for who, lot := range lots([]byte{byte(n), byte(n >> 8)}, list, 7, 2) {
			if lot == Gifted {
				given[who]++
			}
		}
	}
	for who, n := range given {
		if n < 2650 || n > 2950 { // 2800 with a standard deviation of 29: five of them
			t.Errorf("%d was given something %d times of %d", who, n, seeds)
		}
	}
}

func TestASurpriseThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	good := Surprise{Surprise: "spring", Name: "Spring", Unit: "points", Units: 5, Gifts: 10, HoldOut: 10, Gives: time.Now()}
	if err := good.Check(); err != nil || good.Count() != 10 {
		t.Fatal(err)
	}
	budget := good
	budget.Gifts, budget.Budget = 0, 54
	if err := budget.Check(); err != nil || budget.Count() != 10 {
		t.Errorf("of 54 units there are %d gifts of 5; %v", budget.Count(), err)
	}
	for name, one := range map[string]struct {
		change   func(s *Surprise)
		at, code string
	}{
		"key":       {func(s *Surprise) { s.Surprise = "Spring!" }, "surprise", "surprise_key"},
		"name":      {func(s *Surprise) { s.Name = " " }, "name", "name_length"},
		"lines":     {func(s *Surprise) { s.Name = "a\nb" }, "name", "name_length"},
		"nothing":   {func(s *Surprise) { s.Unit = "" }, "unit", "surprise_gift"},
		"both":      {func(s *Surprise) { s.Reward = "coffee" }, "unit", "surprise_gift"},
		"units":     {func(s *Surprise) { s.Units = 0 }, "units", "out_of_range"},
		"rewards":   {func(s *Surprise) { s.Unit, s.Reward = "", "coffee" }, "units", "surprise_gift"},
		"budget of": {func(s *Surprise) { s.Unit, s.Units, s.Gifts, s.Reward, s.Budget = "", 0, 0, "coffee", 9 }, "budget", "surprise_gift"},
		"no gifts":  {func(s *Surprise) { s.Gifts = 0 }, "gifts", "out_of_range"},
		"twice":     {func(s *Surprise) { s.Budget = 100 }, "budget", "surprise_gift"},
		"too small": {func(s *Surprise) { s.Gifts, s.Budget = 0, 4 }, "budget", "out_of_range"},
		"held":      {func(s *Surprise) { s.HoldOut = 91 }, "hold_out", "out_of_range"},
		"when":      {func(s *Surprise) { s.Gives = time.Time{} }, "gives", "required"},
		"segment":   {func(s *Surprise) { s.Who.Segment = "kings" }, "who.segment", "no_choice"},
		"orders":    {func(s *Surprise) { s.Who.Orders = -1 }, "who.orders", "out_of_range"},
		"condition": {func(s *Surprise) { s.Who.Condition = "order.amount > 1.0" }, "who.condition", "invalid"},
		"no truth":  {func(s *Surprise) { s.Who.Condition = "customer.orders" }, "who.condition", "invalid"},
	} {
		s := good
		one.change(&s)
		var f *fault.Fault
		err := s.Check()
		if !errors.As(err, &f) || f.Field != one.at || f.Code != one.code && one.code != "invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What two groups bought: where nothing but chance sets them apart it is noise, where each pays ten more it is real, and of a
// few nothing is said.
func TestTheEffectIsSaidHonestly(t *testing.T) {
	t.Parallel()
	side := func(n int, more int64) (s Side) {
		for i := range n {
			s.add(int64(i%7)*100 + more)
		}
		return s
	}
	for name, one := range map[string]struct {
		with, without Side
		paid          string
	}{
		"few": {side(29, 1000), side(500, 0), "too_few"}, "noise": {side(350, 0), side(351, 0), "noise"}, "real": {side(350, 1000), side(350, 0), "real"},
		"nobody": {side(0, 0), side(0, 0), "too_few"}, "all alike": {side(35, 0), Side{Customers: 40}, "real"},
	} {
		e := Effect{With: one.with, Without: one.without}
		if e.compare(); e.PaidVerdict != one.paid {
			t.Errorf("%s: %s, %+v", name, e.PaidVerdict, e.Paid)
		}
	}
	e := Effect{With: side(350, 1000), Without: side(350, 0)}
	if e.compare(); e.Paid.Difference != 1000 || e.Paid.Low > 1000 || e.Paid.High < 1000 || e.CameVerdict != "real" || e.With.Came != 350 || e.Without.Came != 300 {
		t.Errorf("%+v", e)
	}
}

func TestALetterIsInTheLanguageOfTheCustomer(t *testing.T) {
	t.Parallel()
	for _, one := range [][3]string{{"el", "RU", "el"}, {"el-GR", "", "el"}, {"", "CY", "el"}, {"", "MK", "mk"}, {"", "CN", "zh"}, {"", "US", "en"}, {"", "", "en"}, {"fr", "RU", "en"}, {"ru", "GR", "ru"}} {
		if is := language(one[0], one[1]); is != one[2] {
			t.Errorf("a customer of %q in %q reads %s, not %s", one[0], one[1], is, one[2])
		}
	}
}
