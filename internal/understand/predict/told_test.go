package predict

import (
	"math"
	"testing"
)

// What a test had foretold of each customer is known until the outlook is kept: it gives the test's own marks again, and of
// the laws that were not chosen nothing is held.
func TestToldOfEachCustomer(t *testing.T) {
	t.Parallel()
	var g Gatherer
	for i := range 400 {
		who := g.Customer(int64(i+1), "")
		stop := 500
		if i%3 == 0 {
			stop = 100 + i
		}
		for day := i % 70; day < stop; day += 3 + i%29 + (i*day)%5 {
			g.Sale(who, int32(1000+day), 500, false)
		}
	}
	h := g.History()
	out, err := Foresee(h, Options{End: h.Last, Days: 60, Model: "auto", Terms: DefaultTerms(), Digits: 2})
	if err != nil || out.Lack != NothingLacks || len(out.Best().Tests) != looks {
		t.Fatalf("%v, %+v", err, out)
	}
	everybody := func(int64) bool { return true }
	for _, test := range out.Best().Tests {
		told := h.Told(test, everybody)
		if len(told) != test.Customers {
			t.Fatalf("%d of %d customers", len(told), test.Customers)
		}
		sum, square := 0.0, 0.0
		for i := range h.People {
			p := &h.People[i]
			chance, known := told[p.Number]
			if _, was := p.Stat(test.End); was != known {
				t.Fatalf("customer %d is told of: %v, and was known: %v", p.Number, known, was)
			}
			if !known {
				continue
			}
			came := 0.0
			if p.Until(test.End+int32(test.Days)) == p.Until(test.End) {
				came = 1
			}
			sum += chance
			square += (chance - came) * (chance - came) / float64(test.Customers)
		}
		if math.Abs(sum-test.QuietTold) > 1e-4*test.QuietTold || math.Abs(square-test.Brier) > 1e-6 {
			t.Errorf("as of %d, %g and %g, and the test has %g and %g", test.End, sum, square, test.QuietTold, test.Brier)
		}
		if some := h.Told(test, func(n int64) bool { return n%7 == 0 }); len(some) == 0 || len(some) > len(told)/6 {
			t.Errorf("of a seventh, %d of %d", len(some), len(told))
		}
	}
	for i := range out.Candidates {
		if c := &out.Candidates[i]; i != out.Chosen && h.Told(c.Tests[0], everybody) != nil {
			t.Errorf("what %s had told is still held", c.Name)
		}
	}
	kept, err := out.Keep()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Recall(kept)
	if err != nil || h.Told(again.Best().Tests[0], everybody) != nil {
		t.Errorf("an outlook that was kept knows of each customer: %v", err)
	}
}
