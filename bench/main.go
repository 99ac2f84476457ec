// Command bench measures speed and memory of the program beside the same figures asked of DuckDB by hand, and prints
// medians and ratios. Run it with `make bench`; what the options are, `go run ./bench -help` tells.
//
// Programs are run as processes of their own, one after the other and in turn, so that both sides pay for their
// start and a busy moment of the machine meets both. Ratios of one run can be compared with each other; seconds of
// two machines, or of two runs on a machine that does other things, cannot.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

// options of a run.
type options struct {
	runs   int
	orders int
	dir    string // where programs and generated orders are kept between runs
	only   []string
	// database is an empty PostgreSQL database that the server is measured on too; empty: it is not.
	database string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	// The other side of a comparison is this program again, asked to do one thing.
	if len(args) > 0 && args[0] == byHand {
		return askByHand(ctx, args[1:])
	}
	if len(args) > 0 && args[0] == makeOrders {
		return writeOrders(ctx, args[1:])
	}
	if len(args) > 0 && args[0] == makeRehearsed {
		return writeLines(ctx, args[1:])
	}
	if len(args) > 0 && args[0] == insertByHand {
		return insertFileByHand(ctx, args[1:])
	}
	if len(args) > 0 && args[0] == drawPicture {
		return drawOfStore(ctx, args[1:])
	}
	if len(args) > 0 && args[0] == foretellMade {
		return foretellOfMade()
	}

	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.runs, "runs", 5, "runs of each side; the median is printed")
	flags.IntVar(&o.orders, "orders", 1_000_000, "generated orders, of a tenth as many customers")
	full := flags.Bool("full", false, "ten million generated orders of a million customers")
	only := flags.String("only", "", "sections to run, of retail,made,parts,intake,import,mirror,server,units,replay,predict,people, separated by commas")
	flags.StringVar(&o.dir, "dir", filepath.Join(".cache", "bench"), "folder for generated orders")
	flags.StringVar(&o.database, "database", "", "address of an empty PostgreSQL database to measure the server on too")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *full {
		o.orders = 10_000_000
	}
	if *only != "" {
		o.only = strings.Split(*only, ",")
	}
	if err := os.MkdirAll(o.dir, 0o750); err != nil {
		return err
	}
	printMachine()
	program, err := build(ctx, o.dir)
	if err != nil {
		return err
	}
	for _, section := range []struct {
		name string
		run  func(context.Context, string, options) error
	}{{"retail", benchRetail}, {"made", benchMade}, {"parts", benchParts}, {"intake", benchIntake},
		{"import", benchImport}, {"mirror", benchMirror}, {"server", benchServer}, {"units", benchUnits}, {"replay", benchReplay}, {"predict", benchPredict}, {"people", benchPages}} {
		if o.only != nil && !slices.Contains(o.only, section.name) {
			continue
		}
		if err := section.run(ctx, program, o); err != nil {
			return fmt.Errorf("%s: %w", section.name, err)
		}
	}
	return nil
}
