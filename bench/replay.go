package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"regulars/internal/record/sample"
)

// makeRehearsed asks this program to make orders with lines: makeRehearsed DIR CUSTOMERS.
const makeRehearsed = "make-rehearsed"

func writeLines(ctx context.Context, args []string) error {
	customers, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	_, err = sample.Write(ctx, args[0], sample.Options{Customers: customers, OrdersPerCustomer: ordersPerCustomer, Seed: 1, Lines: true})
	return err
}

// rehearsed is a programme of twenty rules, five of them over lines, and three tiers.
func rehearsed() ([]byte, error) {
	type object = map[string]any
	fixed := func(n int) object { return object{"fixed": object{"unit": "points", "units": n}} }
	rules := []object{{"rule": "rate", "name": "A point a euro", "effect": object{"rate": object{"unit": "points", "units": 1, "per_minor": 100}}}}
	for i := range 14 {
		condition := []string{"order.amount >= %d.0", "time.hour < %d", "customer.orders >= %d", "customer.spend >= %d.0", "time.weekday == 'tue' && order.items > %d.0",
			"customer.days_away >= %d", "customer.tier == 'gold' && order.amount > %d.0"}[i%7]
		rules = append(rules, object{"rule": fmt.Sprintf("order-%d", i), "name": fmt.Sprintf("Order %d", i), "if": fmt.Sprintf(condition, 5+i), "effect": fixed(1 + i)})
	}
	for i := range 5 {
		rules = append(rules, object{"rule": fmt.Sprintf("line-%d", i), "name": fmt.Sprintf("Line %d", i), "lines": fmt.Sprintf("line.amount >= %d.0 && line.category != 'none-%d'", i, i),
			"effect": object{"each": object{"unit": "points", "units": 1}}})
	}
	return json.Marshal(object{"name": "Twenty rules", "units": []object{{"unit": "points", "expiry": object{"kind": "after", "n": 6, "every": "months"}}}, "rules": rules,
		"tiers": object{"by": "spend", "window": "months", "months": 12, "levels": []object{{"tier": "bronze", "name": "Bronze"}, {"tier": "silver", "name": "Silver", "from": 20000, "factor": 1.5},
			{"tier": "gold", "name": "Gold", "from": 50000, "factor": 2}}},
		"rewards": []object{{"reward": "off", "name": "Five off", "kind": "discount", "terms": object{"amount_minor": 500}, "unit": "points", "price": 100}}})
}

// benchReplay rehearses a programme of twenty rules over the orders of a made business, in a data folder.
func benchReplay(ctx context.Context, program string, o options) error {
	fmt.Printf("\nA rehearsal of 20 rules, 5 of them over lines, over %d orders; aim: 60 s for a million; median of %d runs\n", o.orders, o.runs)
	me, err := self()
	if err != nil {
		return err
	}
	files, data := filepath.Join(o.dir, fmt.Sprintf("lines-%d", o.orders)), filepath.Join(o.dir, fmt.Sprintf("lines-%d-data", o.orders))
	if _, err := os.Stat(filepath.Join(data, "whole")); err != nil {
		fmt.Println("  making and importing them ...")
		for _, step := range [][]string{{me, makeRehearsed, files, strconv.Itoa(o.orders / ordersPerCustomer)},
			{program, "import", filepath.Join(files, sample.OrdersFile+".csv"), "--data", data, "--currency", "EUR", "--timezone", "Europe/Athens", "--quiet"}} {
			command := exec.CommandContext(ctx, step[0], step[1:]...) //nolint:gosec // ourselves
			command.Stderr = os.Stderr
			if err := command.Run(); err != nil {
				return fmt.Errorf("%s: %w", step[1], err)
			}
		}
		if err := os.WriteFile(filepath.Join(data, "whole"), nil, 0o600); err != nil {
			return err
		}
	}
	document, err := rehearsed()
	if err != nil {
		return err
	}
	draft := filepath.Join(o.dir, "twenty-rules.json")
	if err := os.WriteFile(draft, document, 0o600); err != nil {
		return err
	}
	ours := &side{name: fmt.Sprintf("regulars replay, %d orders", o.orders), command: []string{program, "replay", "--programme", draft, "--data", data, "--format", "json", "--quiet"}}
	if err := duel(ctx, o.runs, ours); err != nil {
		return err
	}
	report(ours)
	return nil
}
