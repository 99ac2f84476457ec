package stats_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"regulars/internal/base/stats"
)

// near fails unless got is want to within tolerance; NaN is near NaN only.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(want) {
		if !math.IsNaN(got) {
			t.Errorf("%s: got %v, want NaN", what, got)
		}
		return
	}
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %.12g, want %.12g (tolerance %g)", what, got, want, tolerance)
	}
}

// rounded fails unless got, printed with that many decimals, is want: digit for digit.
func rounded(t *testing.T, what string, got float64, want string) {
	t.Helper()
	decimals := 0
	for i := range want {
		if want[i] == '.' {
			decimals = len(want) - i - 1
		}
	}
	if printed := strconv.FormatFloat(got, 'f', decimals, 64); printed != want {
		t.Errorf("%s: got %s (%v), want %s", what, printed, got, want)
	}
}

func nearInterval(t *testing.T, what string, got stats.Interval, value, low, high, tolerance float64) {
	t.Helper()
	near(t, what+" value", got.Value, value, tolerance)
	near(t, what+" low", got.Low, low, tolerance)
	near(t, what+" high", got.High, high, tolerance)
}

// waltons reads the survival check data: how long each fruit fly lived, by group.
func waltons(t *testing.T) map[string]lives {
	t.Helper()
	path := filepath.Join(sharedData(t), "waltons.csv")
	file, err := os.Open(path)
	if os.IsNotExist(err) {
		t.Skipf("the survival check data is missing: expected %s", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]lives{}
	for _, row := range rows[1:] {
		l := out[row[2]]
		time, err := strconv.ParseFloat(row[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		l.times = append(l.times, time)
		l.events = append(l.events, row[1] == "1")
		out[row[2]] = l
	}
	return out
}

type lives struct {
	times  []float64
	events []bool
}

// sharedData is the folder of the real data: beside the repository, or where the environment says.
func sharedData(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("REGULARS_SHARED_DATA"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared", "data")
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}
