package parse

import (
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text  string
		mark  byte
		mant  int64
		scale uint8
		sign  Sign
	}{
		{"0", 0, 0, 0, ""}, {"12", 0, 12, 0, ""}, {"-7.5", 0, -75, 1, ""}, {"+3", 0, 3, 0, ""}, {"007", 0, 7, 0, ""},
		{"2.55", '.', 255, 2, ""}, {"2,55", ',', 255, 2, ""}, {"2,55", 0, 255, 2, ""}, {".5", '.', 5, 1, ""}, {",5", ',', 5, 1, ""}, {"5.", '.', 5, 0, ""},
		{"1,234.50", '.', 123450, 2, ""}, {"1.234,50", ',', 123450, 2, ""}, {"1,234.50", 0, 123450, 2, ""}, {"1.234,50", 0, 123450, 2, ""},
		{"1,234,567", 0, 1234567, 0, ""}, {"1.234.567", 0, 1234567, 0, ""}, {"12,34,567.8", '.', 12345678, 1, ""},
		{"1,234", 0, 1234, 0, ""}, {"1,234", ',', 1234, 3, ""}, {"1.234", 0, 1234, 3, ""}, {"1.234", ',', 1234, 0, ""}, {"0,123", 0, 123, 3, ""},
		{"1 234,50", ',', 123450, 2, ""}, {"1\u00a0234,50", ',', 123450, 2, ""}, {"1\u2009234,50", ',', 123450, 2, ""}, {"1\u202f234\u202f567,5", ',', 12345675, 1, ""},
		{"1'234.50", '.', 123450, 2, ""}, {"1’234’567.50", '.', 123456750, 2, ""}, {"1 234 567", 0, 1234567, 0, ""},
		{"$12.50", '.', 1250, 2, "USD"}, {"12,50 €", ',', 1250, 2, "EUR"}, {"€ 12,50", ',', 1250, 2, "EUR"}, {"£3", 0, 3, 0, "GBP"}, {"¥100", 0, 100, 0, "CNY"},
		{"100元", 0, 100, 0, "CNY"}, {"1 200,50 руб.", ',', 120050, 2, "RUB"}, {"1200 ₽", 0, 1200, 0, "RUB"}, {"1.200 ден.", ',', 1200, 0, "MKD"}, {"EUR 5.00", '.', 500, 2, "EUR"},
		{"5.00 usd", '.', 500, 2, "USD"}, {"US$ 5", 0, 5, 0, "USD"}, {"12,50 ευρώ", ',', 1250, 2, "EUR"}, {"R$ 1.234,50", ',', 123450, 2, "BRL"},
		{"(12.50)", '.', -1250, 2, ""}, {"($12.50)", '.', -1250, 2, "USD"}, {"12.50-", '.', -1250, 2, ""}, {"−12.50", '.', -1250, 2, ""}, {"-$5", 0, -5, 0, "USD"}, {"$-5", 0, -5, 0, "USD"},
		{"1.5E+03", '.', 1500, 0, ""}, {"1.5e-1", '.', 15, 2, ""}, {"0.30000000000000004", '.', 30000000000000004, 17, ""},
		{"2.54999995231628417968750001", '.', 254999995231628417, 17, ""}, {" 5 ", 0, 5, 0, ""}, {"999999999999999999", 0, 999999999999999999, 0, ""},
	}
	for _, tt := range tests {
		d, sign, status := NumberStyle{tt.mark}.Parse([]byte(tt.text))
		if status != OK || d.Mant != tt.mant || d.Scale != tt.scale || sign != tt.sign {
			t.Errorf("%q with mark %q = %v %q %v, want {%d %d} %q", tt.text, tt.mark, d, sign, status, tt.mant, tt.scale, tt.sign)
		}
	}
}

func TestNoNumber(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text   string
		mark   byte
		status Status
	}{
		{"", 0, Bad}, {"-", 0, Bad}, {"abc", 0, Bad}, {"12abc", 0, Bad}, {"1-2", 0, Bad}, {"1,2,3", 0, Bad}, {"12.50", ',', Bad}, {"12,50", '.', Bad}, {"1.2.3", '.', Bad},
		{"1,23,4", '.', Bad}, {"--5", 0, Bad}, {"(-5)", 0, Bad}, {"()", 0, Bad}, {"50%", 0, Bad}, {"1 2", 0, Bad}, {"1e", 0, Bad}, {"1e9999", 0, Bad}, {"NaN", 0, Bad}, {"Inf", 0, Bad},
		{"0x10", 0, Bad}, {"2011-12-01", 0, Bad}, {"12:30", 0, Bad}, {"€", 0, Bad}, {"1,234.567.8", 0, Bad}, {"\xff5", 0, Bad}, {"1.5,", '.', Bad},
		{"1000000000000000000000", 0, Overflow}, {"1e30", 0, Overflow}, {"9999999999999999999", 0, Overflow},
	}
	for _, tt := range tests {
		if d, _, status := (NumberStyle{tt.mark}).Parse([]byte(tt.text)); status != tt.status {
			t.Errorf("%q with mark %q = %v %v, want %v", tt.text, tt.mark, d, status, tt.status)
		}
	}
}

func TestMinor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		d      Decimal
		digits int
		want   int64
		ok     bool
	}{
		{Decimal{255, 2}, 2, 255, true}, {Decimal{25, 1}, 2, 250, true}, {Decimal{1005, 3}, 2, 101, true}, {Decimal{-1005, 3}, 2, -101, true}, {Decimal{1004, 3}, 2, 100, true},
		{Decimal{-1004, 3}, 2, -100, true}, {Decimal{5, 1}, 0, 1, true}, {Decimal{49, 2}, 0, 0, true}, {Decimal{-5, 1}, 0, -1, true}, {Decimal{1, 0}, 3, 1000, true},
		{Decimal{999999999999999999, 0}, 2, 0, false}, {Decimal{999999999999999999, 18}, 2, 100, true},
	}
	for _, tt := range tests {
		if got, ok := tt.d.Minor(tt.digits); ok != tt.ok || (ok && got != tt.want) {
			t.Errorf("%v in %d digits = %d %v, want %d %v", tt.d, tt.digits, got, ok, tt.want, tt.ok)
		}
	}
}

// TestProductAgainstRationals multiplies as exact fractions and rounds half away from zero.
func TestProductAgainstRationals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.IntRange(0, 4).Draw(t, "digits")
		factors := make([]Decimal, rapid.IntRange(1, 3).Draw(t, "n"))
		exact := big.NewRat(1, 1)
		for i := range factors {
			limit := int64(1) << rapid.IntRange(1, 59).Draw(t, "bits")
			factors[i] = Decimal{rapid.Int64Range(-limit, limit).Draw(t, "mant"), uint8(rapid.IntRange(0, 18).Draw(t, "scale"))}
			exact.Mul(exact, new(big.Rat).SetFrac(big.NewInt(factors[i].Mant), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(factors[i].Scale)), nil)))
		}
		exact.Mul(exact, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)))
		half := big.NewRat(1, 2)
		if exact.Sign() < 0 {
			half.Neg(half)
		}
		exact.Add(exact, half)
		want := new(big.Int).Quo(exact.Num(), exact.Denom())
		got, ok := ProductMinor(digits, factors...)
		if ok != want.IsInt64() {
			t.Fatalf("%v: fits %v, want %v (%v)", factors, ok, want.IsInt64(), want)
		}
		if ok && got != want.Int64() {
			t.Fatalf("%v = %d, want %v", factors, got, want)
		}
	})
}

// TestNumberRoundTrip writes numbers in many styles and reads them back.
func TestNumberRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(-99_999_999_999, 99_999_999_999).Draw(t, "cents")
		mark := rapid.SampledFrom([]string{".", ","}).Draw(t, "mark")
		group := rapid.SampledFrom([]string{"", " ", "\u00a0", "\u202f", "'", map[string]string{".": ",", ",": "."}[mark]}).Draw(t, "group")
		sign := rapid.SampledFrom([]string{"", "$", "€ ", "RUB "}).Draw(t, "sign")
		n := cents
		if n < 0 {
			n = -n
		}
		whole := fmt.Sprint(n / 100)
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + group + whole[i:]
		}
		text := sign + whole + mark + fmt.Sprintf("%02d", n%100)
		if cents < 0 {
			text = rapid.SampledFrom([]string{"-" + text, "(" + text + ")", text + "-"}).Draw(t, "written")
		}
		d, _, status := NumberStyle{mark[0]}.Parse([]byte(text))
		got, ok := d.Minor(2)
		if status != OK || !ok || got != cents {
			t.Fatalf("%q = %v %v %v, want %d", text, d, status, got, cents)
		}
		if d, _, status := (NumberStyle{}).Parse([]byte(text)); status != OK {
			t.Fatalf("%q cannot be read by itself", text)
		} else if got, _ := d.Minor(2); got != cents {
			t.Fatalf("%q by itself = %v", text, d)
		}
	})
}

func TestNumberVotes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		cells   []string
		mark    byte
		certain bool
		sign    Sign
	}{
		{[]string{"1", "2", "30"}, 0, true, ""}, {[]string{"1.5", "2"}, '.', true, ""}, {[]string{"1,5", "2"}, ',', true, ""}, {[]string{"1,234", "2,500"}, 0, false, ""},
		{[]string{"1,234", "2,50"}, ',', true, ""}, {[]string{"1,234", "1,234,567"}, '.', true, ""}, {[]string{"1.234", "1.234,50 €"}, ',', true, "EUR"},
	}
	for _, tt := range tests {
		var v NumberVotes
		for _, c := range tt.cells {
			v.Add([]byte(c))
		}
		if mark, certain := v.Decided(); mark != tt.mark || certain != tt.certain || v.Sign() != tt.sign || v.Share() != 1 {
			t.Errorf("%q: mark %q %v sign %q share %g", tt.cells, mark, certain, v.Sign(), v.Share())
		}
	}
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1", "1,234.50", "(5)", "1.5E3", "€ 1 234,50", "−7", "1'234", "руб. 5", "5руб.", "\xff", "9999999999999999999", "1e-30", "0.0000000000000000000000001", "-.5", "$", "( )"} {
		f.Add([]byte(s), byte('.'), 2)
	}
	f.Fuzz(func(t *testing.T, b []byte, mark byte, digits int) {
		if mark != ',' && mark != '.' {
			mark = 0
		}
		before := string(b)
		d, _, status := NumberStyle{mark}.Parse(b)
		if string(b) != before {
			t.Fatal("the cell was changed")
		}
		if d.Scale > maxDigits {
			t.Fatalf("scale %d", d.Scale)
		}
		if status == OK {
			_ = d.Float()
			_, _ = d.Minor(min(max(digits, 0), 6))
			_, _ = ProductMinor(2, d, d)
		}
		var v NumberVotes
		v.Add(b)
	})
}

func BenchmarkNumber(b *testing.B) {
	for _, text := range []string{"2.55", "1 234,50 €"} {
		b.Run(text, func(b *testing.B) {
			cell := []byte(text)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, status := (NumberStyle{}).Parse(cell); status != OK {
					b.Fatal(status)
				}
			}
		})
	}
}
