package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"regulars/internal/record/fact"
	"regulars/internal/record/importer"
	"regulars/internal/understand/predict"
)

// foretellMade asks this program to foretell of made-up customers: foretellMade. In a process of its own, so that its memory
// is its own.
const foretellMade = "foretell-made"

// madeCustomers is how many customers the large forecast has.
const madeCustomers = 1_000_000

// foretold is what a process that foretold prints.
type foretold struct {
	Model                              string
	Customers, Purchases, Fitted       int
	Peak                               int64 // bytes, until everybody was scored
	Whole, Scored, One, OneWithBounds  time.Duration
	WholeCPU, ScoredCPU                time.Duration // of all cores together: what it takes where others are busy too
	Parameter, ParameterError, AllFrom float64       // the first of the law, its standard error, and what it is when fitted to all
}

// benchPredict measures fits, scores and rules: on the published files, and on a million customers.
func benchPredict(ctx context.Context, _ string, o options) error {
	fmt.Printf("\nPredictions; median of %d runs\n", o.runs)
	if err := benchFits(ctx, o); err != nil {
		return err
	}
	if err := benchRules(ctx, o); err != nil {
		return err
	}
	me, err := os.Executable()
	if err != nil {
		return err
	}
	_, out, err := timed(ctx, me, foretellMade)
	if err != nil {
		return err
	}
	var f foretold
	if err := json.Unmarshal(out, &f); err != nil {
		return err
	}
	fmt.Printf("  %d customers, %d purchase days, %s chosen; fits to %d of them\n", f.Customers, f.Purchases, f.Model, f.Fitted)
	aim("choice, three looks back, scores", f.Whole, time.Minute)
	aim("  of the processor, all cores together", f.WholeCPU, 0)
	aim("all of them scored", f.Scored, 2*time.Second)
	aim("  of the processor, all cores together", f.ScoredCPU, 0)
	fmt.Printf("  %-42s %9.0f MB   aim 1000 MB\n", "memory at most", float64(f.Peak)/1e6)
	fmt.Printf("  what the sample costs: first parameter %.4f, of all %.4f; standard error %.4f\n", f.Parameter, f.AllFrom, f.ParameterError)
	aim("one customer, without interval", f.One, 20*time.Microsecond)
	aim("one customer, with intervals", f.OneWithBounds, 0)
	return nil
}

// aim prints a time beside what it is to stay under; 0: nothing was promised.
func aim(what string, took, under time.Duration) {
	promised := ""
	if under > 0 {
		promised = fmt.Sprintf("   aim %v", under)
	}
	fmt.Printf("  %-42s %12s%s\n", what, took.Round(max(100*time.Nanosecond, took/1000)), promised)
}

// benchFits fits laws to the published file of CDs.
func benchFits(ctx context.Context, o options) error {
	file, err := sharedFile("cdnow_master.txt.gz")
	if err != nil || file == "" {
		return err
	}
	opts := importer.Options{Digits: 2}
	plan, err := importer.Inspect(ctx, file, opts)
	if err != nil {
		return err
	}
	var gathered predict.Gatherer
	if _, err := plan.Read(ctx, opts, func(b *fact.Batch) error {
		for i := range b.Sales {
			gathered.Add(b.Sales[i].Customer, b.Sales[i].Moment.Day(), b.Sales[i].AmountMinor)
		}
		return nil
	}); err != nil {
		return err
	}
	history := gathered.History()
	end := int32(time.Date(1997, 9, 30, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	known, _ := history.Stats(end)
	for _, law := range []struct {
		name string
		aim  time.Duration
	}{{"bg-nbd", 100 * time.Millisecond}, {"pareto-nbd", 750 * time.Millisecond}} {
		var walls []time.Duration
		for range o.runs {
			start := time.Now()
			if _, err := predict.FitModel(law.name, predict.NewSample(known)); err != nil {
				return err
			}
			walls = append(walls, time.Since(start))
		}
		aim(fmt.Sprintf("%s, %d customers", law.name, len(known)), median(walls), law.aim)
	}
	var walls []time.Duration
	for range o.runs {
		start := time.Now()
		if _, err := predict.Foresee(history, predict.Options{End: history.Last, Calibration: end, Days: 273, Model: "auto", Terms: predict.DefaultTerms(), Digits: 2}); err != nil {
			return err
		}
		walls = append(walls, time.Since(start))
	}
	aim("all candidates of the same, and scores", median(walls), 3*time.Second)
	return nil
}

// foretellOfMade is what the process of its own does.
func foretellOfMade() error {
	history := madeHistory(madeCustomers)
	options := predict.Options{End: history.Last, Days: 90, Model: "auto", Terms: predict.DefaultTerms(), Digits: 2}
	start, before := time.Now(), worked()
	out, err := predict.Foresee(history, options)
	if err != nil {
		return err
	}
	peak := highWater()
	f := foretold{Peak: peak, Model: out.Best().Name, Customers: out.Customers, Purchases: history.Purchases, Fitted: out.Sampled, Whole: time.Since(start), WholeCPU: worked() - before}
	first := out.Best().Model.Parameters()[0].Value
	f.Parameter, f.ParameterError = first, out.Best().Errors[0]
	law := out.Forecaster()
	start, before = time.Now(), worked()
	law.ForetellAll(history, out.From)
	f.Scored, f.ScoredCPU = time.Since(start), worked()-before
	const times = 10_000
	start = time.Now()
	for i := range times {
		law.Foretell(&history.People[i], out.From)
	}
	f.One = time.Since(start) / times
	start = time.Now()
	for i := range times {
		if s, known := law.Foretell(&history.People[i], out.From); known {
			law.Bounds(&s, out.From)
		}
	}
	f.OneWithBounds = time.Since(start) / times
	known, _ := history.Stats(out.From)
	out.Scores = nil
	all, err := predict.FitModel(out.Best().Name, predict.NewSample(known))
	if err != nil {
		return err
	}
	f.AllFrom = all.Model.Parameters()[0].Value
	return json.NewEncoder(os.Stdout).Encode(f)
}

// highWater is the most memory that was resident so far; 0 where the system does not say.
func highWater() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	var kilobytes int64
	if _, rest, found := strings.Cut(string(text), "VmHWM:"); found {
		_, _ = fmt.Sscan(rest, &kilobytes) // 0 where it is no number
	}
	const kibi = 1024
	return kibi * kilobytes
}

// madeHistory draws customers who came over two years: each with a pace of their own, and leaving after any purchase with a
// chance of their own.
func madeHistory(customers int) *predict.History {
	random := rand.New(rand.NewPCG(7, 11)) //nolint:gosec // made-up customers
	var g predict.Gatherer
	const years, first = 730, 20000
	for i := range customers {
		who := g.Customer(int64(i+1), fmt.Sprintf("c%07d", i))
		pace, leaves := 12+60*random.ExpFloat64(), 0.3*random.Float64()
		for at := years * random.Float64(); at < years; at += pace * random.ExpFloat64() {
			g.Sale(who, first+int32(at), 300+random.Int64N(3000), false)
			if random.Float64() < leaves {
				break
			}
		}
	}
	return g.History()
}
