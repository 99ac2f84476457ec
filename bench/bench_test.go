package main

import (
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
