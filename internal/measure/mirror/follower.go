package mirror

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"regulars/internal/base/columnar"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/feed"
)

// Options say where a copy lies and what it may use.
type Options struct {
	Path   string // of its file; empty: in memory
	Memory string // such as "1GB"; empty: half of the machine
	// Threads that a question may take; 0: all cores.
	Threads int
}

// Follower is a columnar copy of the facts of a store that follows them. It is safe for concurrent use.
type Follower struct {
	store   *db.DB
	options Options

	refreshing sync.Mutex // one at a time
	lock       sync.RWMutex
	columns    *columnar.DB // made anew where it was damaged
	// latest is what was last found to be so: where nothing changed, only Taken has moved on, which is not written down.
	latest atomic.Pointer[state]
}

// state is where a copy stands.
type state struct {
	feed.Position
	Taken time.Time // everything recorded up to then is in the copy
}

// Refreshed is what a refresh did.
type Refreshed struct {
	Taken   time.Time // everything recorded up to then is in the copy
	Changes int       // facts that had changed
	Rebuilt bool      // the copy was made anew
	// HeldBack is how long the oldest transaction has been running that makes the feed be read again from before it.
	// Nothing is missed meanwhile, but the same changes are taken over with every refresh.
	HeldBack time.Duration
}

// Follow opens the copy, or an empty one where there is none that can be used. The first refresh fills it.
func Follow(ctx context.Context, store *db.DB, o Options) (*Follower, error) {
	if store.Distributed() { // no feed is written there: the copy would fall behind and not know
		return nil, fault.Invalidf("the facts are spread over a cluster, which answers figures itself: no columnar copy is kept of it")
	}
	if o.Memory == "" {
		o.Memory = columnar.HalfTheMachine()
	}
	f := &Follower{store: store, options: o}
	var err error
	if f.columns, err = o.open(ctx); err != nil && o.Path != "" && !openElsewhere(err) {
		// Whatever it is, it is no copy: that is made anew.
		f.columns, err = o.anew(ctx)
	}
	if err != nil {
		return nil, err
	}
	if f.erased(ctx) != 0 {
		err = f.renew(ctx)
	}
	return f, err
}

// erased is since when traces of somebody who was erased may be in free space of the file. DuckDB takes the space over
// for other rows, but does not blank it: only a new file is without them.
func (f *Follower) erased(ctx context.Context) int64 {
	f.lock.RLock()
	defer f.lock.RUnlock()
	w, err := newWriter(ctx, f.columns)
	if err != nil {
		return 0 // the refresh meets the same trouble, and tells it
	}
	defer w.close() //nolint:errcheck // nothing was written
	if _, known, err := w.stand(ctx); err != nil || !known {
		return 0
	}
	return w.erased
}

func openElsewhere(err error) bool { return fault.KindOf(err) == fault.Unavailable }

func (o *Options) open(ctx context.Context) (*columnar.DB, error) {
	use := columnar.Options{MemoryLimit: o.Memory, Threads: o.Threads}
	if o.Path != "" {
		use.TempDir = o.Path + ".tmp"
	}
	return columnar.Open(ctx, o.Path, use)
}

// anew opens an empty file in place of what is there.
func (o *Options) anew(ctx context.Context) (*columnar.DB, error) {
	if o.Path != "" {
		if err := Remove(o.Path); err != nil {
			return nil, err
		}
	}
	return o.open(ctx)
}

// Remove removes the file of a copy that nobody has open, with all that may still be in its free space. The next one who
// follows the store makes it anew.
func Remove(path string) error {
	for _, path := range []string{path, path + ".wal"} {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fault.Unavailablef("the columnar copy %s cannot be removed; check its permissions: %w", path, err)
		}
	}
	return nil
}

// Close closes the copy. What was refreshed stays.
func (f *Follower) Close() error {
	f.refreshing.Lock()
	defer f.refreshing.Unlock()
	f.lock.Lock()
	defer f.lock.Unlock()
	return f.columns.Close()
}

// Refresh brings the copy up to what the store holds now. When it fails, or the program ends in the middle, the copy is
// what it was before.
func (f *Follower) Refresh(ctx context.Context) (Refreshed, error) {
	f.refreshing.Lock()
	defer f.refreshing.Unlock()
	return f.refresh(ctx, nil)
}

// refresh also calls then, if it is given, in the transactions of both sides, while both are of one moment.
func (f *Follower) refresh(ctx context.Context, then func(*db.Tx, *writer) error) (Refreshed, error) {
	r, err := f.bring(ctx, then)
	if columnar.Damaged(err) {
		if err := f.renew(ctx); err != nil {
			return r, err
		}
		r, err = f.bring(ctx, then)
	}
	return r, err
}

// Renew makes the copy anew in a new file. Whoever reads the old one reads on.
func (f *Follower) Renew(ctx context.Context) error {
	f.refreshing.Lock()
	defer f.refreshing.Unlock()
	if err := f.renew(ctx); err != nil {
		return err
	}
	_, err := f.refresh(ctx, nil)
	return err
}

// renew puts an empty copy in place of the one that is there.
func (f *Follower) renew(ctx context.Context) (err error) {
	f.lock.Lock()
	defer f.lock.Unlock()
	_ = f.columns.Close() // nothing in it is needed any more
	f.latest.Store(nil)
	f.columns, err = f.options.anew(ctx)
	return err
}

func (f *Follower) bring(ctx context.Context, then func(*db.Tx, *writer) error) (r Refreshed, err error) {
	f.lock.RLock()
	defer f.lock.RUnlock()
	w, err := newWriter(ctx, f.columns)
	if err != nil {
		return r, err
	}
	w.sure = f.latest.Load() != nil
	defer func() { err = errors.Join(err, w.close()) }()
	var s state
	once := func() error {
		if err := w.begin(ctx); err != nil {
			return err
		}
		from, known, err := w.stand(ctx)
		if err != nil {
			return err
		}
		r = Refreshed{}
		if known {
			s, known, err = f.followInto(ctx, w, from, &r, then)
		}
		if err == nil && !known {
			r = Refreshed{Rebuilt: true}
			s, err = f.rebuildInto(ctx, w, &r, then)
		}
		return err
	}
	if err := once(); err != nil {
		return r, errors.Join(err, w.rollback(ctx))
	}
	if r.Changes == 0 && !r.Rebuilt {
		err = w.rollback(ctx) // nothing but the moment has changed
	} else {
		err = w.commit(ctx, s)
	}
	if err != nil {
		return r, err
	}
	f.latest.Store(&s)
	if w.erased == s.Taken.UnixMicro() { // somebody was erased just now
		// Refused while anybody asks the copy; what stays in the file then goes when it is made anew, as it will be.
		_ = w.checkpoint(ctx)
	}
	r.Taken = s.Taken
	return r, nil
}

// followInto takes over what has changed since the position, in one transaction of the store.
func (f *Follower) followInto(ctx context.Context, w *writer, from feed.Position, r *Refreshed, then func(*db.Tx, *writer) error) (s state, known bool, err error) {
	err = f.store.Read(ctx, func(tx *db.Tx) error {
		if w.dirty { // the read is run again: what was taken over the first time is forgotten
			return errors.New("the connection to the store broke while the copy was refreshed")
		}
		changes, to, reaches, err := readChanges(tx, from)
		known = reaches
		if err != nil || !known {
			return err
		}
		w.dirty = changes.size > 0
		if err := w.take(ctx, tx, changes); err != nil {
			return err
		}
		held, err := tx.HeldBack()
		if err != nil {
			return err
		}
		r.Changes += changes.size
		r.HeldBack = time.Duration(held) * time.Microsecond
		s = state{Position: to, Taken: tx.Now}
		if then != nil {
			return then(tx, w)
		}
		return nil
	})
	w.dirty = false
	return s, known, err
}

// erasedWait is how long the traces of somebody erased may stay in the file of a program that runs on and on. One that is
// started makes the file anew at once.
const erasedWait = 24 * time.Hour

// Run refreshes again and again until the context ends; failed is told what went wrong, and the next round tries again.
func (f *Follower) Run(ctx context.Context, every time.Duration, failed func(error)) {
	ctx = db.Background(ctx)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		_, err := f.Refresh(ctx)
		if since := f.erased(ctx); err == nil && since != 0 && time.Since(time.UnixMicro(since)) > erasedWait {
			err = f.Renew(ctx)
		}
		if err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Source shows the copy as it stands. It is closed by its user.
func (f *Follower) Source(ctx context.Context, v View) (*Source, error) {
	f.lock.RLock()
	defer f.lock.RUnlock()
	conn, end, err := lendNew(ctx, f.columns)
	if err != nil {
		return nil, err
	}
	s, err := f.sourceOn(ctx, conn, v, end)
	if err != nil {
		return nil, errors.Join(err, end())
	}
	return s, nil
}

func (f *Follower) sourceOn(ctx context.Context, conn *sql.Conn, v View, end func() error) (*Source, error) {
	if _, err := conn.ExecContext(ctx, "BEGIN TRANSACTION"); err != nil { // one moment, whatever is refreshed meanwhile
		return nil, fmt.Errorf("begin: %w", err)
	}
	w := &writer{conn: conn, sure: f.latest.Load() != nil}
	position, known, err := w.stand(ctx)
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, errors.New("the copy has not been filled yet")
	}
	names, err := w.readNames(ctx)
	if err != nil {
		return nil, err
	}
	var merged bool
	var catalog string
	if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM aliases), current_database()").Scan(&merged, &catalog); err != nil {
		return nil, fmt.Errorf("look for aliases: %w", err)
	}
	schema := `"` + strings.ReplaceAll(catalog, `"`, `""`) + `".main.` // temporary views have a schema main of their own
	s, err := sourceOn(ctx, conn, &viewing{View: v, schema: schema, names: names, merged: merged, value: inCopy}, end)
	if err != nil {
		return nil, err
	}
	s.Taken = w.taken
	if latest := f.latest.Load(); latest != nil && latest.Position == position && latest.Taken.After(s.Taken) {
		s.Taken = latest.Taken
	}
	return s, nil
}

// Direct shows the facts themselves, where the store's engine answers analytic SQL. It is closed by its user.
func Direct(ctx context.Context, store *db.DB, v View) (*Source, error) {
	lent, err := store.Lend(ctx)
	if err != nil {
		return nil, err
	}
	s, err := directOn(ctx, lent, v)
	if err != nil {
		return nil, errors.Join(err, lent.Return())
	}
	return s, nil
}

func directOn(ctx context.Context, lent *db.Lent, v View) (*Source, error) {
	names := &attributeNames{}
	rows, err := lent.Conn.QueryContext(ctx, "SELECT kind, folded, name FROM attribute_names ORDER BY kind, place, folded")
	if err != nil {
		return nil, fmt.Errorf("read the names of attributes: %w", err)
	}
	for rows.Next() && err == nil {
		var n attributeName
		err = rows.Scan(&n.kind, &n.folded, &n.name)
		names.add(n)
	}
	if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("read the names of attributes: %w", err)
	}
	var merged bool
	if err := lent.Conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM aliases)").Scan(&merged); err != nil {
		return nil, fmt.Errorf("look for aliases: %w", err)
	}
	s, err := sourceOn(ctx, lent.Conn, &viewing{View: v, schema: lent.Schema + ".", names: names, merged: merged, value: inStore}, lent.Return)
	if err != nil {
		return nil, err
	}
	s.Taken, s.inserts = lent.Now, true
	return s, nil
}
