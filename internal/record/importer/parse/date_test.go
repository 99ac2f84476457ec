package parse

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDate(t *testing.T) {
	t.Parallel()
	dmy, mdy := DateStyle{}, DateStyle{Order: MonthDayYear}
	tests := []struct {
		text  string
		style DateStyle
		want  string // as RFC 3339 without zone; with one where the text has it
	}{
		{"2011-12-01", dmy, "2011-12-01T00:00:00"}, {"2011-12-01 08:26:00", dmy, "2011-12-01T08:26:00"}, {"2011-12-01T08:26", dmy, "2011-12-01T08:26:00"},
		{"2011-12-01T08:26:00Z", dmy, "2011-12-01T08:26:00Z"}, {"2011-12-01T08:26:00+03:00", dmy, "2011-12-01T08:26:00+03:00"}, {"2011-12-01 08:26:00.125-0500", dmy, "2011-12-01T08:26:00.125-05:00"},
		{"2011-12-01 08:26:00 UTC", dmy, "2011-12-01T08:26:00Z"}, {"2011-12-01 08:26 +03", dmy, "2011-12-01T08:26:00+03:00"}, {"2011/12/01", mdy, "2011-12-01T00:00:00"}, {"2011.12.1", dmy, "2011-12-01T00:00:00"},
		{"20111201", dmy, "2011-12-01T00:00:00"}, {"20111201T082600Z", dmy, "2011-12-01T08:26:00Z"}, {"20111201082600", dmy, "2011-12-01T08:26:00"}, {"201112010826", dmy, "2011-12-01T08:26:00"},
		{"01/12/2011", dmy, "2011-12-01T00:00:00"}, {"12/01/2011", mdy, "2011-12-01T00:00:00"}, {"1/12/11", dmy, "2011-12-01T00:00:00"}, {"01.12.11", dmy, "2011-12-01T00:00:00"}, {"1-12-99", dmy, "1999-12-01T00:00:00"},
		{"11-12-01", DateStyle{Order: YearMonthDay}, "2011-12-01T00:00:00"}, {"01.12.2011 8:26", dmy, "2011-12-01T08:26:00"}, {"12/1/2011 8:26 PM", mdy, "2011-12-01T20:26:00"}, {"12/1/2011 12:05 a.m.", mdy, "2011-12-01T00:05:00"},
		{"12/1/2011 12:05:07 pm", mdy, "2011-12-01T12:05:07"}, {"1/12/2011 8 PM", dmy, "2011-12-01T20:00:00"}, {"01.12.2011, 08:26", dmy, "2011-12-01T08:26:00"},
		{"1 Dec 2011", dmy, "2011-12-01T00:00:00"}, {"Dec 1, 2011", dmy, "2011-12-01T00:00:00"}, {"December 1st, 2011 8:26 PM", dmy, "2011-12-01T20:26:00"}, {"01-Dec-11", dmy, "2011-12-01T00:00:00"}, {"Thu, 01 Dec 2011 08:26:00 +0000", dmy, "2011-12-01T08:26:00Z"},
		{"Thu Dec 01 2011 08:26:00 GMT+0300 (MSK)", dmy, "2011-12-01T08:26:00+03:00"}, {"2011 Dec 1", dmy, "2011-12-01T00:00:00"},
		{"1 декабря 2011 г.", dmy, "2011-12-01T00:00:00"}, {"1 дек. 2011, 08:26", dmy, "2011-12-01T08:26:00"}, {"12 мая 2011", dmy, "2011-05-12T00:00:00"}, {"1 Δεκεμβρίου 2011", dmy, "2011-12-01T00:00:00"}, {"12 Μαΐου 2011", dmy, "2011-05-12T00:00:00"},
		{"1/12/2011 8:26 μ.μ.", dmy, "2011-12-01T20:26:00"}, {"1 декември 2011", dmy, "2011-12-01T00:00:00"}, {"3 јануари 2011 г.", dmy, "2011-01-03T00:00:00"}, {"2011年12月1日", dmy, "2011-12-01T00:00:00"}, {"2011年12月1日 下午8:26", dmy, "2011-12-01T20:26:00"},
		{"2011年12月1日8:26:05", dmy, "2011-12-01T08:26:05"}, {"2011年十二月1日", dmy, "2011-12-01T00:00:00"}, {" 2011-12-01 ", dmy, "2011-12-01T00:00:00"}, {"2012-02-29", dmy, "2012-02-29T00:00:00"}, {"1900-01-01", dmy, "1900-01-01T00:00:00"}, {"2200-12-31", dmy, "2200-12-31T00:00:00"},
		{"40878", DateStyle{Serial: ExcelDays}, "2011-12-01T00:00:00"}, {"40878.3513888889", DateStyle{Serial: ExcelDays}, "2011-12-01T08:26:00"}, {"1322727960", DateStyle{Serial: UnixSeconds}, "2011-12-01T08:26:00Z"},
		{"1322727960.5", DateStyle{Serial: UnixSeconds}, "2011-12-01T08:26:00.5Z"}, {"1322727960125", DateStyle{Serial: UnixMillis}, "2011-12-01T08:26:00.125Z"},
		{"2024-03", DateStyle{Months: true}, "2024-03-01T00:00:00"}, {"03/2024", DateStyle{Months: true}, "2024-03-01T00:00:00"}, {"March 2024", DateStyle{Months: true}, "2024-03-01T00:00:00"}, {"март 2024", DateStyle{Months: true}, "2024-03-01T00:00:00"},
		{"2024年3月", DateStyle{Months: true}, "2024-03-01T00:00:00"}, {"Μάρτιος 2024", DateStyle{Months: true}, "2024-03-01T00:00:00"}, {"202403", DateStyle{Months: true}, "2024-03-01T00:00:00"},
	}
	for _, tt := range tests {
		st, ok := tt.style.Parse([]byte(tt.text))
		if !ok {
			t.Errorf("%q cannot be read", tt.text)
			continue
		}
		layout := "2006-01-02T15:04:05.999999"
		got := time.UnixMicro(st.Wall).UTC().Format(layout)
		if st.Zoned {
			got = time.UnixMicro(st.Wall).UTC().Add(-time.Duration(st.Offset) * time.Second).In(time.FixedZone("", int(st.Offset))).Format(layout + "Z07:00")
		}
		if got != tt.want {
			t.Errorf("%q = %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestNoDate(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "abc", "31/02/2011", "2011-02-30", "2011-13-01", "29/02/2011", "00/01/2011", "1899-12-31", "2201-01-01", "12/25/2011", "2011-12-01 25:00", "2011-12-01 08:60", "2011-12-01 8:26 XM",
		"2011-12-01x", "1/2", "1/2/3", "2011", "12345", "2011-12-01 13:00 PM", "1/1/123", "20111301", "99999999", "Foo 1 2011", "May", "1 May", "2011-12-01 08:26 MSK", "8:26", "2011-12", "2011-12-01 08", "-", "\xff\xfe", "2011-1２-01",
	} {
		if st, ok := (DateStyle{}).Parse([]byte(text)); ok {
			t.Errorf("%q was read as %s", text, time.UnixMicro(st.Wall).UTC())
		}
	}
}

func TestTimeOfDay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"8:26": 30360, "08:26:30": 30390, "8:26 PM": 73560, "下午8:26": 73560, "00:00": 0, "23:59:59": 86399} {
		if got, ok := TimeOfDay([]byte(text)); !ok || got != want*microsPerSecond {
			t.Errorf("%q = %d %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "8", "0826", "24:00", "8:26Z", "2011-12-01", "8.26"} {
		if _, ok := TimeOfDay([]byte(text)); ok {
			t.Errorf("%q was read", text)
		}
	}
}

// TestDaysAgainstTime counts all days of the accepted years as the standard library does.
func TestDaysAgainstTime(t *testing.T) {
	t.Parallel()
	day := time.Date(FirstYear, 1, 1, 0, 0, 0, 0, time.UTC)
	for ; day.Year() <= LastYear; day = day.AddDate(0, 0, 1) {
		got, ok := dayNumber(day.Year(), int(day.Month()), day.Day())
		if !ok || got*86_400 != day.Unix() {
			t.Fatalf("%s: %d %v", day, got, ok)
		}
		st, ok := DateStyle{}.Parse([]byte(day.Format("2006-01-02")))
		if !ok || st.Wall != day.UnixMicro() {
			t.Fatalf("%s cannot be read", day)
		}
	}
}

// TestDateRoundTrip writes moments in many layouts and reads them back.
func TestDateRoundTrip(t *testing.T) {
	t.Parallel()
	layouts := []struct {
		layout string
		order  Order
	}{
		{"2006-01-02 15:04:05", DayMonthYear}, {"02/01/2006 15:04:05", DayMonthYear}, {"1/2/2006 3:04:05 PM", MonthDayYear}, {"2.1.2006 15:04:05", DayMonthYear},
		{"2 January 2006 15:04:05", DayMonthYear}, {"Jan 2, 2006 3:04:05 pm", DayMonthYear}, {"20060102150405", DayMonthYear}, {"Monday, 2 Jan 2006 15:04:05", MonthDayYear}, {"2006/1/2 15:04:05", MonthDayYear},
	}
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(firstWall/microsPerSecond, endWall/microsPerSecond-1).Draw(t, "at"), 0).UTC()
		l := rapid.SampledFrom(layouts).Draw(t, "layout")
		text := at.Format(l.layout)
		st, ok := DateStyle{Order: l.order}.Parse([]byte(text))
		if !ok || st.Wall != at.UnixMicro() || st.Zoned {
			t.Fatalf("%q = %s %v", text, time.UnixMicro(st.Wall).UTC(), ok)
		}
	})
}

func TestDateVotes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		cells []string
		order Order
		told  bool
	}{
		{[]string{"2011-12-01", "2011-01-13"}, DayMonthYear, true}, {[]string{"01/02/2011", "13/02/2011"}, DayMonthYear, true}, {[]string{"01/02/2011", "02/13/2011"}, MonthDayYear, true},
		{[]string{"01/02/2011", "03/04/2011"}, DayMonthYear, false}, {[]string{"05/05/2011"}, DayMonthYear, true}, {[]string{"01.02.2011", "03.04.2011"}, DayMonthYear, true}, {[]string{"11-12-25", "98-01-31"}, YearMonthDay, true},
		{[]string{"25.12.11", "01.02.12"}, DayMonthYear, true}, {[]string{"20111201"}, DayMonthYear, true}, {[]string{"1 Dec 2011"}, DayMonthYear, true},
		{[]string{"01/13/2011", "01/14/2011", "15/01/2011"}, MonthDayYear, true},
	}
	for _, tt := range tests {
		var v DateVotes
		for _, c := range tt.cells {
			v.Add([]byte(c))
		}
		if order, told := v.Decided(); order != tt.order || told != tt.told {
			t.Errorf("%q: %v %v", tt.cells, order, told)
		}
		if v.Share() != 1 {
			t.Errorf("%q: share %g", tt.cells, v.Share())
		}
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2011-12-01 08:26:00", "1/2/2011 8:26 PM", "1 декабря 2011 г.", "2011年12月1日 下午8:26", "20111201T0826Z", "40878.35", "1322727960", "Thu Dec 01 2011 08:26:00 GMT+0300 (MSK)", "\xff", "年", "1st", "2011-12-01T", "8:", "12/1/2011 8:26 μ.μ."} {
		f.Add([]byte(s), byte(0), byte(0), false)
	}
	f.Fuzz(func(t *testing.T, b []byte, order, serial byte, months bool) {
		before := string(b)
		st, ok := DateStyle{Order(order % 3), Serial(serial % 4), months}.Parse(b)
		if string(b) != before {
			t.Fatal("the cell was changed")
		}
		if ok && (st.Wall < firstWall || st.Wall >= endWall) {
			t.Fatalf("%q is outside the accepted years", b)
		}
		_, _ = TimeOfDay(b)
		var v DateVotes
		v.Add(b)
		_, _ = v.Decided()
		_ = v.Lead()
	})
}

func BenchmarkDate(b *testing.B) {
	for _, text := range []string{"2011-12-01", "2011-12-01 08:26:00", "01/12/2011 8:26", "1 декабря 2011 г."} {
		b.Run(text, func(b *testing.B) {
			cell := []byte(text)
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := (DateStyle{}).Parse(cell); !ok {
					b.Fatal(text)
				}
			}
		})
	}
}
