package main

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"regulars/internal/base/columnar"
)

// byHand asks this program to be the hand-written side: byHand SCRIPT NAME=VALUE...
const byHand = "by-hand"

//go:embed sql
var scripts embed.FS

// totals are what both sides must agree on, or the comparison is of unlike things.
type totals struct {
	Customers int64 `json:"customers"`
	Orders    int64 `json:"orders"`
	PaidMinor int64 `json:"paid_minor"`
}

// askByHand loads a file by a script of its own, asks the figures, and prints the totals as JSON.
func askByHand(ctx context.Context, args []string) error {
	db, err := columnar.Open(ctx, "", columnar.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1) // variables belong to a connection
	for _, name := range []string{args[0], "figures"} {
		text, err := scripts.ReadFile("sql/" + name + ".sql")
		if err != nil {
			return err
		}
		script := string(text)
		for _, arg := range args[1:] {
			key, value, _ := strings.Cut(arg, "=")
			script = strings.ReplaceAll(script, "{"+key+"}", value)
		}
		for statement := range strings.SplitSeq(script, ";\n") {
			if err := drain(ctx, db, statement); err != nil {
				return fmt.Errorf("%w in %s", err, statement)
			}
		}
	}
	var t totals
	err = db.QueryRowContext(ctx, "SELECT count(*), CAST(sum(orders) AS BIGINT), CAST(sum(paid) AS BIGINT) FROM life").
		Scan(&t.Customers, &t.Orders, &t.PaidMinor)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(t)
}

// drain runs a statement and reads its rows to the end.
func drain(ctx context.Context, db *columnar.DB, statement string) error {
	if strings.TrimSpace(statement) == "" {
		return nil
	}
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return err
		}
	}
	return rows.Err()
}
