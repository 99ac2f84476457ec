package main

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"regulars/internal/understand/recommend"
)

// The plain count and the fast one find the same sets.
func TestPlainSets(t *testing.T) {
	t.Parallel()
	baskets := []recommend.Basket{{0, 1, 2}, {0, 1}, {0, 2}, {1, 2, 3}, {0, 1, 2, 3}, {300}}
	for least, want := range map[int]int{1: 16, 2: 11, 3: 6, 4: 3, 5: 0, 7: 0} {
		if got := plainSets(baskets, least); got != len(recommend.Itemsets(baskets, 301, least)) || got != want {
			t.Errorf("%d sets in %d baskets or more, and %d by the fast count, want %d", got, least, len(recommend.Itemsets(baskets, 301, least)), want)
		}
	}
}

// A share of baskets is met by the next whole number.
func TestLeastOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		share   float64
		baskets int
		want    int
	}{{.001, 9835, 10}, {.5, 4, 2}, {.5, 5, 3}, {.001, 1, 1}} {
		if got := leastOf(c.share, c.baskets); got != c.want {
			t.Errorf("%g of %d is %d, want %d", c.share, c.baskets, got, c.want)
		}
	}
}

func TestReadBaskets(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "baskets.csv.gz")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(file)
	if _, err := z.Write([]byte("milk,bread\nbread\nsoda,milk,soda\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	baskets, items, err := readBaskets(path)
	if err != nil || items != 3 || !slices.EqualFunc(baskets, []recommend.Basket{{0, 1}, {1}, {0, 2}}, slices.Equal) {
		t.Errorf("%v of %d items, %v", baskets, items, err)
	}
	if _, _, err := readBaskets(path + "x"); err == nil {
		t.Error("baskets were read from nowhere")
	}
}
