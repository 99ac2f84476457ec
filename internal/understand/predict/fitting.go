package predict

import (
	"math"

	"regulars/internal/base/stats/fit"
)

// Fit is a model found for a sample, and how sure it is.
type Fit struct {
	Model         Model
	LogLikelihood float64   // with time in weeks
	BIC           float64   // Schwarz 1978: less is better; the observations are the customers
	Errors        []float64 // standard errors of the parameters, in the order of the model's; NaN: the data leave it open
	Converged     bool
	Degenerate    bool
	Why           Corner // in what way degenerate
	// Covariance of the logarithms of the parameters; nil: the data leave them open.
	Covariance [][]float64
}

// Corner is a way in which the data leave a part of the law without meaning.
type Corner string

// The corners.
const (
	NoCorner      Corner = ""
	NobodyLeaves  Corner = "no_drop_out"      // the likeliest is that nobody ever leaves
	NobodyReturns Corner = "no_repeats"       // no customer has bought on a second day
	AllAlike      Corner = "no_difference"    // customers do not differ in a way that the law could see
	Undetermined  Corner = "not_determined"   // several sets of parameters are as likely
	NoCustomers   Corner = "no_customers"     // nobody at all
	NoTime        Corner = "no_time_to_watch" // all bought on the last day
)

// nobodyLeft is the average chance of being there above which the likeliest law is that nobody leaves.
const nobodyLeft = 0.999

// almost is the same where the parameters themselves are open, as they are on the way to that corner.
const almost = 0.99

// law is a model and how likely a sample is under it; the parameters with times in weeks.
type law struct {
	model  Model
	starts [][]float64 // parameters, times in weeks
	// likelihood of rows; the derivatives by the parameters are added to grad
	likelihood func(p []float64, s *Sample, grad []float64) float64
}

// FitModel finds the likeliest parameters of a law: nbd, bg-nbd, mbg-nbd, pareto-nbd, bg-bb, bg-cnbd-2, mbg-cnbd-2 and so on.
func FitModel(name string, s *Sample) (Fit, error) {
	if name == bgbb {
		return fitPeriods(s), nil
	}
	l, err := lawOf(name, s)
	if err != nil {
		return Fit{}, err
	}
	return l.fit(s), nil
}

func (l law) fit(s *Sample) Fit {
	if s.Customers == 0 {
		return l.empty(NoCustomers)
	}
	starts := make([][]float64, len(l.starts))
	for i, start := range l.starts {
		starts[i] = make([]float64, len(start))
		for j, v := range start {
			starts[i][j] = math.Log(v)
		}
	}
	if len(s.rows) > enough {
		// Where to begin is found with a part of the customers.
		thin := s.thin(enough / 2)
		starts = [][]float64{fit.Minimise(l.objective(thin), starts).Theta}
	}
	return l.finish(s, fit.Minimise(l.objective(s), starts))
}

// enough different customers show well where the best parameters lie, if not exactly.
const enough = 2000

// thin is every so-maniest of the different customers, about as many as asked for.
func (s *Sample) thin(about int) *Sample {
	t := &Sample{stats: s.stats}
	every := (len(s.rows) + about - 1) / about
	for i := every / 2; i < len(s.rows); i += every {
		r := s.rows[i]
		t.rows = append(t.rows, r)
		t.Customers += int(r.n)
		t.Repeats += r.x * int(r.n)
	}
	return t
}

// objective is the likelihood as what is to be made small, over the logarithms of the parameters.
func (l law) objective(s *Sample) fit.Objective {
	n := float64(s.Customers)
	p := make([]float64, len(l.starts[0]))
	return func(theta, grad []float64) float64 {
		for i, t := range theta {
			p[i] = math.Exp(t)
			grad[i] = 0
		}
		v := l.likelihood(p, s, grad)
		for i := range grad {
			grad[i] *= -p[i] / n
		}
		return -v / n
	}
}

// finish turns where the search ended into a model in days, with its errors.
func (l law) finish(s *Sample, r fit.Result) Fit {
	units := l.model.Parameters()
	values := make([]float64, len(r.Theta))
	for i, t := range r.Theta {
		values[i] = math.Exp(t) * units[i].PerWeek
	}
	n := float64(s.Customers)
	f := Fit{Model: l.model.With(values), LogLikelihood: -r.Value * n, Converged: r.Converged, Errors: make([]float64, len(values))}
	f.BIC = float64(len(values))*math.Log(n) - 2*f.LogLikelihood
	covariance, known := r.Covariance(n)
	for i := range f.Errors {
		f.Errors[i] = math.NaN()
		if known {
			f.Errors[i] = values[i] * math.Sqrt(covariance[i][i])
		}
	}
	f.Covariance = covariance
	f.Why = f.corner(s, known)
	f.Degenerate = f.Why != NoCorner
	return f
}

// empty is a law without data: its first start, and no certainty.
func (l law) empty(why Corner) Fit {
	units := l.model.Parameters()
	values, errs := make([]float64, len(units)), make([]float64, len(units))
	for i := range values {
		values[i], errs[i] = l.starts[0][i]*units[i].PerWeek, math.NaN()
	}
	return Fit{Model: l.model.With(values), Errors: errs, Degenerate: true, Why: why}
}

// corner says in what way the fit says nothing.
func (f Fit) corner(s *Sample, known bool) Corner {
	if s.Repeats == 0 {
		return NobodyReturns
	}
	_, never := f.Model.(NBD)
	if alive := f.alive(s); !never && (alive > nobodyLeft || !known && alive > almost) {
		return NobodyLeaves
	}
	if known {
		return NoCorner
	}
	for _, p := range f.Model.Parameters() {
		if p.Weeks() > 1e4 {
			return AllAlike
		}
	}
	return Undetermined
}

// alive is the average chance of being there, over the customers who have come back: those who bought once say nothing
// of leaving under half of the laws.
func (f Fit) alive(s *Sample) float64 {
	total, n := 0.0, 0.0
	for _, r := range s.rows {
		if r.x > 0 {
			total += r.n * f.Model.Alive(r.days())
			n += r.n
		}
	}
	return total / n
}

func (r row) days() Stat {
	return Stat{Repeats: r.x, Last: r.tx * daysPerWeek, Age: r.t * daysPerWeek, LogGaps: r.logGaps}
}

// LogLikelihood of a whole sample under a model, with time in weeks.
func LogLikelihood(m Model, s *Sample) float64 {
	total := 0.0
	for _, r := range s.rows {
		total += r.n * m.LogLikelihood(r.days())
	}
	return total
}
