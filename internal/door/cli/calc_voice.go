package cli

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"regulars/internal/base/fault"
	"regulars/internal/base/stats"
	"regulars/internal/measure/metric"
)

// CalcNPSCmd works out the net promoter score.
type CalcNPSCmd struct {
	Promoters  *float64 `help:"Answers of promoters (9 or 10 of 10)." placeholder:"N"`
	Passives   *float64 `help:"Answers of passives (7 or 8)." placeholder:"N"`
	Detractors *float64 `help:"Answers of detractors (0 to 6)." placeholder:"N"`
	Answers    string   `help:"Or the answers themselves: 9,10,6,... An empty one or - is a question left out." placeholder:"SCORES"`
	Bands      string   `help:"Scale of the answers: 0-10, 1-10, or min,top detractor,top passive,max." default:"0-10" placeholder:"SCALE"`
	Variant    bool     `help:"The formula that adds passives, too, with how it differs."`
	calcOutput
}

// Run prints it.
func (c *CalcNPSCmd) Run(ctx *Context) error {
	promoters, passives, detractors, skipped, err := c.groups()
	if err != nil {
		return err
	}
	n := promoters + passives + detractors
	if n == 0 {
		return fault.Invalidf("there are no answers: --promoters, --passives and --detractors are all 0")
	}
	p, err := c.page()
	if err != nil {
		return err
	}
	i := stats.NPS(promoters, passives, detractors)
	method := "adjusted_wald"
	if n < 30 || stats.NPSVariance(promoters, passives, detractors) == 0 {
		method = "score"
	}
	r := p.add("nps", "points", method, i, "({0} − {1}) / {2} × 100", p.count(promoters), p.count(detractors), p.count(n))
	band := "band.nps." + metric.NPSBand(i.Value)
	p.note(r, "text.file", p.l.T(band+".name"), p.l.T(band+".sentence"))
	if skipped > 0 {
		r.Notes = append(r.Notes, p.l.P("calc.skipped", skipped))
	}
	if needed := stats.AnswersNeeded(stats.NPSVariance(promoters, passives, detractors), 5); float64(needed) > n {
		p.note(r, "calc.nps.needed", needed)
	}
	if c.Variant {
		v := p.add("nps_with_passives", "points", "wilson", stats.NPSWithPassives(promoters, passives, detractors),
			"({0} + {1} − {2}) / {3} × 100", p.count(promoters), p.count(passives), p.count(detractors), p.count(n))
		p.note(v, "measure.nps_with_passives.note")
	}
	return p.write(ctx.Stdout)
}

// groups counts promoters, passives and detractors, as given or from the answers.
func (c *CalcNPSCmd) groups() (promoters, passives, detractors float64, skipped int64, err error) {
	flags := []flagged{{"promoters", c.Promoters}, {"passives", c.Passives}, {"detractors", c.Detractors}}
	if c.Answers == "" {
		if err := errors.Join(need(flags...), counts(flags...)); err != nil {
			return 0, 0, 0, 0, err
		}
		return *c.Promoters, *c.Passives, *c.Detractors, 0, nil
	}
	for _, f := range flags {
		if f.value != nil {
			return 0, 0, 0, 0, fault.Invalidf("give either --answers or --%s, not both", f.flag)
		}
	}
	bands, err := metric.ParseBands(c.Bands)
	if err != nil {
		return 0, 0, 0, 0, err
	}
	answers, skipped, err := scores(c.Answers, bands.Min, bands.Max)
	for _, s := range answers {
		switch {
		case s <= bands.Detractor:
			detractors++
		case s <= bands.Passive:
			passives++
		default:
			promoters++
		}
	}
	return promoters, passives, detractors, skipped, err
}

// scores reads a list of answers; empty ones were left out by those who were asked.
func scores(text string, low, high float64) (answers []float64, skipped int64, err error) {
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" || part == "-" {
			skipped++
			continue
		}
		s, err := strconv.ParseFloat(part, 64)
		if err != nil || math.IsNaN(s) {
			return nil, 0, fault.Invalidf("the answer %q is not a number; give answers with commas between them, such as 9,10,6", part)
		}
		if s < low || s > high {
			return nil, 0, fault.Invalidf("the answer %g is outside the scale of %g to %g", s, low, high)
		}
		answers = append(answers, s)
	}
	if len(answers) == 0 {
		return nil, 0, fault.Invalidf("there are no answers in %q", text)
	}
	return answers, skipped, nil
}

// CalcCSATCmd works out satisfaction.
type CalcCSATCmd struct {
	Counts  string `help:"How many gave each score, the lowest first: 10,5,5,30,50." placeholder:"N,N,..."`
	Answers string `help:"Or the answers themselves: 5,4,4,..." placeholder:"SCORES"`
	Scale   int    `help:"Highest score of the question: 5 or 10. Default: how many counts there are, else 5." placeholder:"N"`
	calcOutput
}

// Run prints it.
func (c *CalcCSATCmd) Run(ctx *Context) error {
	if c.Scale != 0 && c.Scale != 5 && c.Scale != 10 {
		return fault.Invalidf("--scale is %d; satisfaction is asked on 1 to 5 or 1 to 10", c.Scale)
	}
	scale := c.Scale
	if scale == 0 {
		scale = 5
		if strings.Count(c.Counts, ",") == 9 {
			scale = 10
		}
	}
	p, err := c.page()
	if err != nil {
		return err
	}
	// Satisfied is the top two boxes of either scale.
	if err := p.question(c.Counts, c.Answers, scale, scale-1, "csat_top", "csat_mean"); err != nil {
		return err
	}
	return p.write(ctx.Stdout)
}

// CalcCESCmd works out the effort score.
type CalcCESCmd struct {
	Counts  string `help:"How many gave each score from 1 to 7: 2,3,5,10,20,35,25." placeholder:"N,N,..."`
	Answers string `help:"Or the answers themselves: 7,6,5,..." placeholder:"SCORES"`
	calcOutput
}

// Run prints it.
func (c *CalcCESCmd) Run(ctx *Context) error {
	p, err := c.page()
	if err != nil {
		return err
	}
	if err := p.question(c.Counts, c.Answers, 7, 5, "ces_easy", "ces_mean"); err != nil {
		return err
	}
	return p.write(ctx.Stdout)
}

// question adds the share of scores from top up, and the mean, of a question with scores of 1 to scale.
func (p *calcPage) question(countsText, answersText string, scale, top int, topKey, meanKey string) error {
	tally := make([]float64, scale)
	var skipped int64
	switch {
	case countsText != "" && answersText != "":
		return fault.Invalidf("give either --counts or --answers, not both")
	case countsText != "":
		parts := strings.Split(countsText, ",")
		if len(parts) != scale {
			return fault.Invalidf("--counts has %d numbers; a question with scores of 1 to %d needs %d, the lowest score first", len(parts), scale, scale)
		}
		for i, part := range parts {
			v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
			if err != nil {
				return fault.Invalidf("--counts has %q where a number belongs", part)
			}
			if err := counts(flagged{"counts", &v}); err != nil {
				return err
			}
			tally[i] = v
		}
	case answersText != "":
		answers, left, err := scores(answersText, 1, float64(scale))
		if err != nil {
			return err
		}
		skipped = left
		for _, s := range answers {
			if s != math.Trunc(s) {
				return fault.Invalidf("the answer %g is not one of the scores 1 to %d", s, scale)
			}
			tally[int(s)-1]++
		}
	default:
		return fault.Invalidf("--counts is missing; give it as --counts %s, the lowest score first, or --answers", strings.TrimSuffix(strings.Repeat("N,", scale), ","))
	}
	return p.tallied(tally, skipped, top, topKey, meanKey)
}

func (p *calcPage) tallied(tally []float64, skipped int64, top int, topKey, meanKey string) error {
	var n, high, sum float64
	values := make([]float64, len(tally))
	for i, count := range tally {
		values[i] = float64(i + 1)
		n += count
		sum += count * values[i]
		if i+1 >= top {
			high += count
		}
	}
	if n == 0 {
		return fault.Invalidf("there are no answers: all counts are 0")
	}
	r := p.share(topKey, high, n)
	if skipped > 0 {
		r.Notes = append(r.Notes, p.l.P("calc.skipped", skipped))
	}
	p.add(meanKey, "score", "t", stats.TCounts(values, tally), "{0} / {1}", p.count(sum), p.count(n))
	return nil
}
