package gift

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/base/locale"
)

// How many are given something and kept back, of how many.
func TestParts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what        string
		s           Surprise
		qualified   int64
		gifts, held int64
	}{
		{"nobody", Surprise{Gifts: 5, HoldOut: 50}, 0, 0, 0},
		{"one, who is not kept back", Surprise{Gifts: 5, HoldOut: 90}, 1, 1, 0},
		{"two, one of whom is", Surprise{Gifts: 5, HoldOut: 1}, 2, 1, 1},
		{"two without a hold-out", Surprise{Gifts: 5}, 2, 2, 0},
		{"as many as there are gifts", Surprise{Gifts: 10, HoldOut: 10}, 10, 9, 1},
		{"more than there are gifts", Surprise{Gifts: 3, HoldOut: 20}, 100, 3, 20},
		{"a part of one is left out", Surprise{Gifts: 100, HoldOut: 10}, 19, 18, 1},
		{"nine of ten kept back", Surprise{Gifts: 100, HoldOut: 90}, 100, 10, 90},
		{"a budget that does not divide", Surprise{Unit: "points", Units: 7, Budget: 20, HoldOut: 10}, 100, 2, 10},
		{"a budget of one gift", Surprise{Unit: "points", Units: 7, Budget: 7}, 100, 1, 0},
		{"a budget for more than qualify", Surprise{Unit: "points", Units: 1, Budget: 1000, HoldOut: 25}, 8, 6, 2},
	} {
		if gifts, held := c.s.parts(c.qualified); gifts != c.gifts || held != c.held {
			t.Errorf("%s: %d gifts and %d kept back, want %d and %d", c.what, gifts, held, c.gifts, c.held)
		}
	}
}

// Whatever the budget, what is given of it altogether does not go over it, and what is left would not do for another gift unless
// everybody has one or is kept back.
func TestABudgetIsNeverExceeded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := Surprise{Unit: "points", Units: rapid.Int64Range(1, 500).Draw(t, "units"), HoldOut: rapid.Int64Range(0, mostHeld).Draw(t, "hold_out")}
		s.Budget = s.Units + rapid.Int64Range(0, 20_000).Draw(t, "more")
		list := make([]int64, rapid.IntRange(0, 300).Draw(t, "people"))
		for i := range list {
			list[i] = int64(i + 1)
		}
		gifts, held := s.parts(int64(len(list)))
		var spent, without int64
		for _, lot := range lots([]byte{1, 2, 3}, list, gifts, held) {
			switch lot {
			case Gifted:
				spent += s.Units
			case NotDrawn:
				without++
			case HeldOut, Missed:
			}
		}
		if spent > s.Budget {
			t.Fatalf("%d was given of %d", spent, s.Budget)
		}
		if without > 0 && s.Budget-spent >= s.Units {
			t.Fatalf("%d go without, though %d of %d are left for gifts of %d", without, s.Budget-spent, s.Budget, s.Units)
		}
	})
}

// Being kept back is a matter of chance too: each of twelve is a quarter of the times, and two who stand beside each other in the
// list no more often together than others.
func TestWhoIsKeptBackIsChance(t *testing.T) {
	t.Parallel()
	const people, held, seeds = 12, 3, 6000
	list := make([]int64, people)
	for i := range list {
		list[i] = int64(1000 + i)
	}
	kept, together := map[int64]int{}, 0
	for n := range seeds {
		dealt := lots([]byte{byte(n), byte(n >> 8), 'h'}, list, 4, held)
		for _, who := range list {
			if dealt[who] == HeldOut {
				kept[who]++
			}
		}
		if dealt[list[0]] == HeldOut && dealt[list[1]] == HeldOut {
			together++
		}
	}
	for _, who := range list {
		if n := kept[who]; n < 1330 || n > 1670 { // 1500 with a standard deviation of 34: five of them
			t.Errorf("%d was kept back %d times of %d", who, n, seeds)
		}
	}
	if together < 180 || together > 366 { // 3/12 * 2/11 of 6000 are 273, with a standard deviation of 16: more than five
		t.Errorf("two beside each other were kept back together %d times of %d", together, seeds)
	}
}

// Another seed deals otherwise; by the same seed, who is drawn of many is drawn of fewer too.
func TestAnotherSeedDealsOtherwise(t *testing.T) {
	t.Parallel()
	list := make([]int64, 100)
	for i := range list {
		list[i] = int64(i + 1)
	}
	given := func(seed string, list []int64) (all []int64) {
		for who, lot := range lots([]byte(seed), list, 50, 0) {
			if lot == Gifted {
				all = append(all, who)
			}
		}
		slices.Sort(all)
		return all
	}
	one, other := given("one", list), given("other", list)
	if slices.Equal(one, other) {
		t.Error("two seeds draw the same fifty of a hundred")
	}
	fewer := given("one", list[:90]) // who was drawn of all is drawn of fewer too
	for _, who := range one {
		if who <= 90 && !slices.Contains(fewer, who) {
			t.Errorf("%d is drawn of a hundred, and not of ninety", who)
		}
	}
}

// What was given is said in every language by number: one entry is not told like five, where the language tells them apart.
func TestEntriesAreSaidByNumber(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string][3]string{
		"en": {"1 entry in the prize draw May", "2 entries in the prize draw May", "5 entries in the prize draw May"},
		"ru": {"1 участие в розыгрыше May", "2 участия в розыгрыше May", "5 участий в розыгрыше May"},
		"zh": {"抽奖 May 的 1 份参与", "抽奖 May 的 2 份参与", "抽奖 May 的 5 份参与"},
		"el": {"1 συμμετοχή στην κλήρωση May", "2 συμμετοχές στην κλήρωση May", "5 συμμετοχές στην κλήρωση May"},
		"mk": {"1 учество во извлекувањето May", "2 учества во извлекувањето May", "5 учества во извлекувањето May"},
	} {
		l, err := locale.Get(tag)
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range []int64{1, 2, 5} {
			if is := (Words{Locale: l}).Gave(&Gift{Gave: []Gave{{Draw: "May", Entries: n}}}); is != want[i] {
				t.Errorf("%s: %q, want %q", tag, is, want[i])
			}
		}
	}
}
