package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"regulars/internal/record/importer"
	"regulars/internal/understand/recommend"
)

// benchRules finds rules in the published baskets of two shops: a grocer's, beside a plain count of the same, and of Online
// Retail, from its orders.
func benchRules(ctx context.Context, o options) error {
	if err := benchGroceries(o); err != nil {
		return err
	}
	file, err := sharedFile("online_retail.csv.gz")
	if err != nil || file == "" {
		return err
	}
	opts := importer.Options{Digits: 2}
	plan, err := importer.Inspect(ctx, file, opts)
	if err != nil {
		return err
	}
	shop, err := recommend.FromFiles(ctx, []*importer.Plan{plan}, recommend.Reading{Import: opts})
	if err != nil {
		return err
	}
	var baskets []recommend.Basket
	for _, c := range shop.Customers {
		baskets = append(baskets, c.Baskets...)
	}
	const share = 0.005
	walls := timesOf(o.runs, func() { recommend.Rules(baskets, len(shop.Products), int(share*float64(len(baskets))), .5) })
	aim(fmt.Sprintf("rules, %d baskets, %d products, .005", len(baskets), len(shop.Products)), median(walls), time.Second)
	return nil
}

func benchGroceries(o options) error {
	file, err := sharedFile("groceries_baskets.csv.gz")
	if err != nil || file == "" {
		return err
	}
	baskets, items, err := readBaskets(file)
	if err != nil {
		return err
	}
	const thousandth, confidence = 0.001, 0.8
	least := leastOf(thousandth, len(baskets))
	rules := 0
	walls := timesOf(o.runs, func() { rules = len(recommend.Rules(baskets, items, least, confidence)) })
	aim(fmt.Sprintf("rules, %d baskets, %d items, .001 (%d)", len(baskets), items, rules), median(walls), 250*time.Millisecond)
	found, plain := 0, 0
	walls = timesOf(o.runs, func() { found = len(recommend.Itemsets(baskets, items, least)) })
	aim(fmt.Sprintf("  of that, the %d sets", found), median(walls), 0)
	walls = timesOf(1, func() { plain = plainSets(baskets, least) })
	aim(fmt.Sprintf("  the %d sets, counted plainly", plain), median(walls), 0)
	if found != plain {
		return fmt.Errorf("%d sets, and %d where they are counted plainly", found, plain)
	}
	return nil
}

// leastOf is the least whole number of baskets that is the share of all, or more.
func leastOf(share float64, baskets int) int {
	n := int(share * float64(baskets))
	if float64(n) < share*float64(baskets) {
		n++
	}
	return n
}

func timesOf(runs int, f func()) (walls []time.Duration) {
	for range runs {
		start := time.Now()
		f()
		walls = append(walls, time.Since(start))
	}
	return walls
}

// readBaskets reads a basket a line, its items between commas.
func readBaskets(path string) (baskets []recommend.Basket, items int, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	plain, err := gzip.NewReader(file)
	if err != nil {
		return nil, 0, err
	}
	numbers := map[string]int32{}
	for lines := bufio.NewScanner(plain); lines.Scan(); {
		var b recommend.Basket
		for item := range strings.SplitSeq(lines.Text(), ",") {
			n, known := numbers[item]
			if !known {
				n = int32(len(numbers)) //nolint:gosec // items are few
				numbers[item] = n
			}
			b = append(b, n)
		}
		slices.Sort(b)
		baskets = append(baskets, slices.Compact(b))
	}
	return baskets, len(numbers), nil
}

// plainSets counts sets as one would at first: level by level (Agrawal and Srikant 1994), each basket offering what grows out
// of sets found at the levels before.
func plainSets(baskets []recommend.Basket, least int) int {
	frequent := map[string]bool{"": true}
	for size, grown := 1, true; grown; size++ {
		counts := map[string]int{}
		for _, b := range baskets {
			offer(b, size, nil, frequent, counts)
		}
		grown = false
		for set, n := range counts {
			if n >= least {
				frequent[set], grown = true, true
			}
		}
	}
	return len(frequent) - 1 // but for the empty one
}

// offer counts the sets of so many more items of a basket that begin with a set.
func offer(b recommend.Basket, left int, set []byte, frequent map[string]bool, counts map[string]int) {
	if left == 0 {
		counts[string(set)]++
		return
	}
	if !frequent[string(set)] {
		return
	}
	for i, item := range b {
		longer := append(set[:len(set):len(set)], byte(item), byte(item>>8))
		offer(b[i+1:], left-1, longer, frequent, counts)
	}
}
