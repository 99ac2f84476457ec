package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/base/stats"
)

// CalcCmd works out one figure from numbers that the owner has at hand, without a file.
type CalcCmd struct {
	NPS        CalcNPSCmd        `cmd:"" name:"nps" help:"Net promoter score from counts or answers."`
	Retention  CalcRetentionCmd  `cmd:"" help:"Share of customers kept, and the text-book formula beside it."`
	Churn      CalcChurnCmd      `cmd:"" help:"Share of customers lost."`
	Repurchase CalcRepurchaseCmd `cmd:"" help:"Share of customers who bought again."`
	Upsell     CalcUpsellCmd     `cmd:"" help:"Customers who buy several kinds of product for each who buys one."`
	CSAT       CalcCSATCmd       `cmd:"" name:"csat" help:"Customer satisfaction from counts or answers."`
	CES        CalcCESCmd        `cmd:"" name:"ces" help:"Customer effort score (1 to 7, high is easy) from counts or answers."`
	CLV        CalcCLVCmd        `cmd:"" name:"clv" help:"Customer lifetime value, the text-book product."`
	CAC        CalcCACCmd        `cmd:"" name:"cac" help:"Cost of winning a customer."`
}

// calcOutput is how every calculation is printed.
type calcOutput struct {
	Format   string `help:"text or json." default:"text" enum:"text,json"`
	Lang     string `help:"Language: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
	Currency string `help:"ISO code of the currency of amounts." placeholder:"CODE"`
}

// calcResult is one figure; money is in minor units.
type calcResult struct {
	Key     string   `json:"key"`
	Value   *float64 `json:"value"`
	Low     *float64 `json:"low"`
	High    *float64 `json:"high"`
	N       int64    `json:"n,omitempty"`
	Unit    string   `json:"unit"`
	Formula string   `json:"formula"`
	Method  string   `json:"method,omitempty"` // of the interval
	Notes   []string `json:"notes,omitempty"`
}

// calcPage gathers the figures of one calculation.
type calcPage struct {
	calcOutput
	l       *locale.Locale
	results []*calcResult
}

func (o calcOutput) page() (*calcPage, error) {
	l, err := locale.Get(o.Lang)
	if err != nil {
		return nil, err
	}
	p := &calcPage{calcOutput: o, l: l}
	p.Currency = strings.ToUpper(strings.TrimSpace(o.Currency))
	return p, nil
}

// add puts a figure with its formula on the page; {0} {1} ... in the formula are the operands as they are shown.
func (p *calcPage) add(key, unit, method string, i stats.Interval, formula string, operands ...string) *calcResult {
	r := &calcResult{Key: key, Unit: unit, N: int64(math.Max(0, i.N))}
	r.Value = finite(i.Value)
	if i.Known() {
		r.Low, r.High, r.Method = finite(i.Low), finite(i.High), method
	}
	var pairs []string
	for n, text := range operands {
		pairs = append(pairs, fmt.Sprintf("{%d}", n), text)
	}
	r.Formula = strings.NewReplacer(pairs...).Replace(formula)
	if r.Value != nil {
		r.Formula += " = " + p.bare(unit, *r.Value)
	}
	p.results = append(p.results, r)
	return r
}

// note adds a sentence to the figure.
func (p *calcPage) note(r *calcResult, key string, args ...any) {
	r.Notes = append(r.Notes, p.l.T(key, args...))
}

// finite is the number, or nothing where there is none.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// count shows a whole number.
func (p *calcPage) count(v float64) string { return p.l.Number(v, 0) }

// plainNumber shows a number with as many decimals as it was given, four at most.
func (p *calcPage) plainNumber(v float64) string {
	for digits := range 4 {
		if s := v * math.Pow10(digits); math.Abs(s-math.Round(s)) < 1e-9*math.Max(1, math.Abs(s)) {
			return p.l.Number(v, digits)
		}
	}
	return p.l.Number(v, 4)
}

// bare shows a result as it stands at the end of a formula.
func (p *calcPage) bare(unit string, v float64) string {
	switch unit {
	case "percent", "points":
		return p.l.Number(v, 1)
	}
	return p.unit(unit, v)
}

// bound shows an end of an interval; points go without the word, which the value beside it has.
func (p *calcPage) bound(unit string, v float64) string {
	if unit == "points" {
		return p.bare(unit, v)
	}
	return p.unit(unit, v)
}

func (p *calcPage) unit(unit string, v float64) string { return p.l.Unit(unit, v, p.Currency) }

// minor turns an amount in whole units of the currency into minor ones.
func (p *calcPage) minor(amount float64) float64 {
	return math.Round(amount * math.Pow10(locale.Digits(p.Currency)))
}

func (p *calcPage) write(w io.Writer) error {
	if p.Format == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(struct {
			Figures []*calcResult `json:"figures"`
		}{p.results})
	}
	for i, r := range p.results {
		if i > 0 {
			fmt.Fprintln(w)
		}
		p.writeFigure(w, r)
	}
	return nil
}

func (p *calcPage) writeFigure(w io.Writer, r *calcResult) {
	value := p.l.T("reason.divisor_zero")
	if r.Value != nil {
		value = p.unit(r.Unit, *r.Value)
	}
	fmt.Fprintln(w, p.l.T("text.file", p.l.T("measure."+r.Key+".name"), value))
	lines := []string{r.Formula}
	if r.Low != nil && r.High != nil {
		lines = append(lines, p.l.T("text.file", p.l.T("interval.label"),
			p.l.T("interval.range", p.bound(r.Unit, *r.Low), p.bound(r.Unit, *r.High))))
	}
	if r.Method != "" && r.Method != "t" { // the text on t speaks of orders, and here are none
		lines = append(lines, p.l.T("interval."+r.Method))
	}
	lines = append(lines, p.l.T("measure."+r.Key+".definition"))
	if r.Low != nil && r.N < 30 {
		lines = append(lines, p.l.T("indicative.sentence"))
	}
	for _, line := range append(lines, r.Notes...) {
		fmt.Fprintln(w, "  "+line)
	}
}

// flagged is a number given by a flag; Value is nil where it was not.
type flagged struct {
	flag  string
	value *float64
}

// need asks for flags that must be given.
func need(flags ...flagged) error {
	for _, f := range flags {
		if f.value == nil {
			return fault.Invalidf("--%s is missing; give it as --%s NUMBER", f.flag, f.flag)
		}
	}
	return nil
}

// counts checks that every flag that was given is a number of people or answers: whole and not negative.
func counts(flags ...flagged) error {
	if err := amounts(flags...); err != nil {
		return err
	}
	for _, f := range flags {
		if f.value != nil && *f.value != math.Trunc(*f.value) {
			return fault.Invalidf("--%s is %g; it counts people or answers, so give a whole number", f.flag, *f.value)
		}
	}
	return nil
}

// most is the largest number that is taken: beyond it, whole numbers are not exact any more.
const most = 1 << 53

// amounts checks that every flag that was given is a number, not negative.
func amounts(flags ...flagged) error {
	for _, f := range flags {
		switch {
		case f.value == nil:
		case math.IsNaN(*f.value) || math.IsInf(*f.value, 0):
			return fault.Invalidf("--%s is not a number; give it in digits, for example --%s 70", f.flag, f.flag)
		case *f.value < 0:
			return fault.Invalidf("--%s is %g; it cannot be below 0", f.flag, *f.value)
		case *f.value > most:
			return fault.Invalidf("--%s is %g, which is too large", f.flag, *f.value)
		}
	}
	return nil
}

// within checks that a part is not larger than the whole.
func within(part, whole flagged) error {
	if part.value != nil && whole.value != nil && *part.value > *whole.value {
		return fault.Invalidf("--%s is %g but --%s only %g; a part cannot be larger than the whole",
			part.flag, *part.value, whole.flag, *whole.value)
	}
	return nil
}

// above checks that what is divided by is not 0.
func above(f flagged, what string) error {
	if f.value != nil && *f.value == 0 {
		return fault.Invalidf("--%s is 0; without %s there is nothing to divide by", f.flag, what)
	}
	return nil
}
