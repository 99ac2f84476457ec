package importer

import (
	"strings"

	"regulars/internal/record/importer/parse"
)

// findCurrency takes the currency from its column, from the signs beside the amounts, or from a name.
func (p *Plan) findCurrency(s *sample, columns []*profile, opts Options) {
	if c := p.layout.roles.at(roleCurrency); c >= 0 {
		counts := map[string]int{}
		for _, row := range s.data() {
			if c < len(row) {
				if code := currencyCode(parse.TrimSpace([]byte(row[c]))); code != "" {
					counts[code]++
				}
			}
		}
		for code, n := range counts {
			if n > counts[p.Currency] || (n == counts[p.Currency] && code < p.Currency) {
				p.Currency = code
			}
		}
		if len(counts) > 1 && opts.Currency == "" {
			p.note(NoteCurrencies, p.Currency)
		}
	}
	for _, c := range p.moneyColumns() {
		if p.Currency == "" {
			p.Currency = string(columns[c].numbers.Sign())
		}
		for sign := range columns[c].numbers.Signs {
			if code := firstOf(opts.Currency, p.Currency); !sign.Agrees(parse.Sign(code)) {
				p.note(NoteOtherCurrency, columns[c].title, code)
				break
			}
		}
	}
	for _, c := range p.moneyColumns() {
		for _, w := range columns[c].name.words {
			if p.Currency == "" && len(w) == 3 && w != "all" && w != "try" {
				if sign, ok := parse.SignOf([]byte(w)); ok {
					p.Currency = string(sign)
				}
			}
		}
		p.Currency = firstOf(p.Currency, signInBrackets(columns[c].title))
	}
	if opts.Currency != "" && p.Currency == "" {
		p.Currency = opts.Currency
	}
}

// signInBrackets reads "Total (EUR)" and "Сумма, руб.".
func signInBrackets(title string) string {
	i := strings.IndexAny(title, "([（,，")
	if i < 0 {
		return ""
	}
	sign, _ := parse.SignOf([]byte(strings.Trim(title[i:], "()[]（），,. ")))
	return string(sign)
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
