package charset

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Rows of orders with words of each language.
const (
	russian    = "Клиент;Дата;Товар;Сумма\nИванов Пётр;01.12.2011;Чай чёрный;120,50\nСидорова Анна;02.12.2011;Кофе молотый;300,00\nООО «Ромашка»;03.12.2011;Сахар;45,90\n"
	macedonian = "Купувач;Датум;Производ;Износ\nПетар Ѓорѓиев;01.12.2011;Леб и сирење;120,50\nЉубица Џамбазова;02.12.2011;Ќебап;300,00\nЈована Стојановска;03.12.2011;Вино\n"
	greek      = "Πελάτης;Ημερομηνία;Προϊόν;Ποσό\nΓιώργος Παπαδόπουλος;01/12/2011;Ελαιόλαδο;12,50\nΜαρία Νικολάου;02/12/2011;Τυρί φέτα;8,90\nΆννα Ιωάννου;03/12/2011;Μέλι\n"
	chinese    = "客户,日期,商品,金额\n王小明,2011-12-01,绿茶,120.50\n李娜,2011-12-02,咖啡豆,300.00\n张伟,2011-12-03,白糖,45.90\n"
	western1   = "customer,product,amount\nMüller,Café au lait,3.50\nGarcía,Crème brûlée,4.20\nSmith,Scone £2,2.00\n"
	shortRU    = "клиент;дата;сумма\nмосква;01.12.2011;5\n"
	capitalsRU = "КЛИЕНТ;СУММА\nМОСКВА;5\nОМСК;7\nТВЕРЬ;9\n"
	roublesRU  = "Номер заказа;Клиент;Дата;Сумма\n1;a;01.12.2011;5 руб.\n2;b;02.12.2011;7 руб.\n3;a;03.12.2011;9 руб.\n4;c;04.12.2011;4 руб.\n5;a;03.12.2011;9 руб.\n6;b;03.12.2011;9 руб.\n7;a;03.12.2011;9 руб.\n8;b;03.12.2011;9 руб.\n"
	onlyRUB    = "id,customer,date,amount\n1,a,2011-12-01,5 руб.\n2,b,2011-12-02,7 руб.\n"
	shortEL    = "πελάτης;ποσό\nαθήνα;5\nπάτρα;7\n"
)

func encode(tb testing.TB, name, text string) []byte {
	tb.Helper()
	enc := decoderOf(name)
	if enc == nil {
		return []byte(text)
	}
	b, err := enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	return b
}

func TestDetect(t *testing.T) {
	t.Parallel()
	tests := []struct{ what, name, text string }{
		{"Russian", UTF8, russian}, {"Chinese", UTF8, chinese}, {"Greek", UTF8, greek}, {"Russian", Windows1251, russian}, {"Macedonian", Windows1251, macedonian}, {"short Russian", Windows1251, shortRU},
		{"Russian capitals", Windows1251, capitalsRU}, {"roubles in every row", Windows1251, roublesRU}, {"nothing but roubles", Windows1251, onlyRUB}, {"Greek", Windows1253, greek}, {"short Greek", Windows1253, shortEL}, {"Chinese", GB18030, chinese}, {"Western", Windows1252, western1},
		{"English", UTF16LE, "id,date\n1,2011-12-01\n"}, {"Russian", UTF16LE, russian}, {"Chinese", UTF16BE, chinese}, {"Greek", UTF16BE, greek}, {"Macedonian", UTF16LE, macedonian},
	}
	for _, tt := range tests {
		b := encode(t, tt.name, tt.text)
		found := Detect(b)
		if found.Name != tt.name || !found.Sure || found.BOM != 0 {
			t.Errorf("%s in %s: found %+v", tt.what, tt.name, found)
			continue
		}
		r, err := Reader(bytes.NewReader(b), found)
		if err != nil {
			t.Fatal(err)
		}
		back, err := io.ReadAll(r)
		if err != nil || string(back) != tt.text {
			t.Errorf("%s in %s comes back as %q, %v", tt.what, tt.name, back, err)
		}
	}
}

// TestDetectCutAnywhere detects a sample that ends anywhere, once there are a few words in it.
func TestDetectCutAnywhere(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{UTF8: russian, Windows1251: russian, Windows1253: greek, GB18030: chinese} {
		b := encode(t, name, text)
		for n := 60; n <= len(b); n++ {
			if found := Detect(b[:n]); found.Name != name {
				t.Errorf("%s cut after %d bytes is taken for %s", name, n, found.Name)
				break
			}
		}
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		mark []byte
	}{{UTF8, []byte("\xef\xbb\xbf")}, {UTF16LE, []byte("\xff\xfe")}, {UTF16BE, []byte("\xfe\xff")}}
	for _, tt := range tests {
		b := append(tt.mark, encode(t, tt.name, russian)...)
		found := Detect(b)
		if found.Name != tt.name || found.BOM != len(tt.mark) {
			t.Errorf("%s: %+v", tt.name, found)
		}
		r, err := Reader(bytes.NewReader(b), found)
		if err != nil {
			t.Fatal(err)
		}
		if back, _ := io.ReadAll(r); string(back) != russian {
			t.Errorf("%s comes back as %q", tt.name, back)
		}
	}
}

func TestASCIIStaysOpen(t *testing.T) {
	t.Parallel()
	if found := Detect([]byte("id,date\n1,2011-12-01\n")); found != (Found{UTF8, 0, false}) {
		t.Errorf("%+v", found)
	}
	if found := Detect(nil); found != (Found{UTF8, 0, false}) {
		t.Errorf("%+v", found)
	}
}

// TestAFewBrokenCharacters keeps UTF-8 where all but a few characters are valid.
func TestAFewBrokenCharacters(t *testing.T) {
	t.Parallel()
	if found := Detect([]byte(russian + "\xff\xfe," + russian)); found.Name != UTF8 {
		t.Errorf("%+v", found)
	}
}

// TestAuto reads a long ASCII head before the first letter that decides.
func TestAuto(t *testing.T) {
	t.Parallel()
	head := strings.Repeat("1,2011-12-01,5.00\n", 20_000)
	for name, tail := range map[string]string{UTF8: russian, Windows1251: russian, Windows1253: greek, GB18030: chinese, Windows1252: western1} {
		for _, rest := range []int{1, 200_000} {
			text := head + strings.Repeat(tail, max(1, rest/len(tail)))
			var told string
			src := io.Reader(bytes.NewReader(encode(t, name, text)))
			back, err := io.ReadAll(Auto(iotest.HalfReader(src), func(n string) { told = n }))
			if err != nil || string(back) != text {
				t.Errorf("%s: %d bytes come back as %d, %v", name, len(text), len(back), err)
			}
			if want := map[bool]string{true: "", false: name}[name == UTF8]; told != want {
				t.Errorf("%s: told %q", name, told)
			}
		}
	}
	if back, err := io.ReadAll(Auto(strings.NewReader(head), nil)); err != nil || string(back) != head {
		t.Errorf("ASCII: %d bytes, %v", len(back), err)
	}
}

func TestAutoKeepsErrors(t *testing.T) {
	t.Parallel()
	broken := fmt.Errorf("broken")
	back, err := io.ReadAll(Auto(io.MultiReader(strings.NewReader("abc é"), iotest.ErrReader(broken)), nil))
	if err != broken || string(back) != "abc é" { //nolint:errorlint // it must come through as it is
		t.Errorf("%q, %v", back, err)
	}
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{"UTF-8": UTF8, "cp1251": Windows1251, "Windows-1253": Windows1253, "GBK": GB18030, "utf_16": UTF16, "latin1": Windows1252} {
		if name, ok := Canonical(said); !ok || name != want {
			t.Errorf("%q = %q", said, name)
		}
	}
	if _, ok := Canonical("klingon"); ok {
		t.Error("klingon is known")
	}
	for _, name := range Names() {
		if back, ok := Canonical(name); !ok || back != name {
			t.Errorf("%q = %q", name, back)
		}
	}
}

func FuzzDetect(f *testing.F) {
	for _, s := range []string{russian, greek, chinese, "", "\xff\xfe", "\xef\xbb\xbf", "a\x00b\x00"} {
		f.Add([]byte(s))
	}
	gb, _ := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(chinese))
	ru, _ := charmap.Windows1251.NewEncoder().Bytes([]byte(russian))
	wide, _ := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(greek))
	f.Add(gb)
	f.Add(ru)
	f.Add(wide)
	f.Fuzz(func(t *testing.T, b []byte) {
		found := Detect(b)
		if _, ok := Canonical(found.Name); !ok {
			t.Fatalf("%q is no name", found.Name)
		}
		r, err := Reader(bytes.NewReader(b), found)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(Auto(bytes.NewReader(b), nil)); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkAuto(b *testing.B) {
	text := bytes.Repeat([]byte("536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55\n"), 50_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := io.Copy(io.Discard, Auto(bytes.NewReader(text), nil)); err != nil {
			b.Fatal(err)
		}
	}
}
