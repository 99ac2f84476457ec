package outlook

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/base/locale"
	"regulars/internal/base/stats"
	"regulars/internal/understand/predict"
)

// words puts an outlook into a language. Text and page say the same sentences.
type words struct {
	p *Page
	l *locale.Locale
}

func (w words) days(v float64) string {
	if v >= 2 {
		v = math.Round(v)
	}
	return w.l.Unit("days", math.Round(v*10)/10, "")
}

func (w words) percent(share float64) string { return w.l.Percent(100*share, 0) }

// money writes whole units of the currency.
func (w words) money(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	return w.l.MoneyShort(int64(math.Round(v*math.Pow10(w.p.Digits))), w.p.Currency)
}

func (w words) count(v float64) string { return w.l.Number(math.Round(v), 0) }

// few writes a small number of purchases.
func (w words) few(v float64) string { return w.l.Number(v, 1) }

func (w words) horizon() string { return w.days(float64(w.p.Days)) }

func (w words) title() string { return w.l.T("predict.title") }

func (w words) subtitle() string {
	return w.l.T("predict.subtitle", w.l.Date(date(w.p.From+1)), w.horizon())
}

// lack is why nothing is foretold.
func (w words) lack() string {
	has, needs := w.l.Integer(int64(w.p.Customers)), w.l.Integer(predict.LeastCustomers)
	switch w.p.Lack {
	case predict.FewRepeats:
		has, needs = w.l.Integer(int64(w.p.Repeaters)), w.l.Integer(predict.LeastRepeaters)
	case predict.ShortTime:
		has, needs = w.days(float64(w.p.From-w.p.First)), w.days(predict.LeastDays)
	}
	return w.l.T("predict.lack."+string(w.p.Lack), has, needs)
}

// together puts sentences side by side, as the language does.
func (w words) together(sentences []string) string {
	out := ""
	for i, s := range sentences {
		if i > 0 {
			s = w.l.T("text.sentences", out, s)
		}
		out = s
	}
	return out
}

// headline is how many will buy again.
func (w words) headline() string {
	return w.l.T("predict.lead.return", w.count(float64(w.p.Customers)-w.p.Totals.Leaving), w.l.Integer(int64(w.p.Customers)), w.horizon())
}

// lead is what follows from it.
func (w words) lead() []string {
	t := &w.p.Totals
	out := []string{w.between("predict.lead.purchases", t.Expected, w.count)}
	if w.p.Money != nil {
		out = append(out, w.between("predict.lead.spend", t.Spend, w.money))
	}
	if t.Late > 0 {
		out = append(out, w.l.T("predict.lead.late", w.count(t.Late)))
	}
	if len(w.p.Best().Tests) > 0 {
		return append(out, w.l.T("predict.lead.band"))
	}
	return append(out, w.l.T("predict.lead.untested"))
}

func (w words) between(key string, i stats.Interval, write func(float64) string) string {
	return w.l.T(key, write(i.Value), write(i.Low), write(i.High))
}

func (w words) choice() string { return w.l.T("predict.choice."+string(w.p.Choice), w.p.Best().Name) }

// trust is what the back-tests say, in sentences.
func (w words) trust() []string {
	tests := w.p.Best().Tests
	if len(tests) == 0 {
		return []string{w.l.T("predict.trust.none")}
	}
	var out []string
	if a := tests[0].AUC; a.Known() {
		out = append(out, w.l.T("predict.trust.apart", w.l.Number(100*a.Value, 0), w.l.Number(100*a.Low, 0), w.l.Number(100*a.High, 0)))
	}
	if t := &w.p.Totals; t.DriftKnown {
		key := "predict.trust.steady"
		if t.Drift {
			key = "predict.trust.drift"
		}
		out = append(out, w.l.T(key))
	}
	if w.p.Season != nil {
		key := "predict.season.untested"
		if w.p.SeasonTested {
			key = "predict.season.on"
		}
		out = append(out, w.l.T(key))
	}
	return out
}

// how is how it was reckoned, in sentences.
func (w words) how() []string {
	p, l := w.p, w.l
	out := []string{
		w.choice(),
		l.T("predict.how.window", l.Date(date(p.First)), l.Date(date(p.From)), l.Integer(int64(p.Customers)), l.Integer(int64(p.Repeaters))),
	}
	if p.Sampled > 0 {
		out = append(out, l.T("predict.how.sampled", l.Integer(int64(p.Sampled))))
		if off := p.SampleError(); !math.IsNaN(off) {
			out = append(out, l.T("predict.how.sample_error", l.Percent(100*off, 1)))
		}
	}
	best := p.Best()
	var names []string
	var values, errs []float64
	for i, parameter := range best.Model.Parameters() {
		names, values, errs = append(names, parameter.Name), append(values, parameter.Value), append(errs, best.Errors[i])
	}
	out = append(out, l.T("predict.how.parameters", w.numbers(names, values, errs)))
	return append(out, w.amounts()...)
}

// amounts is where money comes from.
func (w words) amounts() []string {
	m := w.p.Money
	if m == nil {
		return []string{w.l.T("predict.how.no_money")}
	}
	if m.Degenerate {
		return []string{w.l.T("predict.how.average", w.money(m.Average))}
	}
	out := []string{w.l.T("predict.how.money", w.numbers([]string{"p", "q", "gamma"}, []float64{m.P, m.Q, m.Gamma}, m.Errors[:]), w.l.Integer(int64(m.Customers)))}
	if m.LeftOut > 0 {
		out = append(out, w.l.T("predict.how.left_out", w.l.Integer(int64(m.LeftOut))))
	}
	return out
}

// numbers writes parameters with their standard errors: r 0.243 ± 0.013.
func (w words) numbers(names []string, values, errs []float64) string {
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = name + "\u00a0" + w.significant(values[i])
		if !math.IsNaN(errs[i]) {
			parts[i] += "\u00a0±\u00a0" + w.significant(errs[i])
		}
	}
	return strings.Join(parts, w.l.T("predict.separator"))
}

// significant writes four digits that count.
func (w words) significant(v float64) string {
	digits := 3 - int(math.Floor(math.Log10(math.Abs(v))))
	if v == 0 || digits > 7 || digits < -9 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return w.l.Number(v, max(0, digits))
}

// remark is what must be said of a candidate.
func (w words) remark(i int) string {
	c := &w.p.Candidates[i]
	var parts []string
	if i == w.p.Chosen {
		parts = append(parts, w.l.T("predict.chosen"))
	}
	if c.Why != predict.NoCorner && w.l.Has("predict.corner."+string(c.Why)) {
		parts = append(parts, w.l.T("predict.corner."+string(c.Why)))
	}
	if !c.Converged {
		parts = append(parts, w.l.T("predict.corner.not_converged"))
	}
	return strings.Join(parts, w.l.T("predict.separator"))
}

// notes is everything that must be said aloud, for programs.
func (w words) notes() []string {
	if w.p.Lack != predict.NothingLacks {
		return []string{w.lack()}
	}
	return append(w.trust(), w.how()...)
}

// every is how often the customer used to come.
func every(s *predict.Score) float64 {
	if s.Repeats == 0 {
		return 0
	}
	return s.Last / float64(s.Repeats)
}

// why is the reason behind a customer's figures, in words.
func (w words) why(s *predict.Score) string {
	since := w.days(s.Age - s.Last)
	switch s.State {
	case predict.OnceOnly:
		return w.l.T("predict.why.once", since)
	case predict.OnTime:
		return w.l.T("predict.why.on_time", w.days(every(s)), since)
	case predict.Late, predict.Gone:
	}
	return w.l.T("predict.why."+string(s.State), since, w.days(every(s)))
}

// Why is the reason behind a customer's figures, in words.
func Why(l *locale.Locale, s *predict.Score) string { return words{l: l}.why(s) }

// leaving is the customers late or gone with the most at stake.
func (p *Page) leaving(most int) []*predict.Score {
	return p.top(most, func(s *predict.Score) float64 {
		switch {
		case s.State != predict.Late && (s.State != predict.Gone || s.Repeats < 2):
			return 0
		case p.Money != nil:
			return s.Stake
		case s.Age-s.Last > 2*float64(p.Days):
			return 0
		}
		return float64(s.Repeats)
	})
}

// best is the customers of whom most is expected.
func (p *Page) best(most int) []*predict.Score {
	return p.top(most, func(s *predict.Score) float64 {
		if p.Money != nil {
			return s.Value
		}
		return s.Expected
	})
}

// top is the customers with the highest figure above zero; equals by id.
func (p *Page) top(most int, figure func(*predict.Score) float64) []*predict.Score {
	var all []*predict.Score
	for i := range p.Scores {
		if figure(&p.Scores[i]) > 0 {
			all = append(all, &p.Scores[i])
		}
	}
	slices.SortStableFunc(all, func(a, b *predict.Score) int { return cmp.Compare(figure(b), figure(a)) })
	return all[:min(most, len(all))]
}

// compared is the candidates worth showing, the likeliest for their size first: the one chosen is among them.
func (p *Page) compared() []int {
	const most = 6
	order := make([]int, len(p.Candidates))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p.Candidates[a].BIC, p.Candidates[b].BIC) })
	if at := slices.Index(order, p.Chosen); at >= most {
		order[most-1] = p.Chosen
	}
	return order[:min(most, len(order))]
}
