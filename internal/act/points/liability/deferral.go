package liability

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/big"
	"strconv"

	"regulars/internal/base/fault"
)

// Split is a sale divided between the goods and the units that came with them.
type Split struct {
	GoodsMinor    int64
	DeferredMinor int64
}

// Allocate divides what was paid by relative stand-alone prices: that of the goods, and that of the units, which is what
// those that are expected to be used are worth together.
func Allocate(paidMinor, goodsMinor, expectedMinor int64) (Split, error) {
	if paidMinor < 0 || goodsMinor < 0 || expectedMinor < 0 || goodsMinor+expectedMinor <= 0 {
		return Split{}, fault.Invalidf("a sale is divided by prices that are not below zero, and not all of them zero")
	}
	deferred := ratio(paidMinor, expectedMinor, goodsMinor+expectedMinor)
	return Split{paidMinor - deferred, deferred}, nil
}

// Released is what of a deferral is revenue by now: the units used so far over all that are now expected to be used.
func Released(deferredMinor, usedUnits, expectedUnits int64) int64 {
	switch {
	case usedUnits <= 0:
		return 0
	case expectedUnits <= usedUnits:
		return deferredMinor
	}
	return ratio(deferredMinor, usedUnits, expectedUnits)
}

// Period is a deferral over a period. What changes in the estimate is caught up with at once.
type Period struct {
	DeferredMinor int64 // in all
	UsedBefore    int64 // units, up to the period
	UsedNow       int64 // and up to its end
	// ExpectedBefore and ExpectedNow are how many units were, and are now, expected to be used in all.
	ExpectedBefore, ExpectedNow int64
}

// Release is what a period makes revenue.
type Release struct {
	ForUseMinor   int64 // for what was used in it, by the estimate from before
	CatchUpMinor  int64 // because the estimate changed
	RevenueMinor  int64 // both
	DeferredMinor int64 // what is left
}

// Move works out a period.
func (p Period) Move() Release {
	before := Released(p.DeferredMinor, p.UsedBefore, p.ExpectedBefore)
	same, now := Released(p.DeferredMinor, p.UsedNow, p.ExpectedBefore), Released(p.DeferredMinor, p.UsedNow, p.ExpectedNow)
	return Release{ForUseMinor: same - before, CatchUpMinor: now - same, RevenueMinor: now - before, DeferredMinor: p.DeferredMinor - now}
}

// CostMinor is what units given without a sale are expected to cost.
func CostMinor(units, valueMinor int64, use float64) int64 {
	return ratio(units, valueMinor*int64(min(max(use, 0), 1)*million+0.5), million)
}

const million = 1_000_000

// ratio is a * b / c, rounded half up, without overflow.
func ratio(a, b, c int64) int64 {
	product := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	product.Mul(product, big.NewInt(2)).Add(product, big.NewInt(c))
	return product.Div(product, big.NewInt(2*c)).Int64()
}

// Line is a line of a journal: one of both amounts is zero.
type Line struct {
	Day         string // 2027-01-31
	Account     string
	Text        string
	DebitMinor  int64
	CreditMinor int64
}

// Journal is what a sale's split and a period's release are in a journal, by the accounts of the business.
func Journal(day, text string, sold Split, released Release, cash, revenue, deferred string) []Line {
	var lines []Line
	add := func(account string, debit, credit int64) {
		if debit < 0 || credit < 0 {
			debit, credit = -credit, -debit
		}
		if debit != 0 || credit != 0 {
			lines = append(lines, Line{day, account, text, debit, credit})
		}
	}
	add(cash, sold.GoodsMinor+sold.DeferredMinor, 0)
	add(revenue, 0, sold.GoodsMinor)
	add(deferred, 0, sold.DeferredMinor)
	add(deferred, released.RevenueMinor, 0)
	add(revenue, 0, released.RevenueMinor)
	return lines
}

// WriteCSV writes a journal as CSV, in minor units. It refuses one whose two sides differ.
func WriteCSV(w io.Writer, lines []Line) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"day", "account", "text", "debit_minor", "credit_minor"}}
	var sum int64
	for _, l := range lines {
		sum += l.DebitMinor - l.CreditMinor
		rows = append(rows, []string{l.Day, l.Account, l.Text, strconv.FormatInt(l.DebitMinor, 10), strconv.FormatInt(l.CreditMinor, 10)})
	}
	if sum != 0 {
		return fmt.Errorf("the two sides of a journal differ by %d", sum)
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	return nil
}
