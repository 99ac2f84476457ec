package predict

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"
)

// business draws the purchases of customers who come over the first year, for so many days in all, by a law; more says how
// much likelier a purchase is kept on a day, at most 1.
func business(m Model, n int, days int32, seed uint64, more func(day int32) float64) *History {
	r := rand.New(rand.NewPCG(seed, 9))
	var g Gatherer
	const start = 14610 // 1 January 2010
	for i := range n {
		first := start + int32(r.IntN(365))
		id := strconv.Itoa(i)
		g.Add(id, first, 500+int64(r.IntN(2000)))
		moments, _ := life(m, r, float64(start+days-first))
		for _, at := range moments {
			day := first + int32(at)
			if more == nil || r.Float64() < more(day) {
				g.Add(id, day, 500+int64(r.IntN(2000)))
			}
		}
	}
	return g.History()
}

func options(h *History) Options {
	return Options{End: h.Last, Days: 90, Terms: DefaultTerms(), Digits: 2}
}

// foresee fails the test where nothing is foretold.
func foresee(t *testing.T, h *History, o Options) *Outlook {
	t.Helper()
	out, err := Foresee(h, o)
	if err != nil {
		t.Fatal(err)
	}
	if out.Lack != NothingLacks {
		t.Fatalf("nothing is foretold: %s", out.Lack)
	}
	return out
}

// Nothing sees the future: with other purchases after the day that is looked from, the same is foretold, to the bit.
func TestNothingSeesTheFuture(t *testing.T) {
	t.Parallel()
	h := business(Geometric{K: 1, AtOnce: true, R: .8, Alpha: 25, A: .6, B: 1.8}, 400, 600, 1, nil)
	end := h.Last - 90
	var other Gatherer
	for _, p := range h.People {
		for i, day := range p.Days {
			if day <= end {
				other.Add(p.ID, day, p.Minor[i])
			}
		}
		other.Add(p.ID, h.Last-3, 1_000_000) // a leak, if anything looked
		other.Add(p.ID, h.Last, 1_000_000)
	}
	for _, calibration := range []int32{0, end} {
		o := options(h)
		o.Calibration = calibration
		if calibration == 0 {
			o.End = end
		}
		want, got := foresee(t, h, o), foresee(t, other.History(), o)
		for i := range want.Candidates {
			if !reflect.DeepEqual(want.Candidates[i].Fit, got.Candidates[i].Fit) {
				t.Errorf("%s is fitted to the future", want.Candidates[i].Name)
			}
		}
		for i := range want.Scores {
			a, b := want.Scores[i], got.Scores[i]
			if calibration != 0 && want.Chosen != got.Chosen {
				break // the choice may look at the test, the laws may not
			}
			if a.Expected != b.Expected || a.None != b.None || a.Value != b.Value || a.Purchase != b.Purchase {
				t.Fatalf("customer %s: %+v with one future, %+v with another", a.ID, a, b)
			}
		}
		for i, test := range want.Candidates[0].Tests {
			if p := got.Candidates[0].Tests[i].Predicted; p != test.Predicted {
				t.Errorf("the test on %d foretold %v with one future, %v with another", test.End, test.Predicted, p)
			}
		}
	}
}

// The law that made the purchases is chosen, or one that cannot be told from it.
func TestTheRightLawIsChosen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		m       Model
		allowed []string
	}{
		"regular gaps": {Geometric{K: 3, R: 1.5, Alpha: 25, A: .5, B: 4}, []string{"bg-cnbd-3"}},
		"leaving":      {Geometric{K: 1, AtOnce: true, R: 1.5, Alpha: 25, A: .8, B: 2}, []string{"mbg-nbd", "bg-nbd"}},
		"for ever":     {NBD{R: 1.5, Alpha: 40}, []string{"nbd"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := business(c.m, 1500, 600, 2, nil)
			out := foresee(t, h, options(h))
			right := false
			for _, name := range c.allowed {
				right = right || out.Best().Name == name
			}
			if !right {
				t.Errorf("%s is chosen (%s), want %v", out.Best().Name, out.Choice, c.allowed)
			}
			if _, never := c.m.(NBD); never != (out.Choice == NoDropOut) {
				t.Errorf("%s: %s", out.Best().Name, out.Choice)
			}
			last := out.Best().Tests[0]
			if off := math.Abs(last.Actual-last.Predicted) / math.Sqrt(last.Square); off > 4 {
				t.Errorf("%.0f foretold, %.0f came: %.1f standard errors", last.Predicted, last.Actual, off)
			}
		})
	}
}

// A shop that sells twice as much in December as else is foretold better with the season than without.
func TestSeasonIsFound(t *testing.T) {
	t.Parallel()
	december := func(day int32) float64 {
		if monthOf(day) == 11 {
			return 1
		}
		return .5
	}
	// Three years and eleven months: what is ahead is December and after.
	h := business(NBD{R: 2, Alpha: 25}, 500, 3*365+334, 3, december)
	o := options(h)
	o.Days = 31
	out := foresee(t, h, o)
	if out.Season == nil {
		t.Fatal("no season is found")
	}
	if i := out.Season.Index; !(i[11] > 1.6 && i[11] < 2.1 && i[5] > .8 && i[5] < 1.1) {
		t.Errorf("index %v", i)
	}
	plain, err := FitModel(out.Best().Name, NewSample(statsUntil(h, h.Last)))
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, s := range out.Scores {
		sum += plain.Model.Expect(s.Stat, 31)
	}
	if ratio := out.Totals.Expected.Value / sum; !(ratio > 1.5 && ratio < 2.1) {
		t.Errorf("December is foretold as %.2f of the law's", ratio)
	}
	// Two months are not two seasons.
	short := business(NBD{R: 2, Alpha: 25}, 500, 500, 3, december)
	if out := foresee(t, short, options(short)); out.Season != nil {
		t.Error("a season is found in less than two years")
	}
}

func statsUntil(h *History, day int32) []Stat {
	stats, _ := h.Stats(day)
	return stats
}

// Without a season in the data the index is about one, whatever is drawn.
func TestNoSeason(t *testing.T) {
	t.Parallel()
	h := business(NBD{R: 2, Alpha: 25}, 600, 3*365, 5, nil)
	s := h.season(NBD{R: 2, Alpha: 25}, h.Last)
	if s == nil {
		t.Fatal("three years are two seasons")
	}
	for month, i := range s.Index {
		if math.Abs(i-1) > .1 {
			t.Errorf("month %d has an index of %.3f", month+1, i)
		}
	}
}

func TestTooLittleToForetell(t *testing.T) {
	t.Parallel()
	add := func(g *Gatherer, n int, days ...int32) {
		for i := range n {
			for _, day := range days {
				g.Add(strconv.Itoa(int(days[0]))+"-"+strconv.Itoa(i), 1000+day, 100)
			}
		}
	}
	for name, c := range map[string]struct {
		build func(*Gatherer)
		want  Lack
	}{
		"one customer":          {func(g *Gatherer) { add(g, 1, 0, 10, 50) }, FewCustomers},
		"nobody came back":      {func(g *Gatherer) { add(g, 100, 0); add(g, 100, 60) }, FewRepeats},
		"a few days":            {func(g *Gatherer) { add(g, 100, 0, 3, 9) }, ShortTime},
		"a thousand on one day": {func(g *Gatherer) { add(g, 1000, 0) }, ShortTime},
		"enough":                {func(g *Gatherer) { add(g, 40, 0, 30, 80); add(g, 40, 10) }, NothingLacks},
	} {
		var g Gatherer
		c.build(&g)
		h := g.History()
		out, err := Foresee(h, options(h))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if out.Lack != c.want {
			t.Errorf("%s: %q lacks, want %q", name, out.Lack, c.want)
		}
	}
}

// No file makes it fail: zero spend, identical customers, purchases every day, ten years of gaps.
func TestNoBusinessFails(t *testing.T) {
	t.Parallel()
	for name, build := range map[string]func(g *Gatherer, i int){
		"zero spend": func(g *Gatherer, i int) { g.Add(strconv.Itoa(i), int32(i), 0); g.Add(strconv.Itoa(i), int32(i+40), 0) },
		"identical":  func(g *Gatherer, i int) { g.Add(strconv.Itoa(i), 0, 500); g.Add(strconv.Itoa(i), 200, 500) },
		"ten years":  func(g *Gatherer, i int) { g.Add(strconv.Itoa(i), int32(i%7), 500); g.Add(strconv.Itoa(i), 3650, 700) },
		"all taken back": func(g *Gatherer, i int) {
			g.Add(strconv.Itoa(i), int32(i), 500)
			g.Add(strconv.Itoa(i), 300, 9)
			g.Return(strconv.Itoa(i), 301, 5000)
		},
		"every day": func(g *Gatherer, i int) {
			for day := range int32(200) {
				g.Add(strconv.Itoa(i), day, 100)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var g Gatherer
			for i := range 60 {
				build(&g, i)
			}
			h := g.History()
			for _, model := range append(everyLaw(), "auto") {
				o := options(h)
				o.Model = model
				out := foresee(t, h, o)
				for _, v := range []float64{out.Totals.Expected.Value, out.Totals.Expected.Low, out.Totals.Expected.High, out.Totals.Leaving} {
					if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
						t.Errorf("%s: %+v", model, out.Totals)
						break
					}
				}
				if (out.Money == nil) == h.Paid {
					t.Errorf("%s: money %v where amounts are known: %v", model, out.Money, h.Paid)
				}
			}
		})
	}
}

// Purchases in any order, several on one day, and returns.
func TestHistory(t *testing.T) {
	t.Parallel()
	var g Gatherer
	g.Add("b", 20, 300)
	g.Return("a", 3, 50) // before anything was bought: belongs to nothing
	g.Add("a", 12, 1000)
	g.Add("b", 20, 200)
	g.Add("a", 5, 400)
	g.Return("a", 30, 250) // of the purchase on day 12
	g.Return("c", 7, 100)  // a customer with returns only
	g.Add("a", 40, 600)
	h := g.History()
	want := []Person{{ID: "a", Days: []int32{5, 12, 40}, Minor: []int64{400, 750, 600}}, {ID: "b", Days: []int32{20}, Minor: []int64{500}}}
	if !reflect.DeepEqual(h.People, want) {
		t.Errorf("got %v, want %v", h.People, want)
	}
	if h.First != 5 || h.Last != 40 || h.Purchases != 4 || !h.Paid {
		t.Errorf("%+v", h)
	}
	s, known := h.People[0].Stat(30)
	if want := (Stat{Repeats: 1, Last: 7, Age: 25}); !known || s != want {
		t.Errorf("on day 30 a is %+v, want %+v", s, want)
	}
	if _, known := h.People[1].Stat(19); known {
		t.Error("b is known before the first purchase")
	}
	if mean, n := h.People[0].Spend(40); mean != 675 || n != 2 {
		t.Errorf("a spends %v over %d repeats", mean, n)
	}
}

// A customer who buys every week and stops is late after some weeks, and one who never had a rhythm is not.
func TestLaterThanUsual(t *testing.T) {
	t.Parallel()
	m := Geometric{K: 1, R: 1, Alpha: 30, A: .5, B: 3}
	weekly := func(since float64) *Score {
		c := Stat{Repeats: 20, Last: 140, Age: 140 + since}
		return &Score{Stat: c, Alive: 1}
	}
	if s := state(m, weekly(10)); s != OnTime {
		t.Errorf("ten days after a purchase every week: %s", s)
	}
	if s := state(m, weekly(30)); s != Late {
		t.Errorf("thirty days after a purchase every week: %s", s)
	}
	if s := state(m, &Score{Stat: Stat{Age: 400}, Alive: 1}); s != OnceOnly {
		t.Errorf("once: %s", s)
	}
	if days, likely := Next(m, weekly(0).Stat); !likely || days < 2 || days > 12 {
		t.Errorf("the next purchase in %v days, %v", days, likely)
	}
	if _, likely := Next(m, Stat{Repeats: 20, Last: 140, Age: 1000}); likely {
		t.Error("somebody long gone is expected back")
	}
}

// The chances of so many purchases fall with their number, begin with the chance of buying at all, and add up to the mean.
func TestAtLeast(t *testing.T) {
	t.Parallel()
	for _, s := range []Score{{Alive: .8, None: .4, Expected: 2}, {Alive: 1, None: math.Exp(-3), Expected: 3}, {Alive: .5, None: .5, Expected: 30}, {Alive: .9, None: .1, Expected: 900}} {
		if s.AtLeast(0) != 1 || s.AtLeast(1) != 1-s.None {
			t.Errorf("%+v: none %v, one %v", s, s.AtLeast(0), s.AtLeast(1))
		}
		sum, before := 0.0, 1.0
		for n := int64(1); n < 5000; n++ {
			p := s.AtLeast(n)
			if p < 0 || p > before+1e-9 {
				t.Fatalf("%+v: %d or more are likelier (%v) than one less (%v)", s, n, p, before)
			}
			sum, before = sum+p, p
		}
		near(t, "the mean", sum, s.Expected, 2e-3)
	}
	if gone := (Score{None: 1}); gone.AtLeast(1) != 0 || gone.AtLeast(2) != 0 {
		t.Error("who has left buys")
	}
}
