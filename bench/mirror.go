package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"regulars/internal/base/columnar"
	"regulars/internal/base/db"
	"regulars/internal/measure/mirror"
	"regulars/internal/record/feed"
	"regulars/internal/record/schema"
)

// benchMirror is the columnar copy of a store in SQLite: making it, and bringing it up to date after changes.
func benchMirror(ctx context.Context, _ string, o options) (err error) {
	fmt.Printf("\nColumnar copy of %d orders of one line in SQLite; median of %d runs\n", o.orders, o.runs)
	store, err := madeStore(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := benchRebuild(ctx, o, store); err != nil {
		return err
	}
	if err := benchPicture(ctx, o); err != nil {
		return err
	}
	f, err := mirror.Follow(ctx, store, mirror.Options{Path: copyPath(o)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for _, size := range []struct {
		orders int
		aim    time.Duration
	}{{1, 20 * time.Millisecond}, {1000, 60 * time.Millisecond}, {100_000, 300 * time.Millisecond}} {
		if size.orders <= o.orders {
			if err := benchRefresh(ctx, o, store, f, size.orders, size.aim); err != nil {
				return err
			}
		}
	}
	start := time.Now()
	differences, err := f.Verify(ctx)
	if err != nil {
		return err
	}
	if len(differences) > 0 {
		return fmt.Errorf("the copy differs from the facts: %s", differences[0])
	}
	fmt.Printf("  %-34s %8.2f s\n", "compare it with the facts", time.Since(start).Seconds())
	return nil
}

func storePath(o options) string { return filepath.Join(o.dir, fmt.Sprintf("facts-%d.db", o.orders)) }

func copyPath(o options) string {
	return filepath.Join(o.dir, fmt.Sprintf("facts-%d.duckdb", o.orders))
}

const (
	linesOfCustomer = 10
	// Numbers of customers lie as far apart as those made a millisecond after one another.
	apart = 1 << 22
)

// madeStore gives a store with orders, and makes it unless it is there from last time.
func madeStore(ctx context.Context, o options) (*db.DB, error) {
	path := storePath(o)
	_, missing := os.Stat(path)
	store, err := schema.Open(ctx, db.Options{Path: path})
	if err != nil || missing == nil {
		return store, err
	}
	if err := makeStore(ctx, o, store); err != nil {
		return nil, errors.Join(err, store.Close(), os.Remove(path))
	}
	return store, nil
}

// makeStore fills an empty store with orders.
func makeStore(ctx context.Context, o options, store *db.DB) (err error) {
	fmt.Printf("  making %d orders ...\n", o.orders)
	customers := o.orders / linesOfCustomer
	const step = 20_000
	for from := 0; from < customers && err == nil; from += step {
		err = store.Write(ctx, func(tx *db.Tx) error { return makeLines(tx, from, min(from+step, customers)) })
	}
	return err
}

func makeLines(tx *db.Tx, from, to int) error {
	numbers := fmt.Sprintf("WITH RECURSIVE c (n) AS (SELECT CAST(%d AS BIGINT) UNION ALL SELECT n + 1 FROM c WHERE n + 1 < %d)", from, to)
	_, err := tx.Exec(fmt.Sprintf(`INSERT INTO customers (customer_id, reference, kind, form_of_address, given_name, middle_name,
		family_name, full_name, folded_name, language, channel, household, attributes, version, created_us, updated_us)
		%s SELECT (n + 1) * %d, 'c' || n, 'person', '', '', '', '', '', '', '', '', '', '', 1, 0, 0 FROM c`, numbers, apart))
	if err != nil {
		return err
	}
	_, err = tx.Exec(fmt.Sprintf(`INSERT INTO sale_lines (customer_id, fact_id, line_no, order_id, sold_us, local_us, day, month, amount_minor,
		quantity, product_id, category_id, is_return, counts, attributes)
		%s, l (k) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT k + 1 FROM l WHERE k + 1 < %d)
		SELECT (n + 1) * %d, (n * %d + k + 1) * 4096, 1, (n * %d + k + 1) * 4096, (n * 7919 + k * 104729) %% 1000 * 86400000000 + 43200000000,
			(n * 7919 + k * 104729) %% 1000 * 86400000000 + 43200000000, (n * 7919 + k * 104729) %% 1000, 23640 + (n * 7919 + k * 104729) %% 1000 / 31,
			500 + (n * 31 + k * 17) %% 9000, 1, NULL, 1 + n %% 12, FALSE, TRUE, '' FROM c CROSS JOIN l`,
		numbers, linesOfCustomer, apart, linesOfCustomer, linesOfCustomer))
	if err != nil {
		return err
	}
	// Every fortieth order comes back after five days.
	_, err = tx.Exec(`INSERT INTO sale_lines (customer_id, fact_id, line_no, order_id, sold_us, local_us, day, month, amount_minor,
		quantity, product_id, category_id, is_return, counts, attributes)
		SELECT customer_id, fact_id + 1, 1, order_id, sold_us + 5 * 86400000000, local_us + 5 * 86400000000, day + 5, 23640 + (day + 5) / 31,
			-amount_minor, 1, NULL, category_id, TRUE, TRUE, '' FROM sale_lines
		WHERE customer_id > $1 AND customer_id <= $2 AND NOT is_return AND fact_id / 4096 % 40 = 0`, from*apart, to*apart)
	if err != nil {
		return err
	}
	// Every other customer says once how likely they are to recommend.
	_, err = tx.Exec(fmt.Sprintf(`INSERT INTO answers (customer_id, answer_id, source, reference, answered_us, local_us, day, month, kind, aspect,
		score, scale, delivered, finished, comment, attributes, content, version, recorded_us, updated_us)
		%s SELECT (n + 1) * %d, (n + 1) * 4096, '', 'a' || n, n * 7919 %% 1000 * 86400000000, n * 7919 %% 1000 * 86400000000, n * 7919 %% 1000,
			23640 + n * 7919 %% 1000 / 31, 'nps', '', 4 + n %% 7, 10, TRUE, TRUE, '', '', '', 1, 0, 0 FROM c WHERE n %% 2 = 0`, numbers, apart))
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO categories (category_id, name) WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 12)
		SELECT n, 'category ' || n FROM c WHERE TRUE ON CONFLICT DO NOTHING`)
	return errors.Join(err, feed.Add(tx, feed.Change{Kind: feed.Settings}))
}

// benchRebuild makes the copy, beside reading the same rows and doing nothing with them.
func benchRebuild(ctx context.Context, o options, store *db.DB) error {
	var ours, reading, cores []time.Duration
	for range min(o.runs, 3) {
		start := time.Now()
		if err := readLines(ctx, store); err != nil {
			return err
		}
		reading = append(reading, time.Since(start))
		for _, path := range []string{copyPath(o), copyPath(o) + ".wal"} {
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
		start = time.Now()
		f, err := mirror.Follow(ctx, store, mirror.Options{Path: copyPath(o)})
		if err != nil {
			return err
		}
		before := worked()
		_, err = f.Refresh(ctx)
		ours, cores = append(ours, time.Since(start)), append(cores, worked()-before)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	rows := float64(o.orders)
	fmt.Printf("  %-34s %8.2f s  %8.2f s of a core  %9.0f rows/s; aim 500,000   %.2f times reading them by one reader\n", "make the copy",
		median(ours).Seconds(), median(cores).Seconds(), rows/median(ours).Seconds(), median(ours).Seconds()/median(reading).Seconds())
	return nil
}

func readLines(ctx context.Context, store *db.DB) error {
	return store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT customer_id, fact_id, line_no, order_id, local_us, day, month, amount_minor, product_id, category_id,
			is_return, counts, attributes FROM sale_lines`)
		if err != nil {
			return err
		}
		values := make([]any, 13)
		targets := make([]any, len(values))
		for i := range values {
			targets[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(targets...); err != nil {
				return err
			}
		}
		return rows.Close()
	})
}

// benchRefresh changes orders all over the store and brings the copy up to date, beside the same DELETE and INSERT inside
// the engine, of rows that are there already.
func benchRefresh(ctx context.Context, o options, store *db.DB, f *mirror.Follower, orders int, aim time.Duration) error {
	var ours, cores []time.Duration
	for run := range o.runs {
		if err := store.Write(ctx, func(tx *db.Tx) error { return touch(tx, o.orders, orders, run) }); err != nil {
			return err
		}
		start, before := time.Now(), worked()
		r, err := f.Refresh(ctx)
		if err != nil {
			return err
		}
		ours, cores = append(ours, time.Since(start)), append(cores, worked()-before)
		if r.Changes != orders {
			return fmt.Errorf("%d orders were changed and %d taken over", orders, r.Changes)
		}
	}
	hand, err := replaceByHand(ctx, o, orders)
	if err != nil {
		return err
	}
	fmt.Printf("  %-34s %8.1f ms %8.1f ms of a core; aim %d   %.1f times the same by hand inside DuckDB\n",
		fmt.Sprintf("refresh after %d changed orders", orders), millis(median(ours)), millis(median(cores)), aim.Milliseconds(),
		median(ours).Seconds()/hand.Seconds())
	return nil
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// worked is how long cores have worked for this process so far.
func worked() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// touch raises the amounts of orders that lie all over the store.
func touch(tx *db.Tx, all, n, run int) error {
	stride := all / n
	changes := make([]feed.Change, 0, n)
	for i := range n {
		order := i*stride + (run*131)%stride
		c := feed.Change{Customer: int64(order/linesOfCustomer+1) * apart, Kind: feed.Order, Fact: int64(order+1) * 4096}
		if _, err := tx.Exec("UPDATE sale_lines SET amount_minor = amount_minor + 1 WHERE customer_id = $1 AND fact_id = $2", c.Customer, c.Fact); err != nil {
			return err
		}
		changes = append(changes, c)
	}
	return feed.Add(tx, changes...)
}

// replaceByHand deletes and inserts as many rows in a copy in memory.
func replaceByHand(ctx context.Context, o options, n int) (time.Duration, error) {
	c, err := columnar.Open(ctx, "", columnar.Options{})
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.Close() }()
	if _, err := c.ExecContext(ctx, fmt.Sprintf(`CREATE TABLE l AS SELECT (i // %d + 1) * %d AS customer_id, (i + 1) * 4096 AS fact_id, i AS a, i AS b,
		i AS c, i AS d FROM range(%d) t(i)`, linesOfCustomer, apart, o.orders)); err != nil {
		return 0, err
	}
	var walls []time.Duration
	for run := range o.runs {
		stride := o.orders / n
		if _, err := c.ExecContext(ctx, fmt.Sprintf("CREATE OR REPLACE TABLE s AS SELECT * FROM l WHERE fact_id // 4096 %% %d = %d", stride, run%stride)); err != nil {
			return 0, err
		}
		start := time.Now()
		for _, q := range []string{
			"BEGIN TRANSACTION", "DELETE FROM l USING s WHERE l.customer_id = s.customer_id AND l.fact_id = s.fact_id", "INSERT INTO l SELECT * FROM s", "COMMIT",
		} {
			if _, err := c.ExecContext(ctx, q); err != nil {
				return 0, err
			}
		}
		walls = append(walls, time.Since(start))
	}
	return median(walls), nil
}
