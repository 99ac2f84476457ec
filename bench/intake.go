package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// benchIntake takes orders in, durably, from several callers at once, beside the same statements by hand. It is the
// package's own benchmark, which brings its databases along; PostgreSQL is that of the tests.
func benchIntake(ctx context.Context, _ string, o options) error {
	fmt.Printf("\nOrders into the store, each a durable transaction; best of %d runs\n", o.runs)
	best := map[string]float64{}
	var order []string
	for range o.runs {
		cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkOrder$", "-benchtime", "20000x", "./internal/intake") //nolint:gosec // fixed
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
		for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
			name, rate, ok := ordersASecond(lines.Text())
			if !ok {
				continue
			}
			if _, there := best[name]; !there {
				order = append(order, name)
			}
			best[name] = max(best[name], rate)
		}
	}
	for _, name := range order {
		side, isOurs := strings.CutSuffix(name, "/intake")
		if isOurs {
			hand := best[side+"/by-hand"]
			fmt.Printf("  %-34s %8.0f orders/s   by hand %8.0f   ratio %.2f\n", side+" callers", best[name], hand, best[name]/hand)
		}
	}
	return nil
}

// ordersASecond reads a line of a benchmark: its name without what is before and behind, and the figure.
func ordersASecond(line string) (name string, rate float64, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < 3 || !strings.HasPrefix(fields[0], "BenchmarkOrder/") {
		return "", 0, false
	}
	name = strings.TrimPrefix(fields[0], "BenchmarkOrder/")
	if at := strings.LastIndexByte(name, '-'); at > strings.LastIndexByte(name, '/') {
		if _, err := strconv.Atoi(name[at+1:]); err == nil {
			name = name[:at] // the number of cores
		}
	}
	for i, f := range fields {
		if f == "orders/s" {
			rate, err := strconv.ParseFloat(fields[i-1], 64)
			return name, rate, err == nil
		}
	}
	return "", 0, false
}
