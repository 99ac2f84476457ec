package replay

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/base/locale"
)

// Severity is how bad a finding is.
type Severity string

// The severities.
const (
	Mistake Severity = "mistake" // it cannot be meant
	Warning Severity = "warning" // it loses money, or nobody gets anything
	Advice  Severity = "advice"  // programmes that do so do worse
)

// Finding is something about a programme that its owner should look at.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	// Where is the place in the document, such as rules[2]; empty: the whole of it.
	Where string `json:"where,omitempty"`
	// Words say it, in the language that was asked for.
	Words string `json:"words"`

	args []any
}

// Lint is what was found, the worst first, and what the programme may come to.
type Lint struct {
	Findings []Finding `json:"findings"`
	Worst    Worst     `json:"worst_case"`
}

// Say puts the findings, and how the most was reckoned, into words; currency is that of the business.
func (l *Lint) Say(in *locale.Locale, currency string) {
	for i := range l.Findings {
		f := &l.Findings[i]
		args := slices.Clone(f.args)
		for j, arg := range args {
			switch a := arg.(type) {
			case share:
				args[j] = in.Percent(100*float64(a), 1)
			case int64:
				args[j] = in.Integer(a)
			case amount:
				args[j] = points.Amount(in, a.unit, a.units)
			}
		}
		f.Words = in.T("lint."+f.Code, args...)
	}
	l.Worst.say(in, currency)
}

// Bounds that findings go by; the sources of the advice are what studies of programmes agree on rather than laws.
const (
	mostRules       = 12
	longestReading  = 55.0 // LIX, of long and difficult text
	leastBack       = 0.01 // of what is paid
	mostStacked     = 100.0
	longestToReward = 180  // days
	leastReach      = 0.05 // of customers
	enoughOrders    = 100  // for the past to say something
)

// linter gathers findings about a document; past is nil where it was not rehearsed.
type linter struct {
	d     *programme.Document
	past  *Result
	o     *Options
	worth map[string]float64  // of a unit, in minor units
	exact map[string]*big.Rat // the same
	times map[string]*big.Rat // the most that multipliers make of what rates and pieces give of a unit
	top   *big.Rat            // the most that a tier makes of what rates give
	out   Lint
}

// Check looks a programme over, and with what a rehearsal gave at what it does, where there is one. Today tells which rules are
// over.
func Check(d *programme.Document, past *Result, o *Options, today time.Time) Lint {
	l := &linter{d: d, past: past, o: o, exact: map[string]*big.Rat{}, times: map[string]*big.Rat{}, top: big.NewRat(1, 1)}
	l.out.Findings, l.out.Worst = []Finding{}, newWorst()
	l.value()
	l.rules(today.Format(time.DateOnly))
	l.challenges(today.Format(time.DateOnly))
	l.discounts()
	l.tiers()
	l.rewards()
	l.most(today)
	l.money()
	l.weak()
	slices.SortStableFunc(l.out.Findings, func(a, b Finding) int {
		return slices.Index([]Severity{Mistake, Warning, Advice}, a.Severity) - slices.Index([]Severity{Mistake, Warning, Advice}, b.Severity)
	})
	return l.out
}

func (l *linter) found(s Severity, code, where string, args ...any) {
	l.out.Findings = append(l.out.Findings, Finding{Code: code, Severity: s, Where: where, args: args})
}

// rehearsed tells whether there is enough of a past to go by.
func (l *linter) rehearsed() bool { return l.past != nil && l.past.Orders >= enoughOrders }

// value works out what units are worth: as was said, or else by the reward that gives most for one; and by how much tiers and
// multipliers make more of what rates give. Of the multipliers of a group one applies.
func (l *linter) value() {
	l.worth = l.d.Worth()
	for i := range l.d.Rewards {
		r := &l.d.Rewards[i]
		if minor, known := r.WorthMinor(); known && r.Price > 0 {
			if worth := big.NewRat(minor, r.Price); l.exact[r.Unit] == nil || l.exact[r.Unit].Cmp(worth) < 0 {
				l.exact[r.Unit] = worth
			}
		}
	}
	for unit, minor := range l.o.ValueMinor {
		l.worth[unit], l.exact[unit] = minor, decimal(minor)
	}
	if l.d.Tiers != nil {
		for _, level := range l.d.Tiers.Levels {
			if factor := decimal(level.Factor); factor.Cmp(l.top) > 0 {
				l.top = factor
			}
		}
	}
	groups := map[[2]string]float64{}
	for i := range l.d.Rules {
		r := &l.d.Rules[i]
		t := r.Effect.Times
		if t == nil {
			continue
		}
		group := [2]string{t.Unit, r.Group}
		if r.Group == "" {
			group[1] = "\x00" + r.Rule
		}
		groups[group] = max(groups[group], t.Factor)
	}
	for group, factor := range groups {
		if factor > 1 {
			l.times[group[0]] = new(big.Rat).Mul(decimal(factor), l.timesOf(group[0]))
		}
	}
}

func (l *linter) timesOf(unit string) *big.Rat { return cmp.Or(l.times[unit], big.NewRat(1, 1)) }

func at(what string, i int) string { return fmt.Sprintf("%s[%d]", what, i) }

// share is a part of one, which texts show in percent.
type share float64
