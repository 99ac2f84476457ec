package db

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"regulars/internal/base/fault"
)

// writer is the only one that writes to an SQLite database. It commits what has queued up in groups, because a commit
// waits for the disk once, however much is in it. While the disk works, the next group queues up.
//
// Each caller's function runs in the caller's goroutine, so that a panic or runtime.Goexit is the caller's own, but
// only in its turn, inside a savepoint of the group's transaction unless it is the first in it, and on the writer's
// context.
type writer struct {
	ctx     context.Context
	conn    *conn
	clock   func() time.Time
	most    int           // members of a group
	longest time.Duration // to go on taking in members
	queue   chan *write
	stopped chan struct{}

	open    sync.RWMutex // held to send into queue; held to close it
	closing bool

	held *write // taken from the queue, and to be run alone after the group at hand

	writes, commits, retries atomic.Int64
}

// write is one caller waiting.
type write struct {
	fn      func(*Tx) error
	alone   func() error // instead of fn: runs in the writer's goroutine, outside any transaction
	taken   atomic.Bool  // by the writer, or by the caller who no longer waits
	turn    chan *Tx     // the writer to the caller: run it now
	ran     chan error   // the caller to the writer: the function's verdict
	done    chan error   // the writer to the caller: the outcome
	verdict error
	gone    bool // the function panicked: nobody waits for the outcome
}

// errAborted stands for the verdict of a function that did not return.
var errAborted = errors.New("the function of a transaction panicked")

func startWriter(ctx context.Context, c *conn, o Options) *writer {
	w := &writer{ctx: ctx, conn: c, clock: o.Clock, most: o.Group, longest: o.GroupTime,
		queue: make(chan *write, o.Queue), stopped: make(chan struct{})}
	go w.loop()
	return w
}

func (w *writer) stats() Stats {
	return Stats{Writes: w.writes.Load(), Commits: w.commits.Load(), Retries: w.retries.Load()}
}

// stop refuses further writes, finishes those in the queue, and ends.
func (w *writer) stop() {
	w.open.Lock()
	if !w.closing {
		w.closing = true
		close(w.queue)
	}
	w.open.Unlock()
	<-w.stopped
}

// write queues the function and runs it when its turn has come.
func (w *writer) write(ctx context.Context, fn func(*Tx) error) error {
	return w.wait(ctx, &write{fn: fn, turn: make(chan *Tx), ran: make(chan error, 1), done: make(chan error, 1)})
}

// exclusive runs the function while nothing writes.
func (w *writer) exclusive(ctx context.Context, fn func() error) error {
	return w.wait(ctx, &write{alone: fn, done: make(chan error, 1)})
}

func (w *writer) wait(ctx context.Context, m *write) error {
	if err := ctx.Err(); err != nil {
		return unavailable("the request ended before its turn to write", err)
	}
	if err := w.enqueue(m); err != nil {
		return err
	}
	ended := ctx.Done()
	for {
		select {
		case <-ended:
			if m.taken.CompareAndSwap(false, true) {
				return unavailable("gave up waiting for a turn to write", ctx.Err())
			}
			ended = nil // under way: from here on the outcome counts
		case tx := <-m.turn:
			m.run(tx)
		case err := <-m.done:
			return err
		}
	}
}

func (w *writer) enqueue(m *write) error {
	w.open.RLock()
	defer w.open.RUnlock()
	if w.closing {
		return errClosed()
	}
	select {
	case w.queue <- m:
		return nil
	default:
		return fault.Unavailablef("too many writes are waiting already (%d); try again in a moment", cap(w.queue))
	}
}

// run calls the function and hands the turn back, however the function ends.
func (m *write) run(tx *Tx) {
	verdict := errAborted
	defer func() { m.ran <- verdict }()
	verdict = m.fn(tx)
}

func (w *writer) loop() {
	defer close(w.stopped)
	for m := range w.queue {
		if !m.taken.CompareAndSwap(false, true) {
			continue
		}
		for m != nil {
			w.serve(m)
			m, w.held = w.held, nil
		}
	}
}

// serve runs one write and those that wait behind it.
func (w *writer) serve(first *write) {
	if first.alone != nil {
		first.done <- first.alone()
		return
	}
	began := time.Now()
	n, yielded := 1, false
	lost, _ := w.commit(first, func() *write {
		for n < w.most && time.Since(began) < w.longest {
			select {
			case m, ok := <-w.queue:
				switch {
				case !ok:
					return nil
				case !m.taken.CompareAndSwap(false, true):
				case m.alone != nil:
					w.held = m
					return nil
				default:
					n++
					return m
				}
			default:
				// Whoever was acknowledged a moment ago may be about to write again: one look more makes larger groups.
				if yielded {
					return nil
				}
				yielded = true
				runtime.Gosched()
			}
		}
		return nil
	})
	for _, m := range lost {
		w.retries.Add(1)
		if still, err := w.commit(m, func() *write { return nil }); len(still) > 0 {
			m.done <- err
		}
	}
}

// commit runs the first write and those that next gives in one transaction, and tells each its outcome once that is
// certain. It returns those whose work is gone without their fault, untold, with what went wrong.
func (w *writer) commit(first *write, next func() *write) (lost []*write, err error) {
	if err := w.do("BEGIN IMMEDIATE"); err != nil {
		w.refuse(first, w.conn.explain(w.ctx, err))
		return nil, nil
	}
	// The first has nobody's work before it to be kept apart from, and so does without a savepoint, which costs much where
	// much is written.
	if w.turn(first); first.verdict != nil {
		w.rollback()
		w.tell([]*write{first})
		return nil, nil //nolint:nilerr // the one whose error it is has been told
	}
	members := []*write{first}
	good := 1
	for m := next(); m != nil; m = next() {
		whole := w.member(m)
		if whole {
			members = append(members, m)
			if m.verdict == nil {
				good++
			}
			continue
		}
		// SQLite has given up the transaction, and with it everybody's work. Only m is to blame.
		w.rollback()
		m.done <- m.verdict
		return waiting(members), m.verdict
	}
	if err := w.do("COMMIT"); err != nil {
		w.rollback()
		if !certain(err) {
			for _, m := range members {
				m.verdict = unknown(err)
			}
			w.tell(members)
			return nil, nil
		}
		return waiting(members), w.conn.explain(w.ctx, err)
	}
	w.commits.Add(1)
	w.writes.Add(int64(good))
	w.tell(members)
	return nil, nil
}

// turn lets one write run in the transaction as it stands.
func (w *writer) turn(m *write) {
	tx := newTx(w.ctx, w.conn, w.clock())
	m.turn <- tx
	m.verdict = <-m.ran
	m.gone = m.verdict == errAborted //nolint:errorlint // the very value that run sends, never wrapped
	tx.end()
	m.verdict = tx.verdict(m.verdict)
}

// member runs one write inside a savepoint. It returns false when the transaction is gone.
func (w *writer) member(m *write) (whole bool) {
	if err := w.do("SAVEPOINT member"); err != nil {
		m.verdict = w.conn.explain(w.ctx, err)
		return false
	}
	if w.turn(m); m.verdict == nil {
		if err := w.do("RELEASE member"); err != nil {
			m.verdict = w.conn.explain(w.ctx, err)
			return false
		}
		return true
	}
	// Both fail where SQLite has rolled back everything by itself, as it does on a full disk: the savepoint is gone.
	return w.do("ROLLBACK TO member") == nil && w.do("RELEASE member") == nil
}

func (w *writer) do(statement string) error {
	_, err := w.conn.exec(w.ctx, statement, nil)
	return err
}

// rollback ends the transaction, if SQLite has not done so already: then this fails, and that is as well.
func (w *writer) rollback() { _ = w.do("ROLLBACK") }

// tell gives everybody the outcome. Those who failed are told only now too: they may have failed because of something
// that others in the group wrote, and that counts only once it is committed.
func (w *writer) tell(members []*write) {
	for _, m := range members {
		m.done <- m.verdict
	}
}

// waiting are the members for whom somebody waits.
func waiting(members []*write) []*write {
	var kept []*write
	for _, m := range members {
		if !m.gone {
			kept = append(kept, m)
		}
	}
	return kept
}

// refuse fails the write and all that are queued: each waiting in turn for the same lock would take forever.
func (w *writer) refuse(first *write, err error) {
	first.done <- err
	for range len(w.queue) {
		m, ok := <-w.queue
		if !ok {
			return
		}
		if m.taken.CompareAndSwap(false, true) {
			m.done <- err
		}
	}
}

// certain tells whether a failed COMMIT left nothing behind. After an I/O error the log may hold the whole transaction,
// and whoever opens the database after a crash would find it.
func certain(err error) bool {
	var e *sqlite.Error
	const primary = 0xff
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & primary {
	case lib.SQLITE_FULL, lib.SQLITE_BUSY, lib.SQLITE_CONSTRAINT, lib.SQLITE_READONLY:
		return true
	}
	return false
}
