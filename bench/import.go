package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
	"regulars/internal/record/importer"
	"regulars/internal/record/schema"
)

// insertByHand asks this program to be the hand-written side of an import: insertByHand FILE DATABASE. It has the reader
// and the tables, and nothing of what makes an import safe: no stage, no look whether a fact is there, no digests.
const insertByHand = "insert-by-hand"

// benchImport takes real files into new folders, durably, beside inserts of the same rows by hand.
func benchImport(ctx context.Context, program string, o options) error {
	fmt.Printf("\nFiles into a new folder, durably; aim: 50,000 lines/s and 15,000 orders/s on 2 cores; median of %d runs\n", o.runs)
	me, err := self()
	if err != nil {
		return err
	}
	for _, c := range []struct{ name, file, unit string }{
		{"Online Retail", "online_retail.csv.gz", "lines"}, {"CDNOW", "cdnow_master.txt.gz", "orders"},
	} {
		file, err := sharedFile(c.file)
		if err != nil {
			return err
		}
		if file == "" {
			fmt.Printf("  left out: %s is neither in REGULARS_SHARED_DATA nor in ../shared/data\n", c.file)
			continue
		}
		ours, theirs := &side{name: "regulars import, " + c.name}, &side{name: "inserts by hand"}
		var rows int64
		for range o.runs {
			if rows, err = importOnce(ctx, program, me, file, ours, theirs); err != nil {
				return err
			}
		}
		report(ours, theirs)
		fmt.Printf("  %.0f %s/s, by hand %.0f\n", float64(rows)/ours.typical().wall.Seconds(), c.unit, float64(rows)/theirs.typical().wall.Seconds())
	}
	return nil
}

// importOnce runs both sides on new folders, and demands that both inserted as many rows.
func importOnce(ctx context.Context, program, me, file string, ours, theirs *side) (rows int64, err error) {
	dir, err := os.MkdirTemp("", "regulars-bench-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c, out, err := timed(ctx, program, "import", file, "--data", filepath.Join(dir, "data"), "--quiet", "--format", "json")
	if err != nil {
		return 0, err
	}
	ours.costs = append(ours.costs, c)
	var account struct {
		Files []struct {
			Rows struct {
				Rows int64 `json:"rows"`
			} `json:"rows"`
		} `json:"files"`
	}
	if err := json.Unmarshal(out, &account); err != nil || len(account.Files) != 1 {
		return 0, fmt.Errorf("the import said %q: %w", out, err)
	}
	if c, out, err = timed(ctx, me, insertByHand, file, filepath.Join(dir, "by-hand.db")); err != nil {
		return 0, err
	}
	theirs.costs = append(theirs.costs, c)
	rows = account.Files[0].Rows.Rows
	if byHand, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64); err != nil || byHand != rows {
		return 0, fmt.Errorf("the two sides took different rows: %d, by hand %d (%w)", rows, byHand, err)
	}
	return rows, nil
}

// hand inserts rows, some thousands in a transaction.
type hand struct {
	d         *db.DB
	customers map[string]int64
	last      string
	order     int64
	line      int64
	rows      int64
	// values of rows that wait
	references, orders, lines, made, identities, names []any
}

func insertFileByHand(ctx context.Context, args []string) (err error) {
	d, err := schema.Open(ctx, db.Options{Path: args[1]})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	o := importer.Options{Digits: 2}
	plan, err := importer.Inspect(ctx, args[0], o)
	if err != nil {
		return err
	}
	h := &hand{d: d, customers: map[string]int64{}}
	_, err = plan.Read(ctx, o, func(b *fact.Batch) error {
		for i := range b.Sales {
			h.sale(&b.Sales[i])
		}
		return h.flush(ctx)
	})
	fmt.Println(h.rows)
	return err
}

// sale gathers the rows of a line, and of its order where it is the first.
func (h *hand) sale(s *fact.Sale) {
	h.rows++
	customer, known := h.customers[s.Customer]
	if !known {
		customer = int64(len(h.customers) + 1)
		h.customers[strings.Clone(s.Customer)] = customer
		name := strings.Clone(s.Customer)
		h.identities = append(h.identities, "id", name, customer)
		h.names = append(h.names, customer, "id", name, name, int64(0))
		h.made = append(h.made, customer, name, "person", "", "", "", "", "", "", "", "", "", "", int64(1), int64(0), int64(0))
	}
	at := s.Moment
	if s.Order == "" || s.Order != h.last {
		h.last = strings.Clone(s.Order)
		h.order, h.line = h.rows, 0
		reference := fmt.Sprintf("%s-%d", h.last, h.order)
		h.references = append(h.references, "order", "file", reference, customer, h.order)
		h.orders = append(h.orders, customer, h.order, "file", reference, at.UTC, at.Local, int64(at.Day()), int64(0), "placed", s.AmountMinor,
			int64(0), int64(0), int64(0), "", "", "", []byte("0123456789abcdef"), int64(1), int64(0), int64(0))
	}
	h.line++
	h.lines = append(h.lines, customer, h.order, h.line, h.order, at.UTC, at.Local, int64(at.Day()), int64(0), s.AmountMinor, s.Quantity,
		nil, nil, s.Return, true, strings.Clone(strings.Join(s.Attributes, ",")))
}

func (h *hand) flush(ctx context.Context) error {
	return h.d.Write(ctx, func(tx *db.Tx) error {
		for _, part := range []struct {
			insert *db.Insert
			values *[]any
		}{
			{db.NewInsert("INSERT INTO identities (kind, value, customer_id)", 3, ""), &h.identities},
			{db.NewInsert("INSERT INTO customer_identities (customer_id, kind, value, written, added_us)", 5, ""), &h.names},
			{db.NewInsert(`INSERT INTO customers (customer_id, reference, kind, form_of_address, given_name, middle_name, family_name, full_name,
				folded_name, language, channel, household, attributes, version, created_us, updated_us)`, 16, ""), &h.made},
			{db.NewInsert("INSERT INTO fact_references (kind, source, reference, customer_id, fact_id)", 5, ""), &h.references},
			{db.NewInsert(`INSERT INTO orders (customer_id, order_id, source, reference, placed_us, local_us, day, month, state, amount_minor,
				discount_minor, tax_minor, shipping_minor, store, channel, attributes, content, version, recorded_us, updated_us)`, 20, ""), &h.orders},
			{db.NewInsert(`INSERT INTO sale_lines (customer_id, fact_id, line_no, order_id, sold_us, local_us, day, month, amount_minor, quantity,
				product_id, category_id, is_return, counts, attributes)`, 15, ""), &h.lines},
		} {
			if _, err := part.insert.Exec(tx, *part.values); err != nil {
				return err
			}
			*part.values = (*part.values)[:0]
		}
		return nil
	})
}
