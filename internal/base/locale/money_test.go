package locale

import (
	"math"
	"testing"

	"golang.org/x/text/currency"
)

func TestMoney(t *testing.T) {
	t.Parallel()
	cases := []struct {
		minor              int64
		code               string
		en, ru, zh, el, mk string
	}{
		{123450, "EUR", "€1,234.50", "1_234,50_€", "€1,234.50", "1.234,50_€", "1.234,50_€"},
		{-123450, "USD", "−$1,234.50", "−1_234,50_$", "−US$1,234.50", "−1.234,50_$", "−1.234,50_$"},
		{123450, "RUB", "₽1,234.50", "1_234,50_₽", "₽1,234.50", "1.234,50_₽", "1.234,50_₽"},
		{123450, "CNY", "CN¥1,234.50", "1_234,50_CN¥", "¥1,234.50", "1.234,50_CN¥", "1.234,50_CN¥"},
		{123450, "MKD", "MKD_1,234.50", "1_234,50_MKD", "MKD_1,234.50", "1.234,50_MKD", "1.234,50_ден."},
		{1234, "JPY", "¥1,234", "1_234_¥", "JP¥1,234", "1.234_JP¥", "1.234_¥"},
		{1234567, "KWD", "KWD_1,234.567", "1_234,567_KWD", "KWD_1,234.567", "1.234,567_KWD", "1.234,567_KWD"},
		{5, "gbp", "£0.05", "0,05_£", "£0.05", "0,05_£", "0,05_£"},
		{123450, "", "1,234.50", "1_234,50", "1,234.50", "1.234,50", "1.234,50"},
		{123450, "XXX", "1,234.50", "1_234,50", "1,234.50", "1.234,50", "1.234,50"},
		{-5, "beans", "−0.05", "−0,05", "−0.05", "−0,05", "−0,05"},
		{math.MinInt64, "", "−92,233,720,368,547,758.08", "−92_233_720_368_547_758,08",
			"−92,233,720,368,547,758.08", "−92.233.720.368.547.758,08", "−92.233.720.368.547.758,08"},
	}
	for _, c := range cases {
		expect(t, map[string]string{"en": c.en, "ru": c.ru, "zh": c.zh, "el": c.el, "mk": c.mk},
			func(l *Locale) string { return l.Money(c.minor, c.code) })
	}
}

func TestMoneyShort(t *testing.T) {
	t.Parallel()
	cases := []struct {
		minor              int64
		en, ru, zh, el, mk string
	}{
		{0, "€0.00", "0,00_€", "€0.00", "0,00_€", "0,00_€"},
		{48087, "€480.87", "480,87_€", "€480.87", "480,87_€", "480,87_€"},
		{99999, "€999.99", "999,99_€", "€999.99", "999,99_€", "999,99_€"},
		{891149, "€8,911", "8_911_€", "€8,911", "8.911_€", "8.911_€"},
		{5419099, "€54,191", "54_191_€", "€54,191", "54.191_€", "54.191_€"},
		{54190900, "€541,909", "541_909_€", "€54.2万", "541.909_€", "541.909_€"},
		{99999951, "€1.00_million", "1,00_млн_€", "€100万", "1,00_εκ._€", "1,00_мил._€"},
		{-891140790, "−€8.91_million", "−8,91_млн_€", "−€891万", "−8,91_εκ._€", "−8,91_мил._€"},
		{8911407900, "€89.1_million", "89,1_млн_€", "€8911万", "89,1_εκ._€", "89,1_мил._€"},
		{99999999999, "€1.00_billion", "1,00_млрд_€", "€10.0亿", "1,00_δισ._€", "1,00_милј._€"},
		{1234567890123456, "€12,346_billion", "12_346_млрд_€", "€123,457亿", "12.346_δισ._€", "12.346_милј._€"},
	}
	for _, c := range cases {
		expect(t, map[string]string{"en": c.en, "ru": c.ru, "zh": c.zh, "el": c.el, "mk": c.mk},
			func(l *Locale) string { return l.MoneyShort(c.minor, "EUR") })
	}
	if got := get(t, "en").MoneyShort(8911407, "JPY"); got != "¥8.91"+nbsp+"million" {
		t.Errorf("a currency without minor units: got %q", got)
	}
	if got := get(t, "en").MoneyShort(891140790, ""); got != "8.91"+nbsp+"million" {
		t.Errorf("no currency: got %q", got)
	}
}

// ISO 4217, list one: https://www.six-group.com/en/products-services/financial-information/data-standards.html
func TestDigits(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]int{"EUR": 2, "usd": 2, "JPY": 0, "jpy": 0, "KRW": 0, "ISK": 0, "XOF": 0,
		"KWD": 3, "TND": 3, "CLF": 4, "MKD": 2, "RSD": 2, "ALL": 2, "HUF": 2, "": 2, "beans": 2} {
		if got := Digits(code); got != want {
			t.Errorf("%q: got %d, want %d", code, got, want)
		}
	}
}

// Every code with digits or a sign of its own is a currency's: a slip of the pen in a table shows here.
func TestTablesNameRealCurrencies(t *testing.T) {
	t.Parallel()
	for _, tag := range Tags() {
		for code, sign := range get(t, tag).style.symbols {
			if _, err := currency.ParseISO(code); err != nil || sign == "" {
				t.Errorf("%s: %s is written %q: %v", tag, code, sign, err)
			}
		}
	}
}

func TestKnownCountry(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{"GR": true, "MK": true, "RU": true, "XK": true, "CN": true, "": false, "gr": false, "G": false, "EU": false, "ZZ": false, "UK": false, "300": false, "150": false} {
		if got := KnownCountry(code); got != want {
			t.Errorf("%q: %v", code, got)
		}
	}
}
