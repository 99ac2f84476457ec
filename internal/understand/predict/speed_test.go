package predict

import "testing"

// The figures that other packages reach on two cores with all of CDNOW: BG/NBD .17 s (lifetimes), Pareto/NBD .78 s
// (CLVTools), expected purchases of everybody .0096 s (lifetimes).
func benchmarkFit(b *testing.B, name string) {
	b.Helper()
	stats, _ := cdnow(b, "cdnow_master.txt.gz").Stats(endOfCalibration(b))
	for b.Loop() {
		if f, err := FitModel(name, NewSample(stats)); err != nil || !f.Converged {
			b.Fatal(f, err)
		}
	}
}

func BenchmarkFitNBD(b *testing.B)       { benchmarkFit(b, "nbd") }
func BenchmarkFitBGNBD(b *testing.B)     { benchmarkFit(b, "bg-nbd") }
func BenchmarkFitMBGNBD(b *testing.B)    { benchmarkFit(b, "mbg-nbd") }
func BenchmarkFitParetoNBD(b *testing.B) { benchmarkFit(b, "pareto-nbd") }
func BenchmarkFitMBGCNBD2(b *testing.B)  { benchmarkFit(b, "mbg-cnbd-2") }
func BenchmarkScoreBGNBD(b *testing.B) {
	benchmarkScore(b, Geometric{K: 1, R: .25, Alpha: 33, A: .72, B: 2.16})
}
func BenchmarkScorePareto(b *testing.B) {
	benchmarkScore(b, Pareto{R: .6, Alpha: 81, S: .52, Beta: 62})
}
func BenchmarkScoreMBGCNBD2(b *testing.B) {
	benchmarkScore(b, Geometric{K: 2, AtOnce: true, R: .85, Alpha: 30, A: .15, B: 2})
}

// benchmarkScore is the purchases of 39 weeks, for all 23,570, with all hands as the program does it.
func benchmarkScore(b *testing.B, m Model) {
	b.Helper()
	stats, _ := cdnow(b, "cdnow_master.txt.gz").Stats(endOfCalibration(b))
	told := make([]float64, len(stats))
	for b.Loop() {
		each(len(stats), func(i int) { told[i] = m.Expect(stats[i], 273) })
	}
}

func BenchmarkHistory(b *testing.B) {
	h := cdnow(b, "cdnow_master.txt.gz")
	end := endOfCalibration(b)
	for b.Loop() {
		var g Gatherer
		for _, p := range h.People {
			for i, d := range p.Days {
				g.Add(p.ID, d, p.Minor[i])
			}
		}
		g.History().Stats(end)
	}
}

func BenchmarkOneCustomer(b *testing.B) {
	m := Geometric{K: 2, AtOnce: true, R: .85, Alpha: 30, A: .15, B: 2}
	c := Stat{Repeats: 12, Last: 200, Age: 272, LogGaps: 8}
	for b.Loop() {
		if m.Expect(c, 90)+m.None(c, 90)+m.Alive(c) < 0 {
			b.Fatal()
		}
	}
}
