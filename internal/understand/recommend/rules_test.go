package recommend

import (
	"bufio"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// groceries is 9,835 baskets of 169 products, and their names.
func groceries(tb testing.TB) (baskets []Basket, names []string) {
	tb.Helper()
	numbers := map[string]int32{}
	lines := bufio.NewScanner(shared(tb, "groceries_baskets.csv.gz"))
	for lines.Scan() {
		var b Basket
		for _, name := range strings.Split(lines.Text(), ",") {
			n, known := numbers[name]
			if !known {
				n = int32(len(names))
				numbers[name] = n
				names = append(names, name)
			}
			b = append(b, n)
		}
		slices.Sort(b)
		baskets = append(baskets, slices.Compact(b))
	}
	return baskets, names
}

// The counts of arules on its own data set Groceries: 410 rules at support .001 and confidence .8, 39 of them at exactly
// .8 (mlxtend loses 4 of them to floating point); 463 at .006 and .25; 15 at .01 and .5.
func TestGroceriesRules(t *testing.T) {
	t.Parallel()
	baskets, names := groceries(t)
	for _, c := range []struct {
		least             int
		confidence        float64
		rules, atTheLimit int
	}{{10, .8, 410, 39}, {60, .25, 463, -1}, {99, .5, 15, -1}} {
		rules := Rules(baskets, len(names), c.least, c.confidence)
		exact := 0
		for _, r := range rules {
			if float64(r.Together) == c.confidence*float64(r.Before) || 10*r.Together == 8*r.Before {
				exact++
			}
		}
		if len(rules) != c.rules || c.atTheLimit >= 0 && exact != c.atTheLimit {
			t.Errorf("support %d, confidence %v: %d rules, %d at the limit; want %d and %d", c.least, c.confidence, len(rules), exact, c.rules, c.atTheLimit)
		}
	}
	for least, want := range map[int]int{99: 333, 60: 747, 10: 13492} {
		if got := len(Itemsets(baskets, len(names), least)); got != want {
			t.Errorf("%d sets in at least %d baskets, want %d", got, least, want)
		}
	}
	// The highest lift at support .006: herbs -> root vegetables, .007016, .431250, 3.956477.
	best := Rule{Baskets: 1, Before: 1, After: 1}
	for _, r := range Rules(baskets, len(names), 60, .25) {
		if r.Lift() > best.Lift() {
			best = r
		}
	}
	if names[best.If[0]] != "herbs" || names[best.Then] != "root vegetables" || math.Abs(best.Support()-.007016) > 5e-7 ||
		math.Abs(best.Confidence()-.431250) > 5e-7 || math.Abs(best.Lift()-3.956477) > 5e-7 {
		t.Errorf("%s -> %s: %v, %v, %v", names[best.If[0]], names[best.Then], best.Support(), best.Confidence(), best.Lift())
	}
}

// Against plain counting, on small random baskets.
func TestItemsetsByCounting(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 2))
	var baskets []Basket
	for range 150 {
		var b Basket
		for item := range int32(7) {
			if r.Float64() < .35 {
				b = append(b, item)
			}
		}
		baskets = append(baskets, b)
	}
	want := 0
	for set := 1; set < 1<<7; set++ {
		n := 0
		for _, b := range baskets {
			have := 0
			for _, item := range b {
				have |= 1 << item
			}
			if have&set == set {
				n++
			}
		}
		if n >= 8 {
			want++
		}
	}
	if got := Itemsets(baskets, 7, 8); len(got) != want {
		t.Errorf("%d sets, by counting %d", len(got), want)
	}
}

func BenchmarkGroceriesRules(b *testing.B) {
	baskets, names := groceries(b)
	for b.Loop() {
		Rules(baskets, len(names), 10, .8)
	}
}
