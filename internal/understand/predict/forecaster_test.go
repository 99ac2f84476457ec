package predict

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"testing"
)

// shop is what guests of a law bought over two years: enough for a season and for looking back.
func shop(t *testing.T) (*History, *Outlook) {
	t.Helper()
	var g Gatherer
	for i, l := range draw(Geometric{K: 2, AtOnce: true, R: .9, Alpha: 20, A: .5, B: 2.5}, 1500, 500, 0, 11) {
		who := g.Customer(int64(1000+i), "guest-"+strconv.Itoa(i))
		first := int32(900 - l.Age)
		g.Sale(who, first, 500, false)
		for n := range l.Repeats {
			g.Sale(who, first+int32(l.Last*float64(n+1)/float64(l.Repeats)), int64(400+i%7*100+n%3*50), false)
		}
	}
	h := g.History()
	out, err := Foresee(h, Options{End: 900, Days: 90, Terms: DefaultTerms(), Digits: 2})
	if err != nil {
		t.Fatal(err)
	}
	return h, out
}

// Who is scored by what was kept is scored the same, to the last bit; and the page of an outlook that was kept says the same.
func TestKeptForecasts(t *testing.T) {
	t.Parallel()
	h, out := shop(t)
	text, err := json.Marshal(out.Forecaster())
	if err != nil {
		t.Fatal(err)
	}
	var f Forecaster
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	for i := range h.People {
		got, known := f.Foretell(&h.People[i], out.From)
		if !known || !reflect.DeepEqual(got, out.Scores[i]) {
			t.Fatalf("%+v, and the outlook says %+v", got, out.Scores[i])
		}
		b := f.Bounds(&got, out.From)
		if !(b.Alive.Low <= got.Alive && got.Alive <= b.Alive.High && b.Expected.Low <= math.Ceil(got.Expected) && got.Expected <= b.Expected.High+1 && b.Value.Low <= b.Value.High) {
			t.Fatalf("bounds %+v of %+v", b, got)
		}
	}
	if _, known := f.Foretell(&h.People[0], h.People[0].Days[0]-1); known {
		t.Error("a customer is scored before the first purchase")
	}
	kept, err := out.Keep()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Recall(kept)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back.Best().Model, out.Best().Model) || back.Totals.Expected.Value != out.Totals.Expected.Value ||
		back.Best().Loss() != out.Best().Loss() || len(back.Candidates) != len(out.Candidates) || back.Scores != nil || len(out.Scores) == 0 {
		t.Errorf("recalled %+v", back)
	}
	for _, bad := range []string{`{"model":"bg-nbd","parameters":[1,2,3]}`, `{"model":"bg-nbd","parameters":[1,2,3,-1]}`, `{"model":"tea"}`} {
		if err := json.Unmarshal([]byte(bad), &f); err == nil {
			t.Errorf("%s is taken for a law", bad)
		}
	}
}

// Of customers who are drawn from a law, at least 95 of 100 buy as often as the interval says, and it is no wider than
// it has to be: whole counts cannot hit 95 exactly.
func TestBoundsHoldWhatComes(t *testing.T) {
	t.Parallel()
	for name, m := range laws() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := Forecaster{Model: m, Days: 180, Terms: DefaultTerms()}
			inside, wide, n := 0.0, 0.0, 0.0
			for _, l := range draw(m, 6000, 200, 180, 5) {
				low, high := counts(m.Expect(l.Stat, 180), m.None(l.Stat, 180), m.Alive(l.Stat))
				if came := float64(l.after); low <= came && came <= high {
					inside++
				}
				wide += high - low
				n++
			}
			if share := inside / n; share < 0.95 || share > 0.999 {
				t.Errorf("%.3f of the customers are inside", share)
			}
			t.Logf("%s: %.3f inside, on average %.1f wide, %d days", name, inside/n, wide/n, f.Days)
		})
	}
}

func BenchmarkForetell(b *testing.B) {
	m := Geometric{K: 2, AtOnce: true, R: .9, Alpha: 20, A: .5, B: 2.5}
	f := Forecaster{Model: m, Days: 90, Terms: DefaultTerms(), Money: &SpendFit{Spending: Spending{P: 6, Q: 4, Gamma: 15}}, Digits: 2}
	p := Person{ID: "a"}
	for i := range int32(20) {
		p.Days, p.Minor = append(p.Days, 14000+i*9+i%4), append(p.Minor, int64(1000+i*10))
	}
	for b.Loop() {
		if _, known := f.Foretell(&p, 14300); !known {
			b.Fatal("nobody")
		}
	}
}
