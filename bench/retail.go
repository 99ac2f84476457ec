package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// benchRetail is a year of a real shop: half a million lines, compressed.
func benchRetail(ctx context.Context, program string, o options) error {
	file, err := sharedFile("online_retail.csv.gz")
	if err != nil {
		return err
	}
	fmt.Printf("\nOnline Retail, 541,909 rows of gzip, to JSON; aim: 1 s and 300 MB on 2 cores; median of %d runs\n", o.runs)
	if file == "" {
		fmt.Println("  left out: online_retail.csv.gz is neither in REGULARS_SHARED_DATA nor in ../shared/data")
		return nil
	}
	me, err := self()
	if err != nil {
		return err
	}
	ours := &side{name: "regulars report", command: []string{program, "report", file, "--format", "json", "--quiet"}}
	theirs := &side{name: "the same figures by hand in SQL", command: []string{me, byHand, "retail", "FILE=" + file}}
	if err := duel(ctx, o.runs, ours, theirs); err != nil {
		return err
	}
	report(ours, theirs)
	return agree(ours.output, theirs.output)
}

// agree demands that both sides counted the same.
func agree(picture, byHand []byte) error {
	var ours struct {
		Facts struct {
			Customers     int64 `json:"customers"`
			Orders        int64 `json:"orders"`
			RevenueMinor  int64 `json:"revenue_minor"`
			ReturnedMinor int64 `json:"returned_minor"`
		} `json:"facts"`
	}
	var theirs totals
	if err := errors.Join(json.Unmarshal(picture, &ours), json.Unmarshal(byHand, &theirs)); err != nil {
		return err
	}
	got := totals{ours.Facts.Customers, ours.Facts.Orders, ours.Facts.RevenueMinor + ours.Facts.ReturnedMinor}
	if got != theirs {
		return fmt.Errorf("the two sides counted differently: %+v, by hand %+v", got, theirs)
	}
	fmt.Printf("  both: %d customers, %d orders, %d paid\n", got.Customers, got.Orders, got.PaidMinor)
	return nil
}

// sharedFile finds a file of real data, a copy of it: the program writes rejected rows beside what it reads.
func sharedFile(name string) (string, error) {
	dir := os.Getenv("REGULARS_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "shared", "data")
	}
	text, err := os.ReadFile(filepath.Join(dir, name)) //nolint:gosec // a folder the user names
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	path := filepath.Join(".cache", "bench", name)
	return path, os.WriteFile(path, text, 0o600)
}
