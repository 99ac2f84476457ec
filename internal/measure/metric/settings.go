package metric

import (
	"fmt"
	"strconv"
	"strings"

	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
)

// Settings say what to measure and how. Zero values are taken from the data or are the defaults of the measures'
// definitions; Engine.Settings gives what was used.
type Settings struct {
	AsOf     int64 // local microseconds; facts at or after it do not exist; 0: the midnight after the last fact
	From, To int64 // the window [From, To); both 0: the 365 days to AsOf
	asked    bool  // the window was given, not taken from AsOf
	Period   Period
	By       string      // attribute to break the figures down by; empty: none
	Where    []Condition // all must hold
	Shield   bool        // refuse attributes that tell customers apart, such as their names

	ActivityDays    int     // 0: from the gaps between purchase days
	SecondOrderDays int     // 0: the same as ActivityDays
	TopShare        float64 // 0: 0.2
	RFM             RFMMethod
	UnitMinor       int64 // minor units of one whole unit of the currency; 0: 100
	Bands           Bands
	CSATScale       int        // 5 or 10; 0: from the answers
	IndexWeights    [3]float64 // of NPS, repurchase rate and share buying several kinds; zero: equal
	Meaning         Meaning    // of an NPS, for readers
}

// Condition restricts the facts to those whose attribute has one of the values (or, with Not, none of them).
type Condition struct {
	Attribute string
	Not       bool
	Values    []string
}

// ParseCondition reads name=value, name!=value, with several values parted by |.
func ParseCondition(s string) (Condition, error) {
	name, values, ok := strings.Cut(s, "=")
	not := strings.HasSuffix(name, "!")
	name = strings.TrimSpace(strings.TrimSuffix(name, "!"))
	if !ok || name == "" || strings.TrimSpace(values) == "" {
		return Condition{}, fault.Invalidf("the condition %q is not of the form attribute=value, for example country=France", s)
	}
	c := Condition{Attribute: name, Not: not}
	for _, v := range strings.Split(values, "|") {
		c.Values = append(c.Values, strings.TrimSpace(v))
	}
	return c, nil
}

// String is what ParseCondition reads.
func (c Condition) String() string {
	op := "="
	if c.Not {
		op = "!="
	}
	return c.Attribute + op + strings.Join(c.Values, "|")
}

// Bands say which scores are detractors (Min..Detractor), passives (..Passive) and promoters (..Max).
type Bands struct{ Min, Detractor, Passive, Max float64 }

// The two scales in use.
var (
	nps0To10 = Bands{0, 6, 8, 10}
	nps1To10 = Bands{1, 5, 8, 10}
)

// DefaultBands are those of the 0-10 question.
func DefaultBands() Bands { return nps0To10 }

// ParseBands reads 0-10, 1-10 or the four numbers min,top detractor,top passive,max.
func ParseBands(s string) (Bands, error) {
	switch s {
	case "", "0-10":
		return nps0To10, nil
	case "1-10":
		return nps1To10, nil
	}
	parts := strings.Split(s, ",")
	if len(parts) != 4 {
		return Bands{}, fault.Invalidf("the NPS scale %q is not known: use 0-10, 1-10, or min,top detractor,top passive,max such as 0,6,8,10", s)
	}
	var v [4]float64
	for i, p := range parts {
		var err error
		if v[i], err = strconv.ParseFloat(strings.TrimSpace(p), 64); err != nil || v[i] != v[i] || v[i] > 1e6 || v[i] < -1e6 {
			return Bands{}, fault.Invalidf("the NPS scale %q has %q where a number belongs", s, p)
		}
	}
	b := Bands{v[0], v[1], v[2], v[3]}
	if b.Min > b.Detractor || b.Detractor >= b.Passive || b.Passive >= b.Max {
		return Bands{}, fault.Invalidf("the NPS scale %q must rise: min,top detractor,top passive,max such as 0,6,8,10", s)
	}
	return b, nil
}

func (b Bands) String() string {
	switch b {
	case nps0To10:
		return "0-10"
	case nps1To10:
		return "1-10"
	}
	return fmt.Sprintf("%g,%g,%g,%g", b.Min, b.Detractor, b.Passive, b.Max)
}

// windowDays is the length of the window where none is given.
const windowDays = 365

// resolveWindow fills in AsOf and the window.
func (s *Settings) resolveWindow(last int64, anyFact bool) error {
	if s.AsOf == 0 && anyFact {
		s.AsOf = (floorDay(last) + 1) * fact.MicrosPerDay
	}
	s.asked = s.From != 0
	if s.To == 0 || s.To > s.AsOf {
		s.To = s.AsOf
	}
	if s.From == 0 {
		s.From = s.To - windowDays*fact.MicrosPerDay
	}
	if s.From >= s.To {
		return fault.Invalidf("the window is empty: it must begin before %s, where it ends", dayText(s.To))
	}
	if s.TopShare == 0 {
		s.TopShare = 0.2
	}
	if s.TopShare < 0 || s.TopShare > 1 {
		return fault.Invalidf("the share of top customers must lie between 0 and 1, not %g", s.TopShare)
	}
	if s.UnitMinor == 0 {
		s.UnitMinor = 100
	}
	if s.RFM == "" {
		s.RFM = RFMCuts
	}
	if s.Bands == (Bands{}) {
		s.Bands = nps0To10
	}
	if s.IndexWeights == [3]float64{} {
		s.IndexWeights = [3]float64{1, 1, 1}
	}
	return nil
}

func floorDay(local int64) int64 {
	d := local / fact.MicrosPerDay
	if local%fact.MicrosPerDay < 0 {
		d--
	}
	return d
}
