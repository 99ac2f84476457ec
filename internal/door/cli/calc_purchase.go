package cli

import (
	"errors"
	"math"

	"regulars/internal/base/fault"
	"regulars/internal/base/stats"
)

// CalcRetentionCmd works out retention, by following the same customers and by the text-book formula.
type CalcRetentionCmd struct {
	Start *float64 `help:"Customers at the start of the period." placeholder:"N"`
	Kept  *float64 `help:"Those of them who are still customers at its end." placeholder:"N"`
	End   *float64 `help:"All customers at the end (for the text-book formula)." placeholder:"N"`
	New   *float64 `help:"Customers who bought for the first time in the period (for the text-book formula)." placeholder:"N"`
	calcOutput
}

// Run prints it.
func (c *CalcRetentionCmd) Run(ctx *Context) error {
	start, kept := flagged{"start", c.Start}, flagged{"kept", c.Kept}
	end, fresh := flagged{"end", c.End}, flagged{"new", c.New}
	if err := errors.Join(need(start), counts(start, kept, end, fresh)); err != nil {
		return err
	}
	formula := c.End != nil || c.New != nil
	if c.Kept == nil && !formula {
		return fault.Invalidf("give --kept, the customers of the start who are still there at the end; or --end and --new for the text-book formula")
	}
	if formula {
		if err := need(end, fresh); err != nil {
			return err
		}
	}
	if err := errors.Join(above(start, "customers at the start"), within(kept, start), within(kept, end)); err != nil {
		return err
	}
	p, err := c.page()
	if err != nil {
		return err
	}
	if c.Kept != nil {
		p.share("retention_rate", *c.Kept, *c.Start)
	}
	if formula {
		p.textbookRetention(c)
	}
	return p.write(ctx.Stdout)
}

// textbookRetention is ((E - N) / S) x 100, which can leave 0..100; counts alone give it no interval.
func (p *calcPage) textbookRetention(c *CalcRetentionCmd) {
	value := (*c.End - *c.New) / *c.Start * 100
	r := p.add("retention_rate_formula", "percent", "", stats.Interval{Value: value, Low: math.NaN(), High: math.NaN()},
		"({0} − {1}) / {2} × 100", p.count(*c.End), p.count(*c.New), p.count(*c.Start))
	p.note(r, "calc.no_interval")
	p.note(r, "calc.retention.note")
	switch {
	case c.Kept == nil:
		p.note(r, "calc.retention.give_kept")
	case *c.End-*c.New == *c.Kept:
		p.note(r, "calc.retention.same")
	default:
		p.note(r, "calc.retention.differ", p.l.Change("percent", value - *c.Kept / *c.Start * 100, ""),
			p.signed(*c.End-*c.New-*c.Kept))
	}
}

// signed shows a whole number with its sign.
func (p *calcPage) signed(v float64) string {
	if v > 0 {
		return "+" + p.count(v)
	}
	return p.count(v)
}

// share is a part of a whole in percent, with Wilson's interval.
func (p *calcPage) share(key string, part, whole float64) *calcResult {
	return p.add(key, "percent", "wilson", stats.Wilson(part, whole).Scale(100), "{0} / {1} × 100", p.count(part), p.count(whole))
}

// CalcChurnCmd works out churn.
type CalcChurnCmd struct {
	Start *float64 `help:"Customers (or subscribers) at the start of the period." placeholder:"N"`
	Kept  *float64 `help:"Those of them who are still customers at its end." placeholder:"N" xor:"churn"`
	Lost  *float64 `help:"Those of them who are not, or who cancelled." placeholder:"N" xor:"churn"`
	calcOutput
}

// Run prints it.
func (c *CalcChurnCmd) Run(ctx *Context) error {
	start, kept, lost := flagged{"start", c.Start}, flagged{"kept", c.Kept}, flagged{"lost", c.Lost}
	if err := errors.Join(need(start), counts(start, kept, lost)); err != nil {
		return err
	}
	if c.Kept == nil && c.Lost == nil {
		return fault.Invalidf("give --lost, the customers of the start who left, or --kept, those who stayed")
	}
	if err := errors.Join(above(start, "customers at the start"), within(kept, start), within(lost, start)); err != nil {
		return err
	}
	p, err := c.page()
	if err != nil {
		return err
	}
	if c.Lost != nil {
		p.share("churn_rate", *c.Lost, *c.Start)
	} else {
		p.add("churn_rate", "percent", "wilson", stats.Wilson(*c.Kept, *c.Start).Scale(100).Complement(100),
			"({0} − {1}) / {0} × 100", p.count(*c.Start), p.count(*c.Kept))
	}
	return p.write(ctx.Stdout)
}

// CalcRepurchaseCmd works out the repurchase rate.
type CalcRepurchaseCmd struct {
	Again     *float64 `help:"Customers with more than one order in the period." placeholder:"N"`
	Customers *float64 `help:"Customers with at least one." placeholder:"N"`
	calcOutput
}

// Run prints it.
func (c *CalcRepurchaseCmd) Run(ctx *Context) error {
	again, customers := flagged{"again", c.Again}, flagged{"customers", c.Customers}
	if err := errors.Join(need(again, customers), counts(again, customers), above(customers, "customers"), within(again, customers)); err != nil {
		return err
	}
	p, err := c.page()
	if err != nil {
		return err
	}
	p.share("repurchase_rate", *c.Again, *c.Customers)
	return p.write(ctx.Stdout)
}

// CalcUpsellCmd works out the upsell ratio, and the share it should not be taken for.
type CalcUpsellCmd struct {
	Several *float64 `help:"Customers who bought more than one kind of product." placeholder:"N"`
	One     *float64 `help:"Customers who bought exactly one kind." placeholder:"N"`
	calcOutput
}

// Run prints it.
func (c *CalcUpsellCmd) Run(ctx *Context) error {
	several, one := flagged{"several", c.Several}, flagged{"one", c.One}
	if err := errors.Join(need(several, one), counts(several, one), above(one, "customers of one kind")); err != nil {
		return err
	}
	p, err := c.page()
	if err != nil {
		return err
	}
	ratio := stats.LogRatio(*c.Several, *c.One)
	r := p.add("upsell_ratio", "ratio", "log_ratio", ratio, "{0} / {1}", p.count(*c.Several), p.count(*c.One))
	p.note(r, "text.upsell_hundred", p.l.Number(100*ratio.Value, 1))
	p.add("multi_kind_share", "percent", "wilson", stats.Wilson(*c.Several, *c.Several+*c.One).Scale(100),
		"{0} / ({0} + {1}) × 100", p.count(*c.Several), p.count(*c.One))
	return p.write(ctx.Stdout)
}

// CalcCLVCmd works out the text-book lifetime value.
type CalcCLVCmd struct {
	OrderValue *float64 `help:"Average order value." placeholder:"AMOUNT"`
	Frequency  *float64 `help:"Orders a customer places in a year." placeholder:"N"`
	Years      *float64 `help:"Years that a customer stays." placeholder:"N"`
	Margin     *float64 `help:"Margin in percent; the value is then profit, not revenue." placeholder:"PERCENT"`
	CAC        *float64 `name:"cac" help:"Cost of winning a customer, to compare with." placeholder:"AMOUNT"`
	calcOutput
}

// Run prints it.
func (c *CalcCLVCmd) Run(ctx *Context) error {
	value, frequency, years := flagged{"order-value", c.OrderValue}, flagged{"frequency", c.Frequency}, flagged{"years", c.Years}
	margin, cac := flagged{"margin", c.Margin}, flagged{"cac", c.CAC}
	if err := errors.Join(need(value, frequency, years), amounts(value, frequency, years, margin, cac), above(cac, "a cost")); err != nil {
		return err
	}
	if c.Margin != nil && *c.Margin > 100 {
		return fault.Invalidf("--margin is %g; it is a percentage, so give a number from 0 to 100", *c.Margin)
	}
	p, err := c.page()
	if err != nil {
		return err
	}
	amount, formula := *c.OrderValue**c.Frequency**c.Years, "{0} × {1} × {2}"
	operands := []string{p.unit("minor", p.minor(*c.OrderValue)), p.plainNumber(*c.Frequency), p.plainNumber(*c.Years)}
	if c.Margin != nil {
		amount, formula = amount**c.Margin/100, formula+" × {3}"
		operands = append(operands, p.l.Percent(*c.Margin, 1))
	}
	if err := amounts(flagged{"order-value", &amount}); err != nil {
		return err
	}
	r := p.add("clv_historic", "minor", "", alone(p.minor(amount)), formula, operands...)
	p.note(r, "calc.no_interval")
	if c.Margin == nil {
		p.note(r, "calc.clv.revenue")
	}
	if c.CAC != nil {
		p.add("clv_to_cac", "ratio", "", alone(amount / *c.CAC), "{0} / {1}", p.unit("minor", p.minor(amount)), p.unit("minor", p.minor(*c.CAC)))
	}
	return p.write(ctx.Stdout)
}

// alone is a figure whose spread cannot be known.
func alone(v float64) stats.Interval {
	return stats.Interval{Value: v, Low: math.NaN(), High: math.NaN()}
}

// CalcCACCmd works out the cost of winning a customer.
type CalcCACCmd struct {
	Cost      *float64 `help:"What was spent on winning customers in the period." placeholder:"AMOUNT"`
	Customers *float64 `help:"New customers it won." placeholder:"N"`
	CLV       *float64 `name:"clv" help:"Lifetime value, to compare with." placeholder:"AMOUNT"`
	calcOutput
}

// Run prints it.
func (c *CalcCACCmd) Run(ctx *Context) error {
	cost, customers, clv := flagged{"cost", c.Cost}, flagged{"customers", c.Customers}, flagged{"clv", c.CLV}
	if err := errors.Join(need(cost, customers), amounts(cost, clv), counts(customers), above(customers, "new customers")); err != nil {
		return err
	}
	p, err := c.page()
	if err != nil {
		return err
	}
	cac := *c.Cost / *c.Customers
	r := p.add("acquisition_cost", "minor", "", alone(p.minor(cac)), "{0} / {1}", p.unit("minor", p.minor(*c.Cost)), p.count(*c.Customers))
	p.note(r, "calc.no_interval")
	if c.CLV != nil {
		ratio := math.NaN()
		if cac > 0 {
			ratio = *c.CLV / cac
		}
		p.add("clv_to_cac", "ratio", "", alone(ratio), "{0} / {1}", p.unit("minor", p.minor(*c.CLV)), p.unit("minor", p.minor(cac)))
	}
	return p.write(ctx.Stdout)
}
