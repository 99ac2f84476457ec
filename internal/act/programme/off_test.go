package programme_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"regulars/internal/act/programme"
)

// TestAQuoteIsWhatTheSaleComesTo takes off random sales what random rules take off them: recorded so, the same comes of them as was
// quoted, nothing costs less than nothing, and what the rules say adds up to what was taken off.
func TestAQuoteIsWhatTheSaleComesTo(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 4)) //nolint:gosec // no secret
	effects := []string{
		`"effect": {"discount": {"percent": 37.5}}`, `"effect": {"discount": {"amount_minor": 900}}`, `"effect": {"card": {"every": 3}}`,
		`"effect": {"rate": {"unit": "points", "units": 3, "per_minor": 70}}`, `"effect": {"gift": {"text": "A cup"}}`, `"effect": {"times": {"unit": "points", "factor": 2}}`,
	}
	asks := []string{"", `"if": "order.amount >= 20.0", `, `"lines": "line.category == 'tea'", `, `"lines": "line.amount > 5.0", `, `"if": "order.discount < 1.0", `}
	off := 0
	for range 3000 {
		var rules []string
		for i := range 1 + r.IntN(5) {
			group := ""
			if r.IntN(3) == 0 {
				group = `"group": "g", `
			}
			rules = append(rules, fmt.Sprintf(`{"rule": "r%d", "name": "R%d", "include": ["tax"], %s%s%s}`, i, i, asks[r.IntN(len(asks))], group, effects[r.IntN(len(effects))]))
		}
		c := compiled(t, strings.Join(rules, ","))
		s := programme.Sale{DiscountMinor: r.Int64N(2) * 300}
		for range 1 + r.IntN(4) {
			s.Lines = append(s.Lines, programme.SaleLine{Category: []string{"tea", "cake"}[r.IntN(2)], Quantity: float64(1 + r.IntN(4)), AmountMinor: r.Int64N(2800) - 300})
		}
		known := programme.Known{Sums: map[string]int64{}}
		for i := range rules {
			known.Sums[fmt.Sprint("r", i)] = r.Int64N(3)
		}
		quoted, taken := c.Quote(&s, &known, 2, endless)
		sold := s
		sold.Lines = slices.Clone(s.Lines)
		var sum, said int64
		for i, n := range taken {
			l := &sold.Lines[i]
			l.AmountMinor, l.OffMinor = l.AmountMinor-n, n
			sum += n
			if sold.DiscountMinor += n; n < 0 || n > 0 && l.AmountMinor < 0 {
				t.Fatalf("%s\n%+v: %v is taken off", rules, s, taken)
			}
		}
		if before, left := amount(&s), amount(&sold); left < min(before, 0) {
			t.Fatalf("%s\n%+v: %d is left to pay of %d", rules, s, left, before)
		}
		for i := range quoted {
			said += quoted[i].DiscountMinor
		}
		if off += int(sum); sum != said {
			t.Fatalf("%s\n%+v: %d is taken off, and the rules say %d", rules, s, sum, said)
		}
		if kept := c.Evaluate(programme.OnOrder, &sold, &known, 2, endless); !slices.Equal(kept, quoted) {
			t.Fatalf("%s\n%+v: quoted\n%+v\nand kept\n%+v", rules, s, quoted, kept)
		}
		// Quoted as it was sold, nothing more is taken off.
		if again, more := c.Quote(&sold, &known, 2, endless); sum > 0 && (!slices.Equal(again, quoted) || slices.Max(more) != 0) {
			t.Fatalf("%s\n%+v: quoted again\n%+v, %v", rules, sold, again, more)
		}
	}
	if off == 0 {
		t.Error("nothing was ever taken off")
	}
}

// What several rules take off is taken one after the other, from what those before left.
func TestNothingIsTakenOffTwice(t *testing.T) {
	t.Parallel()
	c := compiled(t, `{"rule": "tea", "name": "Tea is free", "include": ["tax"], "lines": "line.category == 'tea'", "effect": {"discount": {"percent": 100}}},
		{"rule": "more", "name": "A fifth of tea", "include": ["tax"], "lines": "line.category == 'tea'", "effect": {"discount": {"percent": 20}}},
		{"rule": "all", "name": "Half of all", "include": ["tax"], "effect": {"discount": {"percent": 50}}}`)
	s := programme.Sale{Lines: []programme.SaleLine{{Category: "tea", Quantity: 1, AmountMinor: 1000}, {Category: "cake", Quantity: 1, AmountMinor: 600}}}
	results, off := c.Quote(&s, &programme.Known{}, 2, endless)
	if !slices.Equal(off, []int64{1000, 300}) || results[0].DiscountMinor != 1000 || results[1].Gave() || results[2].DiscountMinor != 300 {
		t.Errorf("%v, %+v", off, results)
	}
}

// An amount is taken out of what is left, wherever that is; a percentage is that part of each line. A coupon of the shop's, which is a
// line below nothing, stays as it is, and nobody is paid for buying.
func TestAnAmountIsOffWhatIsLeft(t *testing.T) {
	t.Parallel()
	c := compiled(t, `{"rule": "tea", "name": "Tea is free", "include": ["tax"], "lines": "line.category == 'tea'", "effect": {"discount": {"percent": 100}}},
		{"rule": "five", "name": "Five off", "include": ["tax"], "effect": {"discount": {"amount_minor": 500}}}`)
	for _, one := range []struct {
		lines []int64 // tea, cake and a coupon
		off   []int64
	}{
		{[]int64{1000, 1000, 0}, []int64{1000, 500, 0}}, {[]int64{1000, 300, 0}, []int64{1000, 300, 0}}, {[]int64{1000, 1000, -200}, []int64{1000, 500, 0}},
		{[]int64{1000, 1000, -1400}, []int64{600, 0, 0}}, {[]int64{0, 0, -200}, []int64{0, 0, 0}},
	} {
		s := programme.Sale{Lines: []programme.SaleLine{{Category: "tea", Quantity: 1, AmountMinor: one.lines[0]}, {Category: "cake", Quantity: 1, AmountMinor: one.lines[1]}, {Category: "coupon", Quantity: 1, AmountMinor: one.lines[2]}}}
		if _, off := c.Quote(&s, &programme.Known{}, 2, endless); !slices.Equal(off, one.off) {
			t.Errorf("%v: %v is off, want %v", one.lines, off, one.off)
		}
	}
}

func amount(s *programme.Sale) (sum int64) {
	for i := range s.Lines {
		sum += s.Lines[i].AmountMinor
	}
	return sum
}

// One of a group that has nothing left to give keeps no other of it from giving.
func TestALimitKeepsNoOtherOfTheGroup(t *testing.T) {
	t.Parallel()
	rule := func(name string, priority int) string {
		return fmt.Sprintf(`{"rule": %q, "name": %q, "group": "g", "priority": %d, "limit": {"times": 1}, "effect": {"fixed": {"unit": "points", "units": 1}}}`, name, name, priority)
	}
	c := compiled(t, rule("a", 2)+","+rule("b", 1)+","+rule("c", 0))
	s := bought()
	for used, want := range map[string][]programme.Why{
		"": {programme.Fine, programme.Beaten, programme.Beaten}, "a": {programme.LimitReached, programme.Fine, programme.Beaten},
		"abc": {programme.LimitReached, programme.LimitReached, programme.LimitReached},
	} {
		var why []programme.Why
		for _, r := range c.Evaluate(programme.OnOrder, &s, &programme.Known{}, 2, func(r *programme.Rule) programme.Allowance {
			a := programme.Free()
			if strings.Contains(used, r.Rule) {
				a.Uses = 0
			}
			return a
		}) {
			why = append(why, r.Why)
		}
		if !slices.Equal(why, want) {
			t.Errorf("with %q used: %q, want %q", used, why, want)
		}
	}
}
