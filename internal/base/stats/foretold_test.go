package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestAUC(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		scores []float64
		came   []bool
		want   float64
	}{
		"right":      {[]float64{1, 2, 3, 4}, []bool{false, false, true, true}, 1},
		"wrong":      {[]float64{4, 3, 2, 1}, []bool{false, false, true, true}, 0},
		"ties":       {[]float64{5, 5, 5}, []bool{true, false, true}, .5},
		"one pair":   {[]float64{1, 2, 2, 3}, []bool{false, true, false, true}, .875},
		"all came":   {[]float64{1, 2}, []bool{true, true}, math.NaN()},
		"none came":  {[]float64{1, 2}, []bool{false, false}, math.NaN()},
		"no numbers": {[]float64{math.NaN(), 2}, []bool{false, true}, math.NaN()},
		"nothing":    {nil, nil, math.NaN()},
	} {
		if got := AUC(c.scores, c.came).Value; got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	// Against every pair.
	r := rand.New(rand.NewPCG(1, 1))
	scores, came := make([]float64, 200), make([]bool, 200)
	for i := range scores {
		scores[i], came[i] = math.Round(10*r.Float64()), r.Float64() < .3
	}
	won, pairs := 0.0, 0.0
	for i := range scores {
		for j := range scores {
			if came[i] && !came[j] {
				pairs++
				if scores[i] > scores[j] {
					won++
				} else if scores[i] == scores[j] {
					won += .5
				}
			}
		}
	}
	if got := AUC(scores, came); math.Abs(got.Value-won/pairs) > 1e-12 || !(got.Low < got.Value && got.Value < got.High) {
		t.Errorf("%+v, by pairs %v", got, won/pairs)
	}
}

// Hanley and McNeil 1982 (Radiology 143): an area of .893 from 51 ill and 58 well has a standard error of .032.
func TestAUCStandardError(t *testing.T) {
	t.Parallel()
	var scores []float64
	var came []bool
	add := func(score float64, well, ill int) {
		for range well {
			scores, came = append(scores, score), append(came, false)
		}
		for range ill {
			scores, came = append(scores, score), append(came, true)
		}
	}
	add(1, 33, 3)
	add(2, 6, 2)
	add(3, 6, 2)
	add(4, 11, 11)
	add(5, 2, 33)
	if got := AUC(scores, came); math.Abs(got.Value-.893) > 5e-4 || math.Abs(got.SE-.032) > 5e-4 {
		t.Errorf("area %v, standard error %v", got.Value, got.SE)
	}
}

func TestLossOfProbabilities(t *testing.T) {
	t.Parallel()
	p, came := []float64{.8, .3, 1, 0}, []bool{true, false, true, false}
	if got, want := LogLoss(p, came), -(math.Log(.8)+math.Log(.7))/4; math.Abs(got-want) > 1e-12 {
		t.Errorf("log loss %v, want %v", got, want)
	}
	if got, want := Brier(p, came), (.04+.09)/4; math.Abs(got-want) > 1e-12 {
		t.Errorf("Brier %v, want %v", got, want)
	}
	if got := LogLoss([]float64{0}, []bool{true}); math.IsInf(got, 0) || got < 30 {
		t.Errorf("certain and wrong: %v", got)
	}
	if !math.IsNaN(LogLoss(nil, nil)) || !math.IsNaN(Brier([]float64{.5}, nil)) {
		t.Error("nothing has a loss")
	}
}

func TestTheTopOfTheList(t *testing.T) {
	t.Parallel()
	scores, came := []float64{.9, .8, .7, .6, .6}, []bool{true, false, true, true, false}
	// By hand: 1/1 for the first, 2/3 for the third, 3/5 for the two equal at the end.
	if got, want := AveragePrecision(scores, came), (1+2.0/3+3.0/5)/3; math.Abs(got-want) > 1e-12 {
		t.Errorf("average precision %v, want %v", got, want)
	}
	if got, want := LiftOfTop(scores, came, .4), .5/.6; math.Abs(got-want) > 1e-12 {
		t.Errorf("lift %v, want %v", got, want)
	}
}
