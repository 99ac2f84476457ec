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

// makeOrders asks this program to make orders: makeOrders DIR CUSTOMERS FORMAT. In a process of its own, so that its
// memory is not charged to what is measured.
const makeOrders = "make-orders"

const ordersPerCustomer = 10

func writeOrders(ctx context.Context, args []string) error {
	customers, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	truth, err := sample.Write(ctx, args[0], sample.Options{
		Customers: customers, OrdersPerCustomer: ordersPerCustomer, Seed: 1, Format: args[2],
	})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(truth.Written)
}

// made gives the orders file of a made business, and makes it unless it is there from last time.
func made(ctx context.Context, o options, orders int, format string) (string, error) {
	dir := filepath.Join(o.dir, fmt.Sprintf("made-%d-%s", orders, format))
	file := filepath.Join(dir, sample.OrdersFile+"."+format)
	done := filepath.Join(dir, sample.TruthFile) // written last
	if _, err := os.Stat(done); err == nil {
		return file, nil
	}
	me, err := self()
	if err != nil {
		return "", err
	}
	fmt.Printf("  making %d orders as %s ...\n", orders, format)
	command := exec.CommandContext(ctx, me, makeOrders, dir, strconv.Itoa(orders/ordersPerCustomer), format) //nolint:gosec // ourselves
	command.Stderr = os.Stderr
	return file, command.Run()
}

// benchMade is the whole picture of a made business in two sizes, from CSV and from Parquet.
func benchMade(ctx context.Context, program string, o options) error {
	fmt.Printf("\nGenerated orders, %d a customer, to JSON; aim: 1.3 times by hand, 15 s for ten million; median of %d runs\n",
		ordersPerCustomer, o.runs)
	me, err := self()
	if err != nil {
		return err
	}
	var walls, cores []float64
	for _, orders := range []int{o.orders / 10, o.orders} {
		for _, format := range []string{"csv", "parquet"} {
			file, err := made(ctx, o, orders, format)
			if err != nil {
				return err
			}
			source := "read_csv('" + file + "', all_varchar = true, quote = '\"', ignore_errors = true)"
			if format == "parquet" {
				source = "read_parquet('" + file + "')"
			}
			ours := &side{
				name:    fmt.Sprintf("regulars report, %d, %s", orders, format),
				command: []string{program, "report", file, "--format", "json", "--quiet"},
			}
			theirs := &side{name: "by hand in SQL", command: []string{me, byHand, "made", "SOURCE=" + source}}
			if err := duel(ctx, o.runs, ours, theirs); err != nil {
				return err
			}
			report(ours, theirs)
			if err := agree(ours.output, theirs.output); err != nil {
				return err
			}
			c := ours.typical()
			walls, cores = append(walls, c.wall.Seconds()), append(cores, c.cpu.Seconds())
		}
	}
	fmt.Printf("  ten times the orders take %.1f times as long from CSV (%.1f of cores), %.1f from Parquet (%.1f); 10 is linear\n",
		walls[2]/walls[0], cores[2]/cores[0], walls[3]/walls[1], cores[3]/cores[1])
	return nil
}
