package churn

import (
	"slices"
	"strconv"
	"strings"
)

// Table is customers by contract: a row each, columns of numbers first, then a column for each answer of the others.
type Table struct {
	Names   []Feature
	Numbers int // columns that are numbers
	Rows    [][]float64
}

// Encode makes a table of cells with their titles. A column is a number where every cell is one, or blank, which is 0, and
// there are more than two different ones; else each of its values becomes a column of 0 and 1.
func Encode(titles []string, cells [][]string) *Table {
	t := &Table{Rows: make([][]float64, len(cells))}
	var worded []int
	for j, title := range titles {
		if !numeric(cells, j) {
			worded = append(worded, j)
			continue
		}
		t.Names, t.Numbers = append(t.Names, Feature(title)), t.Numbers+1
		for i, row := range cells {
			v, err := strconv.ParseFloat(strings.TrimSpace(row[j]), 64)
			if err != nil {
				v = 0 // blank
			}
			t.Rows[i] = append(t.Rows[i], v)
		}
	}
	for _, j := range worded {
		var values []string
		for _, row := range cells {
			values = append(values, row[j])
		}
		slices.Sort(values)
		for _, value := range slices.Compact(values) {
			t.Names = append(t.Names, Feature(titles[j]+"="+value))
			for i, row := range cells {
				v := 0.0
				if row[j] == value {
					v = 1
				}
				t.Rows[i] = append(t.Rows[i], v)
			}
		}
	}
	return t
}

func numeric(cells [][]string, j int) bool {
	seen := map[float64]bool{}
	for _, row := range cells {
		text := strings.TrimSpace(row[j])
		v, err := strconv.ParseFloat(text, 64)
		if text != "" && err != nil {
			return false
		}
		seen[v] = true
	}
	return len(seen) > 2
}
