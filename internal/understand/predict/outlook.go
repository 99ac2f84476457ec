package predict

import (
	"math"
	"slices"

	"regulars/internal/base/fault"
)

// Options say what is to be foretold.
type Options struct {
	End         int32 // the last day that is known
	Calibration int32 // the last day that fits may see, and the moment that is looked ahead from; 0: End
	Days        int   // how far ahead
	Model       string
	Terms       Terms
	Digits      int // of the currency
}

// Lack is why nothing is foretold.
type Lack string

// What may be lacking.
const (
	NothingLacks Lack = ""
	FewCustomers Lack = "few_customers"
	FewRepeats   Lack = "few_repeats"
	ShortTime    Lack = "short_time"
)

// The least that a law is fitted to: fewer than ten returning customers leave even its simplest number open by half.
const (
	LeastCustomers = 30
	LeastRepeaters = 10
	LeastDays      = 28
)

// Candidate is one law, how well it fits what is known, and how well it would have done before.
type Candidate struct {
	Name string
	Fit
	Tests []*Test // one for each time that was looked back to, the latest first
}

// Choice is why a candidate was chosen.
type Choice string

// The reasons.
const (
	AskedFor      Choice = "asked_for"
	BestFit       Choice = "bic"                // no back-test was possible
	BothAgree     Choice = "bic_and_back_test"  // likeliest, and nothing foretold really better
	BackTestRules Choice = "back_test"          // another was likelier, but this foretold really better
	NoDropOut     Choice = "nobody_seems_to_go" // the likeliest law is one without leaving
)

// Outlook is what was foretold, and everything that is needed to judge it.
type Outlook struct {
	Options
	First      int32 // day of the first purchase
	From       int32 // the day that is looked ahead from: its end
	Lack       Lack
	Customers  int
	Repeaters  int
	Sampled    int // customers that the laws were fitted to, where not all
	Chosen     int // place among Candidates
	Choice     Choice
	Candidates []Candidate
	Season     *Season
	// SeasonTested is whether the back-test could tell that the season helps.
	SeasonTested bool
	Money        *SpendFit // nil where no amounts are known
	Scores       []Score   // one for each customer known, by id
	Totals       Totals
}

// Best is the candidate that was chosen.
func (out *Outlook) Best() *Candidate { return &out.Candidates[out.Chosen] }

// SampleError is by how much, as a part of itself, the parameter that is known least may be off for having been found with a
// sample of the customers: a standard error, beside the one that all of them together would leave. 0: with all of them; not a
// number where the data leave a parameter open.
func (out *Outlook) SampleError() float64 {
	if out.Sampled == 0 || len(out.Candidates) == 0 {
		return 0
	}
	worst, best := 0.0, out.Best()
	for i, p := range best.Model.Parameters() {
		worst = max(worst, best.Errors[i]/p.Value)
	}
	return worst * math.Sqrt(1-float64(out.Sampled)/float64(out.Customers))
}

// mostFitted is how many different customers a law is fitted to: more would not change a printed digit.
const mostFitted = 60_000

// Foresee fits, looks back, chooses, and foretells.
func Foresee(h *History, o Options) (*Outlook, error) {
	out := &Outlook{Options: o, First: h.First, From: o.End}
	if o.Calibration != 0 {
		out.From = o.Calibration
	}
	known, _ := h.Stats(out.From)
	sample := NewSample(known)
	out.Customers, out.Repeaters = sample.Customers, sample.Repeaters
	if err := CheckModel(o.Model); err != nil {
		return nil, err
	}
	switch {
	case sample.Customers < LeastCustomers:
		out.Lack = FewCustomers
	case out.From-h.First < LeastDays:
		out.Lack = ShortTime
	case sample.Repeaters < LeastRepeaters:
		out.Lack = FewRepeats
	}
	if out.Lack != NothingLacks {
		return out, nil
	}
	if len(sample.rows) > mostFitted {
		sample = sample.thin(mostFitted)
		out.Sampled = sample.Customers
	}
	for _, f := range candidates(sample, o.Model) {
		out.Candidates = append(out.Candidates, Candidate{Name: f.Model.Name(), Fit: f})
	}
	lookBack(h, out)
	if err := choose(out); err != nil {
		return nil, err
	}
	for i := range out.Candidates {
		for _, t := range out.Candidates[i].Tests {
			if i != out.Chosen {
				t.losses = nil // of a million customers they are a good part of all memory
			}
		}
	}
	out.withSeason(h)
	out.foretell(h)
	return out, nil
}

// thinned is the sample, or a part of it where it is larger than a law is fitted to.
func (s *Sample) thinned() *Sample {
	if len(s.rows) > mostFitted {
		return s.thin(mostFitted)
	}
	return s
}

// candidates fits every law, and gaps as regular as the data ask for. A law that was named is among them.
func candidates(s *Sample, named string) []Fit {
	var out []Fit
	add := func(name string) *Fit {
		f, err := FitModel(name, s)
		if err != nil {
			return nil // not the name of a law
		}
		out = append(out, f)
		return &out[len(out)-1]
	}
	for _, name := range []string{"nbd", "bg-nbd", "mbg-nbd", "pareto-nbd"} {
		add(name)
	}
	for _, family := range []string{"bg", "mbg"} {
		best := math.Inf(-1)
		for _, f := range out {
			if f.Model.Name() == family+"-nbd" {
				best = f.LogLikelihood
			}
		}
		for k := 2; k <= MostErlang; k++ {
			f := add(family + "-cnbd-" + string(rune('0'+k)))
			if f.LogLikelihood <= best {
				break
			}
			best = f.LogLikelihood
		}
	}
	if !slices.ContainsFunc(out, func(f Fit) bool { return f.Model.Name() == named }) {
		add(named)
	}
	return out
}

// looks is how many times the laws are tested on.
const looks = 3

// lookBack fits every candidate with what was known some time ago and compares with what came since.
func lookBack(h *History, out *Outlook) {
	if out.Calibration != 0 {
		if days := int(out.End - out.Calibration); days > 0 {
			for i := range out.Candidates {
				c := &out.Candidates[i]
				c.Tests = append(c.Tests, h.test(c.Model, nil, out.Calibration, days))
			}
		}
		return
	}
	for look := 1; look <= looks; look++ {
		end := out.End - int32(look*out.Days)
		known, _ := h.Stats(end)
		s := NewSample(known)
		if end-h.First < max(LeastDays, int32(out.Days)) || s.Customers < LeastCustomers || s.Repeaters < LeastRepeaters {
			return
		}
		s = s.thinned()
		for i := range out.Candidates {
			c := &out.Candidates[i]
			f, err := FitModel(c.Name, s)
			if err != nil {
				continue
			}
			c.Tests = append(c.Tests, h.test(f.Model, nil, end, out.Days))
		}
	}
}

// choose takes the law with the least BIC, unless another one foretold really better: its average loss on who buys nothing
// is lower by more than two standard errors of the difference, customer by customer.
func choose(out *Outlook) error {
	out.Chosen = -1
	if out.Model != "" && out.Model != "auto" {
		out.Chosen = slices.IndexFunc(out.Candidates, func(c Candidate) bool { return c.Name == out.Model })
		out.Choice = AskedFor
		if out.Chosen < 0 {
			return fault.Invalidf("the model %q could not be fitted", out.Model)
		}
		return nil
	}
	for i := range out.Candidates {
		c := &out.Candidates[i]
		if c.Converged && (out.Chosen < 0 || c.BIC < out.Best().BIC) {
			out.Chosen = i
		}
	}
	if out.Chosen < 0 {
		out.Chosen = 0
	}
	likeliest := out.Chosen
	out.Choice = BestFit
	if len(out.Best().Tests) > 0 {
		out.Choice = BothAgree
	}
	for i := range out.Candidates {
		c := &out.Candidates[i]
		if i == likeliest || !c.Converged || c.Degenerate {
			continue
		}
		if gain, noise := gain(out.Candidates[likeliest].Tests, c.Tests); gain > 2*noise && gain > worth && better(c, out.Best(), likeliest == out.Chosen) {
			out.Chosen, out.Choice = i, BackTestRules
		}
	}
	if _, never := out.Best().Model.(NBD); never || out.Best().Why == NobodyLeaves {
		out.Choice = NoDropOut
	}
	return nil
}

// worth is the least gain in the average loss that a less likely law must bring.
const worth = 0.002

// better prefers, among those that foretold really better than the likeliest, the one with the least loss.
func better(c, chosen *Candidate, first bool) bool {
	if first {
		return true
	}
	g, _ := gain(chosen.Tests, c.Tests)
	return g > 0
}

// gain is by how much the average loss of b is below that of a, and its standard error.
func gain(a, b []*Test) (mean, noise float64) {
	n, sum, square := 0.0, 0.0, 0.0
	for i := range min(len(a), len(b)) {
		for j, loss := range a[i].losses {
			d := float64(loss) - float64(b[i].losses[j])
			n, sum, square = n+1, sum+d, square+d*d
		}
	}
	if n < 2 {
		return 0, math.Inf(1)
	}
	mean = sum / n
	return mean, math.Sqrt(max(0, square/n-mean*mean) / n)
}

// withSeason puts the season on top where two years are known, and where looking back does not speak against it.
func (out *Outlook) withSeason(h *History) {
	best := out.Best()
	season := h.season(best.Model, out.From)
	if season == nil {
		return
	}
	with, without := 0.0, 0.0
	var tests []*Test
	for _, plain := range best.Tests {
		t := plain
		if s := h.season(best.Model, plain.End); s != nil {
			out.SeasonTested = true
			// The law of that time, found again.
			known, _ := h.Stats(plain.End)
			if f, err := FitModel(best.Name, NewSample(known).thinned()); err == nil {
				t = h.test(f.Model, s, plain.End, plain.Days)
			}
			with += math.Abs(t.Actual - t.Predicted)
			without += math.Abs(plain.Actual - plain.Predicted)
		}
		tests = append(tests, t)
	}
	if out.SeasonTested && with >= without {
		return
	}
	out.Season, best.Tests = season, tests
}
