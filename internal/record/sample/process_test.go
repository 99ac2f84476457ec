package sample

import (
	"math"
	"testing"
	"time"
)

func TestGammaAndBetaHaveTheirMoments(t *testing.T) {
	t.Parallel()
	d := newDice()
	d.aim(1, streamBuyer, 1, 1)
	const n = 200_000
	for _, shape := range []float64{0.3, 0.8, 1, 4, 25} {
		var sum, squares float64
		for range n {
			x := d.gamma(shape)
			sum += x
			squares += x * x
		}
		mean := sum / n
		variance := squares/n - mean*mean
		// Gamma(a, 1) has mean a and variance a; the tolerance is five standard errors.
		if math.Abs(mean-shape) > 5*math.Sqrt(shape/n) {
			t.Errorf("Gamma(%g): mean %g", shape, mean)
		}
		if math.Abs(variance/shape-1) > 5*math.Sqrt((2+6/shape)/n) {
			t.Errorf("Gamma(%g): variance %g", shape, variance)
		}
	}
	var sum float64
	for range n {
		sum += d.beta(1.2, 10)
	}
	if want := 1.2 / 11.2; math.Abs(sum/n-want) > 0.002 {
		t.Errorf("Beta(1.2, 10): mean %g, want %g", sum/n, want)
	}
}

func TestPickFollowsWeights(t *testing.T) {
	t.Parallel()
	d := newDice()
	var counts [3]float64
	for range 100_000 {
		counts[d.pick(storeWeights[:])]++
	}
	for i, w := range storeWeights {
		if math.Abs(counts[i]/100_000-w) > 0.01 {
			t.Errorf("store %d: share %g, want %g", i, counts[i]/100_000, w)
		}
	}
}

func TestSeasonAndBack(t *testing.T) {
	t.Parallel()
	p := standard(1)
	s := newSeason(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), 366, &p)
	for x := 0.0; x < 366; x += 0.37 {
		if back := s.calendar(s.process(x)); math.Abs(back-x) > 1e-9 {
			t.Fatalf("day %g comes back as %g", x, back)
		}
	}
	if got := s.calendar(math.Inf(1)); got != 366 {
		t.Errorf("after the end: %g", got)
	}
	december := s.process(365) - s.process(335)
	june := s.process(181) - s.process(151)
	if december <= june*1.2 {
		t.Errorf("December %g is hardly busier than June %g", december, june)
	}
}

func TestBasketComesToItsSum(t *testing.T) {
	t.Parallel()
	w := &world{Process: standard(1), digits: 2, scale: 1, lines: true}
	d := newDice()
	for i := range 5000 {
		v := visit{key: mix(uint64(i)), minor: 1 + int64(i*i%9000), channel: uint8(i % 3), likes: uint8(i % 6)}
		var sum, pieces int64
		for _, l := range w.basket(d, &v, nil) {
			if l.price < 1 || l.quantity < 1 {
				t.Fatalf("line %+v", l)
			}
			sum += l.price * l.quantity
			pieces += l.quantity
		}
		if diff := sum - v.minor; diff < -pieces || diff > pieces {
			t.Errorf("visit %d: lines come to %d, want %d", i, sum, v.minor)
		}
	}
}

func TestBadVisitsDriveScoresAndLeaving(t *testing.T) {
	t.Parallel()
	opts, err := Options{Customers: 20_000, Seed: 11}.complete()
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWorld(opts)
	if err != nil {
		t.Fatal(err)
	}
	d := newDice()
	var left, visits, score [2]float64
	for i := range w.customers {
		b := w.born(d, i)
		for b.next < float64(w.days) {
			v := w.visit(d, i, &b)
			bad := 0
			if v.late || v.wait {
				bad = 1
			}
			visits[bad]++
			left[bad] += indicator(!b.alive())
			score[bad] += float64(w.ask(newDice(), &v).nps)
		}
	}
	if good, bad := left[0]/visits[0], left[1]/visits[1]; bad < 1.5*good {
		t.Errorf("leaving after a bad visit %g, after others %g", bad, good)
	}
	if good, bad := score[0]/visits[0], score[1]/visits[1]; bad > good-1 {
		t.Errorf("mean score after a bad visit %g, after others %g", bad, good)
	}
}

func TestMoneyAndIdsAreWrittenExactly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		minor  int64
		digits int
		want   string
	}{{5, 2, "0.05"}, {-1234, 2, "-12.34"}, {77, 0, "77"}, {1234567, 3, "1234.567"}, {0, 2, "0.00"}} {
		if got := string(appendMinor(nil, c.minor, c.digits)); got != c.want {
			t.Errorf("%d with %d digits: %s, want %s", c.minor, c.digits, got, c.want)
		}
	}
	for i, want := range map[int32]string{0: "C000001", 41: "C000042", 99_999: "C100000", 1_234_566: "C1234567", -1: ""} {
		if got := string(appendCustomer(nil, i)); got != want {
			t.Errorf("customer %d: %s, want %s", i, got, want)
		}
	}
	if got := quote(`say "hi", then`); got != `"say ""hi"", then"` {
		t.Error(got)
	}
}
