package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"regulars/internal/base/db"
)

// Kind is a kind of job and how it is run.
type Kind struct {
	Name string
	// Run does the work. It ends soon after its context does: when the process stops, the job was taken over, or its time
	// is up.
	Run func(ctx context.Context, run *Run) error

	Concurrency int           // how many run at once in a process; 0: 4
	Everywhere  int           // and over all processes; 0: any number
	PerQueue    int           // and of one queue, over all processes; 0: any number
	Attempts    int           // before it is given up; 0: 10
	First, Most time.Duration // how long to wait after the first failure, doubling up to the most; 0: 5 s, an hour
	Timeout     time.Duration // of one attempt; 0: 10 minutes
	Forget      bool          // once done it leaves no row: for kinds with many
}

// Options say how a runner works; all have defaults.
type Options struct {
	Log       *slog.Logger          // nil: none
	Schedules []Schedule            //
	Zone      func() *time.Location // in which schedules read the clock; nil: UTC

	Poll     time.Duration // how often to look for what other processes added; 0: 1 s
	Beat     time.Duration // how often to say that the process is there; 0: 5 s
	Lease    time.Duration // how long others wait for a beat; 0: 20 s
	Grace    time.Duration // how long runs may take to end when the process stops; 0: 5 s
	Keep     time.Duration // how long jobs that are done or discarded are kept; 0: 7 days
	KeepDead time.Duration // and those that were given up; 0: 90 days
	// Alone says that no other process can have the database open: what an earlier one left is taken over at once.
	Alone bool
}

// Runner runs jobs in this process.
type Runner struct {
	d     *db.DB
	o     Options
	kinds []*slot // by name

	process atomic.Int64 // its id while it is there
	alive   atomic.Int64 // processes, as last seen
	adrift  atomic.Bool  // its beat was too late: it may be taken for gone

	woken chan struct{}
	ended chan *Run

	lock   sync.Mutex
	called map[string]bool // kinds to look at
	active map[*Run]bool

	doubt    bool              // whether what was last claimed is ours
	nextTick time.Time         // of the schedules
	again    time.Time         // when the last look wanted the next
	watched  map[int64]watched // other processes
}

// slot is a kind and how many of it run here.
type slot struct {
	Kind
	active int
	last   string // queue that was served last
}

// New prepares running jobs of the kinds. A kind of another version of the program is left to that one.
func New(d *db.DB, kinds []Kind, o Options) (*Runner, error) {
	r := &Runner{d: d, o: o.withDefaults(), woken: make(chan struct{}, 1), called: map[string]bool{}, active: map[*Run]bool{}, watched: map[int64]watched{}}
	kinds = append(slices.Clone(kinds), r.purging())
	r.o.Schedules = append(slices.Clone(o.Schedules), Schedule{Name: purge, Kind: purge, Spec: Every(time.Hour)})
	slices.SortFunc(r.o.Schedules, func(a, b Schedule) int { return compare(a.Name, b.Name) })
	room := 0
	known := map[string]bool{}
	for _, k := range kinds {
		if k.Name == "" || k.Run == nil || known[k.Name] {
			return nil, fmt.Errorf("the kind of job %q has no name, nothing to run, or is there twice", k.Name)
		}
		known[k.Name] = true
		k.Concurrency, k.Attempts, k.Timeout = or(k.Concurrency, 4), or(k.Attempts, 10), or(k.Timeout, 10*time.Minute)
		k.First, k.Most = or(k.First, 5*time.Second), or(k.Most, time.Hour)
		room += k.Concurrency
		r.kinds = append(r.kinds, &slot{Kind: k})
	}
	named := map[string]bool{}
	for _, s := range r.o.Schedules {
		if s.Name == "" || named[s.Name] || !known[s.Kind] || !s.Spec.sound() {
			return nil, fmt.Errorf("the schedule %q of kind %q has no name, no such kind, no times, or is there twice", s.Name, s.Kind)
		}
		named[s.Name] = true
	}
	slices.SortFunc(r.kinds, func(a, b *slot) int { return compare(a.Name, b.Name) })
	r.ended = make(chan *Run, room)
	return r, nil
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func or[T comparable](value, otherwise T) T {
	var none T
	if value == none {
		return otherwise
	}
	return value
}

func (o Options) withDefaults() Options {
	const day = 24 * time.Hour
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Zone == nil {
		o.Zone = func() *time.Location { return time.UTC }
	}
	o.Poll, o.Beat, o.Lease = or(o.Poll, time.Second), or(o.Beat, 5*time.Second), or(o.Lease, 20*time.Second)
	o.Grace, o.Keep, o.KeepDead = or(o.Grace, 5*time.Second), or(o.Keep, 7*day), or(o.KeepDead, 90*day)
	return o
}

// errStopping ends runs when the process stops.
var errStopping = errors.New("the process stops")

// Run runs jobs until the context ends, then hands back what was not done.
func (r *Runner) Run(ctx context.Context) error {
	own := context.WithoutCancel(ctx)
	if err := r.join(ctx); err != nil {
		left := r.leave(own) // it may be entered all the same
		if ctx.Err() != nil {
			return left
		}
		return err
	}
	r.listen(true)
	defer r.listen(false)
	beating, still := context.WithCancel(own)
	var beat sync.WaitGroup
	beat.Go(func() { r.beats(beating) })
	running, stop := context.WithCancelCause(own)
	defer stop(nil)

	r.all()
	for ctx.Err() == nil {
		r.rest(ctx, r.takeUp(ctx, running))
	}
	stop(errStopping)
	r.windUp()
	still()
	beat.Wait()
	return r.leave(own)
}

// rest waits until there may be something to do.
func (r *Runner) rest(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
		r.all()
	case <-r.woken:
	case run := <-r.ended:
		r.over(run)
		for range len(r.ended) {
			r.over(<-r.ended)
		}
	}
}

// over takes in that a run has ended.
func (r *Runner) over(run *Run) {
	run.slot.active--
	r.lock.Lock()
	defer r.lock.Unlock()
	delete(r.active, run)
	r.called[run.Kind] = true
}

// windUp waits for the runs to end, for as long as they may take.
func (r *Runner) windUp() {
	timer := time.NewTimer(r.o.Grace)
	defer timer.Stop()
	for {
		r.lock.Lock()
		left := len(r.active)
		r.lock.Unlock()
		if left == 0 {
			return
		}
		select {
		case run := <-r.ended:
			r.over(run)
		case <-timer.C:
			r.o.Log.Warn("jobs did not end when asked to; they are handed back", "jobs", left)
			return
		}
	}
}

// wake has the kinds looked at.
func (r *Runner) wake(kinds map[string]bool) {
	r.lock.Lock()
	maps.Copy(r.called, kinds)
	r.lock.Unlock()
	select {
	case r.woken <- struct{}{}:
	default:
	}
}

// all has every kind looked at.
func (r *Runner) all() {
	r.lock.Lock()
	defer r.lock.Unlock()
	for _, s := range r.kinds {
		r.called[s.Name] = true
	}
}

// calls are the kinds to look at for which there is room here.
func (r *Runner) calls() []*slot {
	r.lock.Lock()
	defer r.lock.Unlock()
	var found []*slot
	for _, s := range r.kinds {
		if r.called[s.Name] && s.active < s.Concurrency {
			found = append(found, s)
		}
	}
	clear(r.called) // of those without room, the next that ends calls again
	return found
}

// Processes is how many processes run jobs on the database, this one included, as it last saw them.
func (r *Runner) Processes() int { return max(1, int(r.alive.Load())) }
