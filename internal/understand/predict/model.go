package predict

// Parameter is one number of a law. PerWeek is what one of its units is in the unit used with weeks: 7 where it is a time.
type Parameter struct {
	Name    string
	Value   float64 // times in days
	PerWeek float64
}

// Weeks is the value with times in weeks, as the papers print it.
func (p Parameter) Weeks() float64 { return p.Value / p.PerWeek }

// Model is a law of buying with its parameters.
type Model interface {
	Name() string
	Parameters() []Parameter
	// With is the same law with other parameters.
	With(values []float64) Model
	// LogLikelihood is that of one customer, with time in weeks.
	LogLikelihood(Stat) float64
	// Alive is the chance that the customer has not left for good.
	Alive(Stat) float64
	// Expect is how many purchases the customer makes in so many days from now.
	Expect(c Stat, days float64) float64
	// Expects is Expect for several stretches at once, which share most of the work: appended to into.
	Expects(c Stat, days, into []float64) []float64
	// None is the chance that the customer buys nothing in the next so many days.
	None(c Stat, days float64) float64
	// Overdue is the chance that a customer who is still there would let as much time pass as has passed since the last
	// purchase, going by their own gaps so far.
	Overdue(Stat) float64
	// Newcomer is how many repeats a new customer makes within so many days.
	Newcomer(days float64) float64
}
