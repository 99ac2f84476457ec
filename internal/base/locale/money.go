package locale

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
)

// Digits is how many digits a currency has after the decimal sign, by ISO 4217; 2 for one that is unknown. (The
// CLDR numbers in x/text are others: they say what is usual in cash, and would show 0 for the Serbian dinar.)
func Digits(code string) int {
	switch strings.ToUpper(code) {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
		"XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	case "CLF", "UYW":
		return 4
	default:
		return 2
	}
}

// KnownCurrency says whether an ISO 4217 code is a currency's, newer ones than x/text has included.
func KnownCurrency(code string) bool {
	switch code {
	case "", "XXX", "XTS": // no currency, and the code for tests
		return false
	case "SLE", "VED", "XCG", "ZWG":
		return true
	}
	_, err := currency.ParseISO(code)
	return err == nil
}

// KnownCountry says whether an ISO 3166 code of two letters is a country's. Kosovo has one by custom alone.
func KnownCountry(code string) bool {
	r, err := language.ParseRegion(code)
	return err == nil && r.Canonicalize().String() == code && len(code) == len("GR") && (r.IsCountry() || code == "XK")
}

// Money writes an amount of minor units with its currency's digits and sign. Without a currency, or with a code
// that is none, it is a plain number with two digits.
func (l *Locale) Money(minor int64, code string) string {
	digits := Digits(code)
	magnitude := uint64(minor)
	if minor < 0 {
		magnitude = -magnitude
	}
	plain := strconv.FormatUint(magnitude, 10)
	if digits > 0 {
		if short := digits + 1 - len(plain); short > 0 {
			plain = strings.Repeat("0", short) + plain
		}
		plain = plain[:len(plain)-digits] + "." + plain[len(plain)-digits:]
	}
	return l.withCurrency(l.decimal(plain), minor < 0, code)
}

// MoneyShort writes an amount for a tile: whole units from a thousand on, and from the language's first large
// word on (million, 万) three significant digits of it. Smaller amounts are written out.
func (l *Locale) MoneyShort(minor int64, code string) string {
	major := math.Abs(float64(minor)) / math.Pow10(Digits(code))
	if major < 1000 {
		return l.Money(minor, code)
	}
	text := l.Number(major, 0)
	whole := math.Round(major)
	for _, s := range l.style.scales {
		if whole < s.from {
			break
		}
		count := significant(whole / s.unit)
		text = strings.Replace(count, ".", l.style.decimal, 1) + s.word
		if len(count) > 4 { // 1235万 goes without a separator, 12,350 billion does not
			text = l.decimal(count) + s.word
		}
		// 999.6 million is written as a billion, if there is a word for it.
		value, err := strconv.ParseFloat(count, 64)
		if err == nil {
			whole = max(whole, value*s.unit)
		}
	}
	return l.withCurrency(text, minor < 0, code)
}

// significant writes a number with three significant digits, or all its whole ones if it has more.
func significant(v float64) string {
	for digits := 2; digits > 0; digits-- {
		text := rounded(v, digits)
		if len(text) <= 4 { // 8.91, 89.1; a longer text has digits to spare
			return text
		}
	}
	return rounded(v, 0)
}

func (l *Locale) withCurrency(amount string, negative bool, code string) string {
	code = strings.ToUpper(code)
	sign := ""
	if negative {
		sign = minus
	}
	if !KnownCurrency(code) {
		return sign + amount
	}
	symbol, found := l.style.symbols[code]
	switch {
	case !found && l.style.symbolFirst:
		return sign + code + nbsp + amount
	case !found:
		return sign + amount + nbsp + code
	case l.style.symbolFirst:
		return sign + symbol + amount
	default:
		return sign + amount + nbsp + symbol
	}
}
