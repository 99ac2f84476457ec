package programme_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/programme"
	"regulars/internal/measure/metric"
	"regulars/internal/record/fact"
)

// askedOf draws what a form could hold.
func askedOf(t *rapid.T, line bool) programme.Asked {
	a := programme.Asked{Filled: map[string][]string{}}
	text := rapid.StringN(1, 12, 40).Filter(func(s string) bool { return strings.ToValidUTF8(s, "") == s })
	for _, p := range programme.Phrases() {
		if p.Line != line || !rapid.Bool().Draw(t, "asks "+p.Name) {
			continue
		}
		var filled []string
		switch p.Kind {
		case programme.PhraseFlag:
			filled = []string{"yes"}
		case programme.PhraseWhole:
			filled = []string{strconv.Itoa(rapid.IntRange(0, 999_999_999).Draw(t, p.Name))}
		case programme.PhraseAmount:
			filled = []string{strconv.FormatFloat(float64(rapid.Int64Range(0, 1e12).Draw(t, p.Name))/100, 'f', -1, 64)}
		case programme.PhraseSegment:
			filled = rapid.SliceOfNDistinct(rapid.SampledFrom(metric.Segments()), 1, 4, rapid.ID).Draw(t, p.Name)
		default:
			filled = rapid.SliceOfNDistinct(text, 1, 4, rapid.ID).Draw(t, p.Name)
		}
		a.Filled[p.Name] = filled
	}
	if len(a.Filled["joined"]) > 0 { // who is no member has not joined
		a.Filled["member"] = []string{"yes"}
	}
	own := []string{"", "time.month == 12", `order.attributes["gift"] == "yes" || time.hour < 9`, `order.amount > 3.0`}
	if line {
		own = []string{"", `line.attributes["size"] == "big"`, "line.quantity > 1.0 ? true : line.amount > 9.0"}
	}
	a.Own = rapid.SampledFrom(own).Draw(t, "own")
	return a
}

// What a form writes it reads again as it was, whatever the names are.
func TestFormsReadWhatTheyWrote(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.Bool().Draw(t, "line")
		a := askedOf(t, line)
		text, err := a.Write(line)
		if err != nil {
			t.Fatalf("%+v: %v", a, err)
		}
		if len(text) > 2000 {
			t.Skip("longer than a condition may be")
		}
		again, err := programme.Ask(text, line)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if once, err := again.Write(line); err != nil || once != text || !maps.EqualFunc(a.Filled, again.Filled, slices.Equal) || (a.Own == "") != (again.Own == "") {
			t.Fatalf("%s: %+v, want %+v, and is written as %s (%v)", text, again, a, once, err)
		}
	})
}

// Whatever somebody wrote, taken apart into a form and put together again it holds of the same orders.
func TestAFormChangesNoCondition(t *testing.T) {
	t.Parallel()
	parts := []string{"order.amount >= 20", "order.amount > 20.0", "order.amount>=5.5", "order.items >= 2", "order.items>=3.0", "customer.first_order", "!customer.first_order",
		"customer.member", "customer.member_days <= 30", "customer.member_days < 30", "customer.tier == 'gold'", "customer.tier in ['gold','silver']", "customer.orders >= 3",
		"customer.orders >= 1.5", "time.weekday == 'tue'", "(order.store == 'north' || order.channel == 'web')", "order.store in []", "order.channel != 'web'", "customer.days_away >= 10",
		"order.amount >= 1e1", "order.store == '\\'x\\''", "order.products.exists(p, p == 'tea')", "customer.spend >= 100", "true"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 1, 5).Draw(t, "parts"), rapid.SampledFrom([]string{" && ", "&&", " || "}).Draw(t, "between"))
		a, err := programme.Ask(text, false)
		if err != nil {
			t.Fatal(err)
		}
		again, err := a.Write(false)
		if err != nil {
			t.Fatal(err)
		}
		s := programme.Sale{Placed: fact.At(time.Date(2026, 3, rapid.IntRange(1, 28).Draw(t, "day"), 9, 0, 0, 0, time.UTC), time.UTC),
			Store: rapid.SampledFrom([]string{"", "north", "'x'"}).Draw(t, "store"), Channel: rapid.SampledFrom([]string{"", "web"}).Draw(t, "channel"),
			Lines: []programme.SaleLine{{Product: rapid.SampledFrom([]string{"tea", "cup"}).Draw(t, "product"), Quantity: float64(rapid.IntRange(1, 4).Draw(t, "n")),
				AmountMinor: rapid.SampledFrom([]int64{0, 550, 1000, 2000, 2001, 9000}).Draw(t, "amount")}}}
		k := programme.Known{Orders: rapid.Int64Range(0, 4).Draw(t, "orders"), Tier: rapid.SampledFrom([]string{"", "gold", "silver"}).Draw(t, "tier"),
			SpendMinor: rapid.SampledFrom([]int64{0, 10_000}).Draw(t, "spend"),
			Joined:     rapid.SampledFrom([]string{"", "2026-02-01"}).Draw(t, "joined"), LastDay: rapid.SampledFrom([]string{"", "2026-02-20"}).Draw(t, "last")}
		k.Member = k.Joined != ""
		if before, after := gives(t, text, &s, &k), gives(t, again, &s, &k); before != after {
			t.Fatalf("%q gives %d, and as a form writes it, %q, %d", text, before, again, after)
		}
	})
}

func gives(t *rapid.T, condition string, s *programme.Sale, k *programme.Known) int64 {
	c, err := programme.Compile(&programme.Document{Name: "P", Units: []programme.Unit{{Unit: "points"}},
		Rules: []programme.Rule{{Rule: "a", Name: "A", If: condition, Effect: programme.Effect{Fixed: &programme.Fixed{Unit: "points", Units: 7}}}}}, 1, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return c.Evaluate(programme.OnOrder, s, k, 2, func(*programme.Rule) programme.Allowance { return programme.Free() })[0].Units
}

// What there is no field for is kept as it was written, whole or beside what there is one for.
func TestConditionsOfOnesOwn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, own string
		line      bool
		filled    map[string][]string
	}{
		{"", "", false, nil},
		{"time.month==12  // in winter", "time.month==12  // in winter", false, nil},
		{"order.amount >= 20 && time.month == 12 && (time.hour < 9 || time.hour > 20)", "time.month == 12 && (time.hour < 9 || time.hour > 20)", false, map[string][]string{"amount": {"20"}}},
		{"order.amount >= 20.0 && order.amount >= 30.0", "order.amount >= 30.0", false, map[string][]string{"amount": {"20"}}},
		{"line.category == 'tea' && line.product == 'cup'", `line.product == "cup"`, true, map[string][]string{"category": {"tea"}}},
		{"(line.category == 'tea' || line.product in ['cup', 'pot']) && line.amount > 0.0", "", true, map[string][]string{"category": {"tea"}, "product": {"cup", "pot"}, "paid": {"yes"}}},
		{"order.amount >= 20.0", `order.amount >= 20.0`, true, nil}, // of an order, where lines are looked at
	} {
		a, err := programme.Ask(c.text, c.line)
		if err != nil {
			t.Fatal(err)
		}
		if a.Own != c.own || !maps.EqualFunc(a.Filled, c.filled, slices.Equal) {
			t.Errorf("%s: %+v", c.text, a)
		}
	}
	broken := programme.Asked{Own: "time.month == 12) || (true"}
	if text, err := broken.Write(false); err == nil {
		t.Errorf("written as %s", text)
	}
	hidden := programme.Asked{Own: "true // ", Filled: map[string][]string{"first": {"yes"}}}
	if text, err := hidden.Write(false); err != nil || text != "customer.first_order && true" {
		t.Errorf("%s, %v: a remark must not hide what stands beside it", text, err)
	}
}
