package predict

import (
	"bufio"
	"math"
	"strconv"
	"strings"
	"testing"
)

// weeks is a customer with times in weeks.
func weeks(repeats int, last, age float64) Stat {
	return Stat{Repeats: repeats, Last: last * 7, Age: age * 7}
}

// digits compares to the digits printed: half a unit of the last one, as given.
func digits(t *testing.T, what string, got, printed float64, decimals int) {
	t.Helper()
	within(t, what, got, printed, 0.5000001*math.Pow10(-decimals))
}

// The paper's BG/NBD, as the BTYD walk-through rounds it.
func paperBG() Geometric { return Geometric{K: 1, R: .243, Alpha: 4.414 * 7, A: .793, B: 2.426} }

// exactBG is the fit to exact weeks (CLVTools).
func exactBG() Geometric {
	return Geometric{K: 1, R: .2425945, Alpha: 4.4136019 * 7, A: .7929199, B: 2.4258881}
}

// Fader, Hardie and Lee 2005 (Marketing Science 24), the worked customer 0001 of CDNOW, with the digits of BTYD's tests.
func TestBGWorkedExamples(t *testing.T) {
	t.Parallel()
	m, c := paperBG(), weeks(2, 30.43, 38.86)
	digits(t, "CET(39)", m.Expect(c, 39*7), 1.226, 3)
	near(t, "CET(39) at the exact fit", exactBG().Expect(c, 39*7), 1.2259057, 5e-5)
	near(t, "P(alive)", m.Alive(c), .7266086, 1e-4)
	for week, want := range map[float64]float64{.1429: .0078, 1: .0532, 3: .1506, 31.8571: 1.0405, 32: 1.0437, 78: 1.8576} {
		// The last is printed from a sheet that stops the hypergeometric series after 150 terms; to its end it is 1.85796.
		within(t, "E[X(t)]", exactBG().Newcomer(week*7), want, map[bool]float64{true: 4e-4, false: 0.5000001e-4}[week == 78])
	}
	near(t, "P(X(2) = 10)", m.Chance(10, 14), 1.07869e-07, 1e-5)
	near(t, "P(X(39) = 0)", m.Chance(0, 39*7), .5737864, 1e-6)
	for i, want := range []float64{.0019995214, .0015170236, .0011633150, .0009003148, .0007023638, .0005517902,
		.0004361913, .0003467171, .0002769613, .0002222260} {
		near(t, "P(X(30) = 11..20)", m.Chance(11+i, 30*7), want, 1e-6)
	}
	within(t, "P(alive | 23, 39, 39)", m.Alive(weeks(23, 39, 39)), .9685554542, 1e-9)
}

// sampleCustomer is one of the first customers of the 1/10 sample, rounded to two decimals as in the published sheet.
func sampleCustomers(t *testing.T) (stats []Stat, spent []Spent) {
	t.Helper()
	lines := bufio.NewScanner(shared(t, "cdnow_cbs_calibration.csv"))
	for lines.Scan() {
		f := strings.Split(lines.Text(), ",")
		x, err := strconv.Atoi(f[1])
		if err != nil {
			continue // the header
		}
		var v [3]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(f[2+i], 64); err != nil {
				t.Fatal(err)
			}
		}
		stats, spent = append(stats, weeks(x, v[0], v[1])), append(spent, Spent{x, v[2]})
	}
	return stats, spent
}

// The sheet of Hardie, with digits from the tests of lifetimes (fit to the file rounded to two decimals).
func TestBGSampleCustomers(t *testing.T) {
	t.Parallel()
	stats, _ := sampleCustomers(t)
	f, err := FitModel("bg-nbd", NewSample(stats))
	if err != nil {
		t.Fatal(err)
	}
	// lifetimes on the rounded file: .24259293, 4.41353227, .79288597, 2.42575238; -9582.4256.
	published{"bg-nbd", []float64{.24259293, 4.41353227, .79288597, 2.42575238}, -9582.4256, nil}.check(t, NewSample(stats))
	ids := []int{1, 2, 3, 6, 7, 9}
	for i, want := range []float64{1.22591, .203251, .194781, 3.33724, .301598, 1.324101} {
		near(t, "CET(39)", f.Model.Expect(stats[ids[i]-1], 39*7), want, 5e-5)
	}
	for i, want := range []float64{.726609, .212227, 1, .641801, .314918, .784808} {
		near(t, "P(alive)", f.Model.Alive(stats[ids[i]-1]), want, 5e-5)
	}
}

// Fader and Hardie 2005 ("A note on deriving the Pareto/NBD"), with digits from BTYD's walk-through and tests.
func TestParetoWorkedExamples(t *testing.T) {
	t.Parallel()
	m := Pareto{R: .5533971, Alpha: 10.5801985 * 7, S: .6060625, Beta: 11.6562237 * 7}
	c := weeks(26, 216.0/7, 31) // customer 1516; 30.86 weeks
	within(t, "CET(52)", m.Expect(c, 52*7), 25.46, 0.01)
	digits(t, "CET(52)", m.Expect(c, 52*7), 25.45418, 4)
	near(t, "P(alive)", m.Alive(c), .9978734, 1e-6)
	digits(t, "E[X(52)]", m.Newcomer(52*7), 1.4731, 4)
	for i, want := range []float64{.7059673, .1441878, .0224993, .0030918} {
		digits(t, "frequency paradox", m.Expect(weeks(10+5*i, 20, 39), 52*7), want, 6)
	}
}

// Fader, Hardie and Lee 2005 ("RFM and CLV"), with digits from BTYD's tests.
func TestParetoResidual(t *testing.T) {
	t.Parallel()
	m := Pareto{R: .55, Alpha: 10.56 * 7, S: .61, Beta: 11.64 * 7}
	const discount = .0027 / 7 // .0027 a week
	digits(t, "DERT", m.Residual(weeks(7, 35, 77.86), discount), .8812103, 6)
	for i, want := range []float64{1.411536, 1.698088, 1.583197, 1.253929, .885562, .576567, .354328, .208885, .119416, .066684} {
		digits(t, "DERT of x = 1..10", m.Residual(weeks(i+1, 30, 77.86), discount), want, 6)
	}
}

// Numbers at which formulas by hypergeometric functions give out; from the comments and tests of CLVTools and lifetimes.
func TestParetoFarOut(t *testing.T) {
	t.Parallel()
	far := Pareto{R: .5143, Alpha: 2.8845 * 7, S: .2856, Beta: 14.1087 * 7}
	if p := far.Alive(weeks(254, 97.14, 97.29)); !(p > 0.5 && p < 1) {
		t.Errorf("P(alive | 254, 97.14, 97.29) is %v", p)
	}
	m := Pareto{R: .55, Alpha: 10.58 * 7, S: .61, Beta: 11.67 * 7}
	if p := m.Alive(weeks(1000, 10, 100)); p != 0 && !(p < 1e-300) {
		t.Errorf("P(alive | 1000, 10, 100) is %v, want 0", p)
	}
	if p := m.LogLikelihood(weeks(1000, 10, 100)); math.IsNaN(p) || math.IsInf(p, 0) {
		t.Errorf("the log-likelihood of (1000, 10, 100) is %v", p)
	}
	near(t, "CET(10; 132, 200, 200)", m.Expect(weeks(132, 200, 200), 70), 6.2060517889632418, 1e-12)
	near(t, "CET(10; 133, 200, 200)", m.Expect(weeks(133, 200, 200), 70), 6.2528722475748113, 1e-12)
}

// BTYDplus' run on the sample, and two points by PyMC: log-likelihood of (x, t_x) at T = 40.
func TestMBGWorkedExamples(t *testing.T) {
	t.Parallel()
	m := Geometric{K: 1, AtOnce: true, R: .5248436, Alpha: 6.1830928 * 7, A: .8913878, B: 1.6140483}
	c := weeks(2, 30.43, 38.86)
	near(t, "CET(39)", m.Expect(c, 39*7), 1.262657, 2e-4)
	near(t, "P(alive)", m.Alive(c), .7061217, 2e-4)
	m = Geometric{K: 1, AtOnce: true, R: .25, Alpha: 4 * 7, A: .8, B: 2.5}
	within(t, "log p of (0, 0)", m.LogLikelihood(weeks(0, 0, 40)), -.41792826, 1e-7)
	within(t, "log p of (200, 38)", m.LogLikelihood(weeks(200, 38, 40)), 100.7869, 1e-4)
}

// Fader and Hardie 2013 ("The Gamma-Gamma model of monetary value"): 6.25, 3.74, 15.44; digits from runs of CLVTools.
func TestGammaGamma(t *testing.T) {
	t.Parallel()
	h := cdnow(t, "cdnow_sample.txt.gz")
	for _, c := range []struct {
		h           *History
		customers   int
		left        int
		p, q, g, ll float64
	}{
		{h, 946, 0, 6.24934918, 3.744256334, 15.44430668, -4055.9177},
		{cdnow(t, "cdnow_master.txt.gz"), 9450, 1, 6.275342898, 3.624442752, 14.98371099, -40763.47626},
	} {
		f := FitSpending(c.h.spent(endOfCalibration(t), 2))
		if f.Customers != c.customers || f.LeftOut != c.left || !f.Converged || f.Degenerate {
			t.Errorf("%d customers, %d left out; want %d and %d", f.Customers, f.LeftOut, c.customers, c.left)
		}
		near(t, "p", f.P, c.p, 1e-3)
		near(t, "q", f.Q, c.q, 1e-3)
		near(t, "gamma", f.Gamma, c.g, 1e-3)
		within(t, "log-likelihood", f.LogLikelihood, c.ll, 1e-3)
	}
	// The sheet's averages for customers 1 to 10, and BTYD's x = 3, m = 35.
	_, spent := sampleCustomers(t)
	m := Spending{6.24934918, 3.744256334, 15.44430668}
	for i, want := range []float64{24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17} {
		within(t, "E[M]", m.Expect(spent[i]), want, 0.01)
	}
	within(t, "E[M | 3, 35]", Spending{6.25, 3.74, 15.44}.Expect(Spent{3, 35}), 35.02792, 1e-4)
	within(t, "E[M | 3, 35]", Spending{6.24934918, 3.744256334, 15.44430668}.Expect(Spent{3, 35}), 35.02177, 1e-4)
}

// lifetimes' customer lifetime value over a year at 1 % a month, in the unit that fits the data. With days for weeks the
// same customer comes to 140.125, which its manual prints.
func TestLifetimeValue(t *testing.T) {
	t.Parallel()
	stats, spent := sampleCustomers(t)
	f, err := FitModel("bg-nbd", NewSample(stats))
	if err != nil {
		t.Fatal(err)
	}
	terms := Terms{Margin: 1, Discount: .01, Months: 12, MonthDays: 4.345 * 7}
	money, total := Spending{6.25, 3.74, 15.44}, 0.0
	values := make([]float64, len(stats))
	for i, c := range stats {
		values[i] = lifetime(terms, f.Model, c, money.Expect(spent[i]))
		total += values[i]
	}
	for id, want := range map[int]float64{1: 36.286, 2: 4.6388, 3: 8.3555, 6: 283.5507} {
		near(t, "CLV of customer "+strconv.Itoa(id), values[id-1], want, 2e-4)
	}
	near(t, "CLV of all", total, 71538.43, 2e-4)
	terms.MonthDays = 30 * 7 // the trap: thirty of the data's own units, which are weeks
	near(t, "CLV in the wrong unit", lifetime(terms, f.Model, stats[0], money.Expect(spent[0])), 140.125, 1e-3)
}

// lifetime is the value of a customer, without a season.
func lifetime(terms Terms, m Model, c Stat, purchase float64) float64 {
	months := terms.Ahead(nil)
	return months.Value(m.Expects(c, months.ends, nil), purchase)
}

// Fader, Hardie and Shang 2010 (Marketing Science 29): 11,104 donors over six years; digits from BTYD and lifetimes.
func TestBGBB(t *testing.T) {
	t.Parallel()
	var all []Taken
	lines := bufio.NewScanner(shared(t, "donations_rf.csv"))
	for lines.Scan() {
		f := strings.Split(lines.Text(), ",")
		x, err := strconv.Atoi(f[0])
		if err != nil {
			continue
		}
		last, _ := strconv.Atoi(f[1])
		of, _ := strconv.Atoi(f[2])
		n, _ := strconv.Atoi(f[3])
		all = append(all, Taken{Repeats: x, Last: last, Of: of, Customers: float64(n)})
	}
	f := FitChances(all)
	for _, p := range []struct {
		name      string
		got, want float64
	}{{"alpha", f.Alpha, 1.204}, {"beta", f.Beta, .750}, {"gamma", f.Gamma, .657}, {"delta", f.Delta, 2.783}} {
		near(t, p.name, p.got, p.want, 1e-3)
	}
	digits(t, "log-likelihood", f.LogLikelihood, -33225.58, 2)
	if !f.Converged || f.Degenerate {
		t.Error("the fit did not converge")
	}
	for _, c := range []struct {
		x, last int
		want    float64
	}{{0, 0, .108149}, {2, 4, .589662}, {6, 6, .930433}} {
		within(t, "P(alive in 2002)", f.Alive(Taken{Repeats: c.x, Last: c.last, Of: 6, Customers: 1}), c.want, 5e-5)
	}
	within(t, "E[X(10)]", f.Newcomer(10), 3.1798, 5e-4)
	within(t, "CET(10) of (0, 0)", f.Expect(Taken{Repeats: 0, Last: 0, Of: 6, Customers: 1}, 10), .130234, 5e-5)
	within(t, "CET(10) of (4, 5)", f.Expect(Taken{Repeats: 4, Last: 5, Of: 6, Customers: 1}, 10), 3.627943, 1e-3)
	// At the parameters as the paper rounds them.
	within(t, "DERT of (3, 4)", Chances{1.20, .75, .66, 2.78}.Residual(Taken{Repeats: 3, Last: 4, Of: 6, Customers: 1}, .1), 1.621379, 5e-4)
	total, customers := 0.0, 0.0
	for _, c := range all {
		total += c.Customers * f.Expect(c, 5)
		customers += c.Customers
	}
	within(t, "purchases of five years", total, 12884.2, 0.6)
	within(t, "donors without a repeat", customers*f.Count(0, 6), 3454.9, 0.1)
	within(t, "donors with all six", customers*f.Count(6, 6), 1253.1, 0.1)
}
