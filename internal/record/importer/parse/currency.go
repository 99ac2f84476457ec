package parse

import (
	"unicode"
	"unicode/utf8"
)

// Sign is what a currency sign or code beside a number says: an ISO 4217 code, or empty.
type Sign string

// Agrees is true when an amount with that sign beside it may be in the currency: it is the same one, or the sign is
// one that several currencies share. No sign agrees with everything.
func (s Sign) Agrees(currency Sign) bool {
	return s == "" || currency == "" || s == currency || (family[s] != "" && family[s] == family[currency])
}

// family is the sign that a currency shares with others.
var family = map[Sign]string{
	"USD": "$", "CAD": "$", "AUD": "$", "NZD": "$", "HKD": "$", "SGD": "$", "TWD": "$", "MXN": "$",
	"CNY": "¥", "JPY": "¥", "SEK": "kr", "NOK": "kr", "DKK": "kr", "ISK": "kr", "RSD": "den", "MKD": "den",
}

// signs are the words and symbols that may stand before or after an amount. "$", "¥" and "kr" belong to several
// currencies and stand for the most common one.
var signs = map[string]Sign{
	"$": "USD", "US$": "USD", "USD": "USD", "dollars": "USD", "доллар": "USD", "долл": "USD", "美元": "USD", "δολ": "USD",
	"€": "EUR", "EUR": "EUR", "euro": "EUR", "euros": "EUR", "евро": "EUR", "ευρω": "EUR", "ευρώ": "EUR", "евра": "EUR", "欧元": "EUR",
	"£": "GBP", "GBP": "GBP", "英镑": "GBP",
	"¥": "CNY", "￥": "CNY", "CNY": "CNY", "RMB": "CNY", "CN¥": "CNY", "元": "CNY", "圆": "CNY", "人民币": "CNY", "块": "CNY",
	"JPY": "JPY", "円": "JPY", "JP¥": "JPY", "日元": "JPY",
	"₽": "RUB", "RUB": "RUB", "RUR": "RUB", "руб": "RUB", "р": "RUB", "рублей": "RUB", "рубля": "RUB", "рубль": "RUB", "rub": "RUB",
	"MKD": "MKD", "ден": "MKD", "денари": "MKD", "den": "MKD", "денар": "MKD",
	"₴": "UAH", "UAH": "UAH", "грн": "UAH", "₸": "KZT", "KZT": "KZT", "тг": "KZT", "BYN": "BYN",
	"CHF": "CHF", "Fr": "CHF", "₺": "TRY", "TRY": "TRY", "TL": "TRY", "₹": "INR", "INR": "INR", "Rs": "INR",
	"zł": "PLN", "PLN": "PLN", "Kč": "CZK", "CZK": "CZK", "Ft": "HUF", "HUF": "HUF", "лв": "BGN", "BGN": "BGN",
	"lei": "RON", "RON": "RON", "kr": "SEK", "SEK": "SEK", "NOK": "NOK", "DKK": "DKK", "RSD": "RSD", "дин": "RSD", "din": "RSD",
	"R$": "BRL", "BRL": "BRL", "C$": "CAD", "CA$": "CAD", "CAD": "CAD", "A$": "AUD", "AU$": "AUD", "AUD": "AUD", "NZD": "NZD",
	"HK$": "HKD", "HKD": "HKD", "S$": "SGD", "SGD": "SGD", "TWD": "TWD", "NT$": "TWD", "₩": "KRW", "KRW": "KRW",
	"₪": "ILS", "ILS": "ILS", "AED": "AED", "SAR": "SAR", "KWD": "KWD", "ZAR": "ZAR", "MXN": "MXN", "ALL": "ALL",
	"฿": "THB", "THB": "THB", "₫": "VND", "VND": "VND", "GEL": "GEL", "₾": "GEL", "AMD": "AMD", "֏": "AMD", "ISK": "ISK",
}

// longestSign is the most bytes a sign may have; anything longer is no sign.
const longestSign = 16

// SignOf looks up a currency sign, code or word, in any case.
func SignOf(b []byte) (Sign, bool) {
	if len(b) == 0 || len(b) > longestSign {
		return "", false
	}
	if s, ok := signs[string(b)]; ok {
		return s, true
	}
	var upper, lower [2 * longestSign]byte
	u, l := upper[:0], lower[:0]
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		i += n
		u, l = utf8.AppendRune(u, unicode.ToUpper(r)), utf8.AppendRune(l, unicode.ToLower(r))
	}
	if s, ok := signs[string(u)]; ok {
		return s, true
	}
	s, ok := signs[string(l)]
	return s, ok
}

// isSignRune is true for what a currency sign or code may be made of.
func isSignRune(r rune) bool {
	return r == '$' || r == '¥' || unicode.IsLetter(r) || unicode.Is(unicode.Sc, r)
}
