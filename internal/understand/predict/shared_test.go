package predict

import (
	"bufio"
	"compress/gzip"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// shared opens a file of the shared real data; where it is not to be had the test says so and is skipped.
func shared(tb testing.TB, name string) io.Reader {
	tb.Helper()
	dir := os.Getenv("REGULARS_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		tb.Skipf("without %s (set REGULARS_SHARED_DATA to its folder): %v", name, err)
	}
	tb.Cleanup(func() { _ = file.Close() })
	if !strings.HasSuffix(name, ".gz") {
		return file
	}
	plain, err := gzip.NewReader(file)
	if err != nil {
		tb.Fatal(err)
	}
	return plain
}

// dayOf is a day of 20060102 as days since 1970.
func dayOf(tb testing.TB, text string) int32 {
	tb.Helper()
	at, err := time.Parse("20060102", text)
	if err != nil {
		tb.Fatal(err)
	}
	return int32(at.Unix() / 86400)
}

// cdnow reads purchases of CDNOW: the full file, or the sample of a tenth, as far as the day given.
func cdnow(tb testing.TB, name string) *History {
	tb.Helper()
	date := map[string]int{"cdnow_master.txt.gz": 1, "cdnow_sample.txt.gz": 2}[name]
	var g Gatherer
	lines := bufio.NewScanner(shared(tb, name))
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < date+3 || f[0] == "customer_id" {
			continue
		}
		dollars, err := strconv.ParseFloat(f[date+2], 64)
		if err != nil {
			continue // a line of words
		}
		g.Add(f[0], dayOf(tb, f[date]), int64(math.Round(dollars*100)))
	}
	return g.History()
}

// endOfCalibration is the last day of the published calibration period of CDNOW.
func endOfCalibration(tb testing.TB) int32 {
	tb.Helper()
	return dayOf(tb, "19970930")
}

// near compares with a relative tolerance.
func near(tb testing.TB, what string, got, want, relative float64) {
	tb.Helper()
	if !(math.Abs(got-want) <= relative*math.Abs(want)) {
		tb.Errorf("%s: got %.9g, want %.9g", what, got, want)
	}
}

// within compares with an absolute tolerance.
func within(tb testing.TB, what string, got, want, tolerance float64) {
	tb.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		tb.Errorf("%s: got %.10g, want %.10g", what, got, want)
	}
}
