package replay

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/act/programme"
)

// money looks at how much goes back of what is paid.
func (l *linter) money() {
	back := l.out.Worst.ShareOfRevenue
	stacked := slices.ContainsFunc(l.out.Findings, func(f Finding) bool { return f.Code == "stacked" }) // says it already
	switch {
	case back >= 1 && !stacked:
		l.found(Mistake, "earns_above_price", "rules", share(back))
	case l.o.Margin > 0 && back > l.o.Margin && !stacked:
		l.found(Warning, "earns_above_margin", "rules", share(back), share(l.o.Margin))
	}
	if !l.rehearsed() {
		return
	}
	d := &l.past.Draft
	if d.AbovePrice > 0 {
		l.found(Warning, "orders_above_price", "", d.AbovePrice, l.past.Orders)
	}
	if d.BelowCost > 0 {
		l.found(Warning, "orders_below_cost", "", d.BelowCost, l.past.Orders)
	}
	if l.o.Margin > 0 && d.CostShare > l.o.Margin {
		l.found(Warning, "costs_above_margin", "", share(d.CostShare), share(l.o.Margin))
	}
}

// weak are the five mistakes of programmes that do not work: terms that nobody understands, too little, nothing for the one who
// is meant, no answer to what people say, and other terms for the same customer elsewhere.
func (l *linter) weak() {
	if n := len(l.d.Rules); n > mostRules {
		l.found(Advice, "many_rules", "rules", int64(n), int64(mostRules))
	}
	if reads := lix(l.terms()); reads > longestReading {
		l.found(Advice, "hard_to_read", "", int64(math.Round(reads)), int64(longestReading))
	}
	if back, known := l.returned(); known && back < leastBack {
		l.found(Advice, "too_small", "rewards", share(back), share(leastBack))
	}
	personal := len(l.d.Challenges) > 0 || l.d.Tiers != nil || slices.ContainsFunc(l.d.Rules, func(r programme.Rule) bool {
		return r.On == programme.OnBirthday || r.On == programme.OnAnniversary || r.On == "sign_up" || strings.Contains(r.If+r.Lines, "customer.")
	})
	if !personal && len(l.d.Rules) > 0 {
		l.found(Advice, "nothing_personal", "rules")
	}
	if !slices.ContainsFunc(l.d.Rules, func(r programme.Rule) bool { return r.On == "answer" || r.On == "review" }) {
		l.found(Advice, "no_answer", "rules")
	}
	for i := range l.d.Rules {
		if r := &l.d.Rules[i]; strings.Contains(r.If, "order.store") || strings.Contains(r.If, "order.channel") {
			l.found(Advice, "uneven", at("rules", i), r.Name)
		}
	}
}

// returned is what rates give back without tiers and multipliers, of what is paid; unknown where no unit has a worth, or where
// something else than rates gives it.
func (l *linter) returned() (back float64, known bool) {
	for i := range l.d.Rules {
		r := &l.d.Rules[i]
		if r.Effect.Discount != nil || r.Effect.Card != nil || r.Effect.Each != nil {
			return 0, false
		}
		if rate := r.Effect.Rate; rate != nil && l.worth[rate.Unit] > 0 {
			back, known = back+float64(rate.Units)/float64(rate.Minor)*l.worth[rate.Unit], true
		}
	}
	return back, known
}

// terms are the words of a programme that customers read.
func (l *linter) terms() string {
	var all []string
	for i := range l.d.Rules {
		all = append(all, l.d.Rules[i].Name)
	}
	for i := range l.d.Rewards {
		all = append(all, l.d.Rewards[i].Name, l.d.Rewards[i].Description)
	}
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return strings.TrimSpace(s) == "" }), ". ")
}

// lix is the readability index of Björnsson (1968): words to a sentence, and the percentage of words of more than six letters. It
// holds for any language that puts spaces between words; of few words it says nothing.
func lix(text string) float64 {
	const few, long = 40, 6
	words, lengthy, sentences := 0, 0, 0
	for _, w := range strings.Fields(text) {
		letters := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })
		if letters == "" {
			continue
		}
		words++
		if utf8.RuneCountInString(letters) > long {
			lengthy++
		}
		if strings.ContainsAny(w[len(w)-1:], ".:!?") {
			sentences++
		}
	}
	if words < few {
		return 0
	}
	const hundred = 100
	return float64(words)/float64(max(sentences, 1)) + hundred*float64(lengthy)/float64(words)
}
