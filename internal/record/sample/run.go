package sample

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"regulars/internal/base/columnar"
	"regulars/internal/base/fault"
)

// run writes the files: the life of the business day by day, on one goroutine; the text of each day is made by
// others, and written in order.
type run struct {
	w        *world
	opts     Options
	words    []words
	start    time.Time
	dates    []string // of all days
	buyers   []buyer
	heads    []int32   // of the list of customers who come on a day; -1: nobody
	after    []int32   // the next customer of the same day's list
	pending  [][]visit // what is taken back on a day
	unsorted []visit   // of the day at hand
	order    int64
	written  Written
	byMonth  []month
}

// month counts what costs depend on.
type month struct {
	first  time.Time
	joined []int // by acquisition channel
	orders int
}

// page is one day and its rows.
type page struct {
	day     int
	visits  []visit // in the order of time; what is taken back has back set
	orders  []byte
	answers []byte
	count   Written
	ready   chan struct{}
}

func newRun(w *world, opts Options, texts []words) *run {
	r := &run{w: w, opts: opts, words: texts, start: opts.End.AddDate(0, 0, -opts.Days)}
	for day := range opts.Days + 1 {
		r.dates = append(r.dates, r.start.AddDate(0, 0, day).Format(time.DateOnly))
	}
	for m := range 12 * (opts.Days/365 + 2) {
		first := time.Date(r.start.Year(), r.start.Month()+time.Month(m), 1, 0, 0, 0, 0, time.UTC)
		if !first.Before(opts.End) {
			break
		}
		r.byMonth = append(r.byMonth, month{first: first, joined: make([]int, len(w.Channels))})
	}
	return r
}

// date is the date of a day of business, or of the day after the last.
func (r *run) date(day int) string { return r.dates[day] }

// monthOf is the month that a day of business lies in.
func (r *run) monthOf(day int) *month {
	t := r.start.AddDate(0, 0, day)
	return &r.byMonth[(t.Year()-r.start.Year())*12+int(t.Month()-r.start.Month())]
}

func (r *run) write(ctx context.Context, dir string) error {
	r.settle()
	if err := toFile(filepath.Join(dir, CustomersFile), r.customers); err != nil {
		return err
	}
	path := filepath.Join(dir, OrdersFile+".csv")
	err := toFile(path, func(orders *bufio.Writer) error {
		return toFile(filepath.Join(dir, AnswersFile), func(answers *bufio.Writer) error {
			return r.live(ctx, orders, answers)
		})
	})
	if err != nil {
		return err
	}
	for i := range r.buyers {
		if r.buyers[i].alive() {
			r.written.Alive++
		}
	}
	if err := toFile(filepath.Join(dir, CostsFile), r.costs); err != nil {
		return err
	}
	if r.opts.Format == "parquet" {
		return toParquet(ctx, path)
	}
	return nil
}

// toParquet puts a Parquet file in the place of a CSV file.
func toParquet(ctx context.Context, path string) error {
	if err := columnar.CSVToParquet(ctx, path, strings.TrimSuffix(path, ".csv")+".parquet"); err != nil {
		return err
	}
	return os.Remove(path)
}

// toFile makes a file and has it filled.
func toFile(path string, fill func(*bufio.Writer) error) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return fault.Invalidf("cannot write %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 1<<20)
	if err := fill(out); err != nil {
		return err
	}
	return out.Flush()
}

// settle draws all customers and puts each on the list of the day they first come.
func (r *run) settle() {
	r.buyers = make([]buyer, r.w.customers)
	r.after = make([]int32, r.w.customers)
	r.heads = make([]int32, r.w.days)
	r.pending = make([][]visit, r.w.days)
	for d := range r.heads {
		r.heads[d] = -1
	}
	d := newDice()
	for i := range r.buyers {
		r.buyers[i] = r.w.born(d, i)
		r.queue(int32(i))
	}
}

// queue puts customer i on the list of the day of the next visit, if that day is one of business.
func (r *run) queue(i int32) {
	if next := r.buyers[i].next; next < float64(r.w.days) {
		r.after[i], r.heads[int(next)] = r.heads[int(next)], i
	}
}

// live goes through the days, has their rows made, and writes them in order.
func (r *run) live(ctx context.Context, orders, answers *bufio.Writer) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	workers := runtime.GOMAXPROCS(0)
	todo := make(chan *page, workers)
	queue := make(chan *page, 2*workers)
	spare := make(chan *page, 4*workers)
	go func() {
		defer close(todo)
		defer close(queue)
		d := newDice()
		for day := range r.w.days {
			p := r.day(d, day, recycled(spare))
			select {
			case queue <- p:
				todo <- p
			case <-ctx.Done():
				return
			}
		}
	}()
	for range workers {
		go func() {
			t := newScribe(r)
			for p := range todo {
				t.page(p)
				p.ready <- struct{}{}
			}
		}()
	}
	return r.collect(ctx, queue, spare, orders, answers)
}

func recycled(spare chan *page) *page {
	select {
	case p := <-spare:
		return p
	default:
		return &page{ready: make(chan struct{}, 1)}
	}
}

func (r *run) collect(ctx context.Context, queue, spare chan *page, orders, answers *bufio.Writer) error {
	if _, err := orders.WriteString(ordersHeader(r.w.lines, r.opts.Currency)); err != nil {
		return err
	}
	if _, err := answers.WriteString(answersHeader); err != nil {
		return err
	}
	for p := range queue {
		<-p.ready
		if _, err := orders.Write(p.orders); err != nil {
			return err
		}
		if _, err := answers.Write(p.answers); err != nil {
			return err
		}
		r.written.add(&p.count)
		if r.opts.Progress != nil {
			r.opts.Progress(p.day+1, r.w.days)
		}
		select {
		case spare <- p:
		default:
		}
	}
	return ctx.Err()
}

func (a *Written) add(b *Written) {
	a.Rows += b.Rows
	a.BrokenRows += b.BrokenRows
	a.AnonymousRows += b.AnonymousRows
	a.ReturnRows += b.ReturnRows
	a.Orders += b.Orders
	a.GrossMinor += b.GrossMinor
	a.ReturnedMinor += b.ReturnedMinor
	a.Answers += b.Answers
	a.Cases += b.Cases
}

// day lives one day: all its visits, sorted by the minute.
func (r *run) day(d *dice, day int, p *page) *page {
	r.unsorted = append(r.unsorted[:0], r.pending[day]...)
	r.pending[day] = nil
	for i := r.heads[day]; i >= 0; i = r.heads[day] {
		r.heads[day] = r.after[i]
		v := r.w.visit(d, int(i), &r.buyers[i])
		r.queue(i)
		r.unsorted = append(r.unsorted, v)
		if r.w.hasStranger(d, &v) {
			r.unsorted = append(r.unsorted, r.w.stranger(d, &v))
		}
	}
	p.day, p.visits = day, byMinute(r.unsorted, p.visits[:0])
	m := r.monthOf(day)
	for i := range p.visits {
		v := &p.visits[i]
		if v.back {
			continue
		}
		r.order++
		m.orders++
		v.order = r.order
		if then := day + int(v.returned); v.returned > 0 && then < r.w.days {
			b := *v
			b.back, b.minute = true, 10*60+int16(v.key%600)
			r.pending[then] = append(r.pending[then], b)
		}
	}
	return p
}

// byMinute appends the visits to out in the order of the day, by counting.
func byMinute(visits, out []visit) []visit {
	var place [24*60 + 1]int32
	for i := range visits {
		place[visits[i].minute+1]++
	}
	for m := range 24 * 60 {
		place[m+1] += place[m]
	}
	out = append(out, visits...)
	for i := range visits {
		at := &place[visits[i].minute]
		out[*at] = visits[i]
		*at++
	}
	return out
}
