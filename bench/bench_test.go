package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		all  []int64
		want int64
	}{{[]int64{7}, 7}, {[]int64{9, 1, 5}, 5}, {[]int64{4, 1, 2, 100}, 3}} {
		if got := median(c.all); got != c.want {
			t.Errorf("median of %v is %d, want %d", c.all, got, c.want)
		}
	}
}

func TestTypicalIsTheMedianOfEachCost(t *testing.T) {
	t.Parallel()
	s := side{costs: []cost{{3 * time.Second, time.Second, 10}, {time.Second, 3 * time.Second, 30}, {2 * time.Second, 2 * time.Second, 20}}}
	if got, want := s.typical(), (cost{2 * time.Second, 2 * time.Second, 20}); got != want {
		t.Errorf("typical cost %v, want %v", got, want)
	}
}

func TestSidesThatCountDifferentlyAreNotCompared(t *testing.T) {
	t.Parallel()
	picture := `{"facts": {"customers": 3, "orders": 5, "revenue_minor": 90, "returned_minor": 10}}`
	if err := agree([]byte(picture), []byte(`{"customers": 3, "orders": 5, "paid_minor": 100}`)); err != nil {
		t.Errorf("equal counts refused: %v", err)
	}
	err := agree([]byte(picture), []byte(`{"customers": 3, "orders": 4, "paid_minor": 100}`))
	if err == nil || !strings.Contains(err.Error(), "counted differently") {
		t.Errorf("unequal counts: %v", err)
	}
}

func TestALineOfABenchmarkIsRead(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"BenchmarkOrder/sqlite/16/intake-2   20000   442993 ns/op   15.16 a-commit   2257 orders/s": "sqlite/16/intake 2257 true",
		"BenchmarkOrder/sqlite/16/by-hand    20000   442993 ns/op   9000.5 orders/s":                "sqlite/16/by-hand 9000.5 true",
		"BenchmarkOther/x-2 1 1 ns/op 7 orders/s":                                                   " 0 false",
		"PASS": " 0 false",
	} {
		name, rate, ok := ordersASecond(line)
		if got := fmt.Sprint(name, " ", rate, " ", ok); got != want {
			t.Errorf("%q is read as %q, want %q", line, got, want)
		}
	}
}
