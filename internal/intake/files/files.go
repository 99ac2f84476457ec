package files

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"regulars/internal/base/columnar"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/fact"
	"regulars/internal/record/importer"
)

// Options say how files are taken in.
type Options struct {
	// Source names the outside system in the references of facts: the same order of another source is another order.
	Source string
	Import importer.Options
	// Folder is where the stage lies, in a folder of its own that is removed in the end.
	Folder string
	Facts  int // in one transaction at most; 0: 4096
	// Planned, when set, is told how each file will be read before it is; Read, what became of its rows when it is in the
	// stage, and how many facts an earlier run has taken; Taking, how far the taking in is.
	Planned func(*importer.Plan)
	Read    func(plan *importer.Plan, rows importer.Account, before int64)
	Taking  func(importer.Progress)
	Done    func() // when a file is taken in
}

// Result is what became of a file.
type Result struct {
	Plan   *importer.Plan
	Rows   importer.Account
	Facts  Tally
	Before int64 // facts that a run before this one has taken, and that this one went on behind
	Taken  int64 // facts that are taken in by now; all of them, unless the run was stopped
}

// Import takes the files in: customers first, then products with categories, orders and after all of them returns, other products, answers and costs. What it
// returns with an error is how far it came. Nobody outside is told of each fact: they happened long ago, and are many.
func Import(ctx context.Context, d *db.DB, in *intake.Intake, plans []*importer.Plan, o Options) (results []Result, err error) {
	folder, err := openFolder(o.Folder)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, folder.close()) }()
	stages, err := columnar.Open(ctx, filepath.Join(folder.path, "stage.duckdb"), columnar.Options{MemoryLimit: "512MB", TempDir: folder.path})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stages.Close()) }()
	if o.Facts == 0 {
		o.Facts = batchFacts
	}
	r := &run{d: d, in: in.Quiet(), o: o, stages: stages, ids: &fact.IDs{}}
	if err = r.all(ctx, plans); err != nil {
		err = explained(ctx, err, folder.path)
	}
	for _, f := range r.files {
		results = append(results, f.result())
	}
	return results, err
}

// explained says what an error of the stage means, which is not one of the store.
func explained(ctx context.Context, err error, folder string) error {
	var f *fault.Fault
	switch {
	case ctx.Err() != nil:
		return errors.Join(ctx.Err(), err)
	case errors.As(err, &f):
		return err
	}
	if columnar.DiskFull(err) {
		return &fault.Fault{Kind: fault.Unavailable, Cause: err, Message: fmt.Sprintf(
			"the disk of %s is full, on which rows are sorted before they are taken in; free some space and give the same command again", folder)}
	}
	return err
}

// run is one taking in of files.
type run struct {
	d        *db.DB
	in       *intake.Intake
	o        Options
	stages   *columnar.DB
	ids      *fact.IDs
	files    []*file
	reported time.Time
}

// file is a file being taken in.
type file struct {
	plan    *importer.Plan
	rows    importer.Account
	stage   *stage
	facts   gatherer
	journal journal
	before  int64
	passed  int64 // facts and rows gone by in this run
	lines   int64
	began   time.Time
}

func (f *file) result() Result {
	return Result{Plan: f.plan, Rows: f.rows, Facts: f.journal.account.Facts, Before: f.before, Taken: f.journal.position}
}

// turnOf is when a file is taken in: by its kind, but that products which say their categories come before orders, whose lines
// then have them, and others after, when orders have said theirs.
func turnOf(plan *importer.Plan) string {
	if plan.Kind == importer.Products && slices.ContainsFunc(plan.Columns, func(c importer.Column) bool { return c.Role == "category" }) {
		return "categories"
	}
	return string(plan.Kind)
}

// all takes the files by their kinds.
func (r *run) all(ctx context.Context, plans []*importer.Plan) error {
	for _, turn := range []string{"customers", "categories", "orders", "products", "answers", "costs"} {
		kind := importer.Kind(turn)
		var group []*file
		for _, plan := range plans {
			if turnOf(plan) != turn {
				continue
			}
			f, err := r.open(ctx, plan)
			if err != nil {
				return err
			}
			group = append(group, f)
			if kind != importer.Orders { // one after the other, so that only one is on disk
				if err := r.take(ctx, []*file{f}); err != nil {
					return err
				}
			}
		}
		if kind == importer.Orders {
			if err := r.take(ctx, group); err != nil {
				return err
			}
		}
	}
	return nil
}

// open reads a file into its stage.
func (r *run) open(ctx context.Context, plan *importer.Plan) (*file, error) {
	mark, err := fingerprint(ctx, plan, r.o)
	if err != nil {
		return nil, err
	}
	if r.o.Planned != nil {
		r.o.Planned(plan)
	}
	f := &file{plan: plan, stage: &stage{db: r.stages, table: fmt.Sprintf("stage_%d", len(r.files))}}
	if f.rows, err = f.stage.fill(ctx, plan, r.o.Import); err != nil {
		return nil, err
	}
	if err := f.rows.Usable(plan.Path); err != nil {
		return nil, err
	}
	if err := f.journal.open(ctx, r.d, r.ids.New(time.Now()), r.o.Source, mark, plan); err != nil {
		return nil, err
	}
	f.before, f.began = f.journal.position, time.Now()
	if err := f.stage.refuse(ctx, f.journal.account.Refused); err != nil {
		return nil, err
	}
	names := slices.Clone(plan.Attributes)
	f.facts = gatherer{cursor: cursor{stage: f.stage}, kind: plan.Kind, names: names, source: r.o.Source, most: r.o.Facts}
	r.files = append(r.files, f)
	if r.o.Read != nil {
		r.o.Read(plan, f.rows, f.before)
	}
	return f, nil
}

// take takes staged files in: what comes first of all of them, then what comes late.
func (r *run) take(ctx context.Context, group []*file) error {
	for _, late := range []bool{false, true} {
		for _, f := range group {
			if err := r.pass(ctx, f, late); err != nil {
				return err
			}
		}
	}
	for _, f := range group {
		if err := r.finish(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// pass takes the facts of a file that are late, or not. The next batch is made while one is being written.
func (r *run) pass(ctx context.Context, f *file, late bool) error {
	gathering, cancel := context.WithCancel(ctx)
	batches, made := make(chan *batch, 2), make(chan error, 1)
	go func() {
		defer close(batches)
		made <- f.gather(gathering, late, batches)
	}()
	var err error
	for b := range batches {
		if err == nil {
			if err = r.write(ctx, f, b); err != nil {
				cancel()
			}
		}
	}
	cancel()
	if gathered := <-made; err == nil {
		err = gathered
	}
	return err
}

// gather makes batches behind the position that the file has come to.
func (f *file) gather(ctx context.Context, late bool, batches chan<- *batch) error {
	for {
		b, err := f.facts.next(ctx, late)
		if err != nil || b == nil {
			return err
		}
		select {
		case batches <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// write takes a batch in, in a transaction of its own.
func (r *run) write(ctx context.Context, f *file, b *batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f.passed += int64(b.facts())
	f.lines += int64(len(b.lines))
	if f.passed <= f.journal.position {
		return nil // taken by a run before
	}
	if over := int64(b.facts()) - (f.passed - f.journal.position); over > 0 {
		b.cut(int(over))
	}
	var next *journal
	var outcomes []fact.Outcome
	err := r.d.Write(ctx, func(tx *db.Tx) (err error) {
		if outcomes, err = b.take(tx, r.in); err != nil {
			return err
		}
		next = f.journal.with(b, outcomes)
		return f.journal.move(tx, next, false)
	})
	if err != nil {
		return err
	}
	f.journal = *next
	r.report(f)
	return r.refuse(ctx, f, b, outcomes)
}

// finish closes the journal of a file.
func (r *run) finish(ctx context.Context, f *file) error {
	// While the import is unfinished, a run that is stopped here goes on here.
	if err := r.reject(ctx, f); err != nil {
		return err
	}
	if err := r.d.Write(ctx, func(tx *db.Tx) error { return f.journal.move(tx, &f.journal, true) }); err != nil {
		return err
	}
	if r.o.Done != nil {
		r.o.Done()
	}
	return f.stage.drop(ctx)
}

// report tells how far the taking in of a file is, not too often.
func (r *run) report(f *file) {
	const every = 200 * time.Millisecond
	now := time.Now()
	if r.o.Taking == nil || now.Sub(r.reported) < every {
		return
	}
	r.reported = now
	p := importer.Progress{File: f.plan.Path, BytesRead: f.lines, Bytes: f.stage.rows, Rows: f.lines, Elapsed: now.Sub(f.began)}
	if p.BytesRead > 0 {
		p.TimeLeft = time.Duration(float64(p.Elapsed) / float64(p.BytesRead) * float64(p.Bytes-p.BytesRead))
	}
	r.o.Taking(p)
}
