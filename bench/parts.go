package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"regulars/internal/base/columnar"
	"regulars/internal/base/stats"
	"regulars/internal/record/fact"
	"regulars/internal/record/importer"
)

// benchParts is single steps, for whoever looks where the time goes.
func benchParts(ctx context.Context, _ string, o options) error {
	fmt.Printf("\nParts; median of %d runs\n", o.runs)
	if file, err := sharedFile("online_retail.csv.gz"); err != nil || file != "" {
		if err != nil {
			return err
		}
		if err := benchReading(ctx, o, "read Online Retail, gzip", file); err != nil {
			return err
		}
	}
	for _, format := range []string{"csv", "parquet"} {
		file, err := made(ctx, o, o.orders/10, format)
		if err != nil {
			return err
		}
		if err := benchReading(ctx, o, "read "+filepath.Base(file), file); err != nil {
			return err
		}
	}
	if err := benchAppending(ctx, o); err != nil {
		return err
	}
	benchStats(o)
	return nil
}

// benchReading reads a file and keeps nothing: the reader alone, in this process.
func benchReading(ctx context.Context, o options, name, file string) error {
	var walls []time.Duration
	var rows int64
	for range o.runs {
		start := time.Now()
		opts := importer.Options{Digits: 2}
		plan, err := importer.Inspect(ctx, file, opts)
		if err != nil {
			return err
		}
		account, err := plan.Read(ctx, opts, func(*fact.Batch) error { return nil })
		if err != nil {
			return err
		}
		walls, rows = append(walls, time.Since(start)), account.Rows
	}
	wall := median(walls)
	fmt.Printf("  %-34s %8.2f s  %6.2f million rows/s\n", name, wall.Seconds(), float64(rows)/wall.Seconds()/1e6)
	return nil
}

// benchAppending fills a table of as many columns as a sale has.
func benchAppending(ctx context.Context, o options) error {
	const rows = 500_000
	db, err := columnar.Open(ctx, "", columnar.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	var walls []time.Duration
	for range o.runs {
		_, err := db.ExecContext(ctx, "CREATE OR REPLACE TABLE t (a INTEGER, b BIGINT, c BIGINT, d INTEGER, e INTEGER, f BIGINT, g BOOLEAN)")
		if err != nil {
			return err
		}
		start := time.Now()
		l, err := db.Load(ctx, "t", 7)
		if err != nil {
			return err
		}
		row := l.Row()
		for i := range rows {
			row[0], row[1], row[2], row[3] = int32(i), int64(i), int64(i), int32(i)
			row[4], row[5], row[6] = int32(i), int64(i), i%2 == 0
			if err := l.Append(); err != nil {
				return err
			}
		}
		if err := l.Close(); err != nil {
			return err
		}
		walls = append(walls, time.Since(start))
	}
	wall := median(walls)
	fmt.Printf("  %-34s %8.2f s  %6.2f million rows/s\n", "append to the columnar copy", wall.Seconds(), rows/wall.Seconds()/1e6)
	return nil
}

// benchStats times what a report calls for each figure, and the bootstrap that it does not call and why.
func benchStats(o options) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // numbers to add up
	values := make([]float64, 100_000)
	for i := range values {
		values[i] = random.ExpFloat64()
	}
	mean := func(indices []int) float64 {
		var sum float64
		for _, i := range indices {
			sum += values[i]
		}
		return sum / float64(len(indices))
	}
	for _, part := range []struct {
		name  string
		times int
		run   func()
	}{
		{"interval of a share (Wilson)", 100_000, func() { stats.Wilson(80, 100) }},
		{"interval of NPS (score)", 1000, func() { stats.NPSScore(15, 3, 2) }},
		{"bootstrap of a mean, 100 of 100,000", 1, func() { stats.Bootstrap(1, len(values), 100, mean) }},
	} {
		var walls []time.Duration
		for range o.runs {
			start := time.Now()
			for range part.times {
				part.run()
			}
			walls = append(walls, time.Since(start)/time.Duration(part.times))
		}
		fmt.Printf("  %-34s %10s each\n", part.name, median(walls))
	}
}
