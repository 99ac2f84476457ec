package roster

import (
	"context"
	"slices"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/setting"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
	"regulars/internal/understand/segment"
)

const settingsKey = "customer_summaries"

// state is how far the summaries have come.
type state struct {
	feed.Position

	Day     int32         `json:"day"`  // on which segments were last judged of everybody
	Cuts    *segment.Cuts `json:"cuts"` // and by which lines; nil: by none
	At      time.Time     `json:"at"`
	Ready   bool          `json:"ready"` // everybody is there
	Through int64         `json:"through,omitempty"`
	Whole   *began        `json:"whole,omitempty"` // a pass over everybody that goes on: Through is how far
}

// began is what a pass over everybody began with.
type began struct {
	feed.Position

	Day  int32         `json:"day"`
	Cuts *segment.Cuts `json:"cuts"`
}

// Age is how the summaries stand to the facts.
type Age struct {
	Ready  bool      // everybody is in the list; before, those that are missing have not been reckoned
	At     time.Time // when they were last brought up to date
	Behind bool      // something has changed since
}

func load(tx *db.Tx) (s state, err error) {
	_, err = setting.Load(tx, settingsKey, &s)
	return s, err
}

func (s *state) save(tx *db.Tx) error {
	return setting.Save(tx, settingsKey, s)
}

// hold has writers of summaries come one after the other, so that none writes over what a later one has reckoned.
func hold(tx *db.Tx) (state, error) {
	if _, err := tx.Exec(`INSERT INTO settings (key, value, updated_us) VALUES ($1, '{}', $2)
		ON CONFLICT (key) DO UPDATE SET updated_us = excluded.updated_us`, settingsKey, tx.Now); err != nil {
		return state{}, err
	}
	return load(tx)
}

// Keeper keeps the summaries.
type Keeper struct {
	DB *db.DB
	// Soon is how many changed customers somebody who opens a list waits for; 0: some hundreds.
	Soon int
}

const (
	soonUsual = 400
	batch     = 500
	// smallest is how many customers a business may have for everybody to be reckoned while somebody waits.
	smallest = 2000
)

// pending is what is to be done.
type pending struct {
	state state
	today int32
	cuts  *segment.Cuts
	whole bool
	young bool    // where no feed tells what has changed: everybody was reckoned lately
	some  []int64 // customers, where not whole
	to    feed.Position
	now   time.Time
}

func (k *Keeper) pending(ctx context.Context) (p pending, err error) {
	err = k.DB.Read(ctx, func(tx *db.Tx) (err error) {
		p = pending{now: tx.Now}
		b, err := business.Load(tx)
		if err != nil {
			return err
		}
		zone := b.Zone
		if zone == nil {
			zone = time.UTC
		}
		p.today = fact.At(tx.Now, zone).Day()
		if p.cuts, err = segment.Load(tx); err != nil {
			return err
		}
		if p.state, err = load(tx); err != nil {
			return err
		}
		changed := map[int64]bool{}
		to, known, err := feed.Since(tx, p.state.Position, func(c feed.Change) error {
			switch c.Kind {
			case feed.Order, feed.Return, feed.Customer, feed.Alias:
				changed[c.Customer] = true
			case feed.Answer, feed.Cost, feed.Subscription, feed.Event, feed.Initiative, feed.Settings: // no list is chosen by them
			}
			return nil
		})
		p.to = to
		p.state.Ready = p.state.Ready && p.state.Store == to.Store // after a restore there is nothing yet
		p.whole = !known || !p.state.Ready || p.state.Day != p.today || p.state.Cuts == nil && p.cuts != nil
		if tx.Cluster() { // there is no feed: whoever asks for all that is to be done has everybody reckoned
			p.young = !p.whole && tx.Now.Sub(p.state.At) < often
			p.whole = true
		}
		for n := range changed {
			p.some = append(p.some, n)
		}
		slices.Sort(p.some)
		return err
	})
	return p, err
}

// Fresh brings the summaries up to date where it takes no longer than somebody waits who opens a list; otherwise it has the
// job do so. The age says which.
func (k *Keeper) Fresh(ctx context.Context) (Age, error) {
	p, err := k.pending(ctx)
	if err != nil {
		return Age{}, err
	}
	soon := k.Soon
	if soon == 0 {
		soon = soonUsual
	}
	large := len(p.some) > soon
	if p.whole {
		if large, err = k.large(ctx); err != nil {
			return Age{}, err
		}
	}
	if large {
		if !p.young {
			err = k.DB.Write(ctx, Ask)
		}
		return Age{Ready: p.state.Ready, At: p.state.At, Behind: true}, err
	}
	if !p.whole && len(p.some) == 0 {
		return Age{Ready: true, At: p.now}, nil
	}
	if err := k.run(ctx, p, k.DB.Write); err != nil {
		return Age{}, err
	}
	return Age{Ready: true, At: p.now}, nil
}

// large tells whether there are more customers than can be reckoned while somebody waits.
func (k *Keeper) large(ctx context.Context) (large bool, err error) {
	err = k.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := customer.Numbers(tx, 0, smallest+1)
		large = len(all) > smallest
		return err
	})
	return large, err
}

type write func(context.Context, func(*db.Tx) error) error

// CatchUp does all that is to be done.
func (k *Keeper) CatchUp(ctx context.Context, w write) error {
	p, err := k.pending(ctx)
	if err != nil {
		return err
	}
	return k.run(ctx, p, w)
}

func (k *Keeper) run(ctx context.Context, p pending, w write) error {
	if p.whole {
		return everybody(ctx, p, w)
	}
	for some := range slices.Chunk(p.some, batch) {
		if err := w(ctx, func(tx *db.Tx) error {
			s, err := hold(tx)
			if err != nil {
				return err
			}
			return again(tx, some, s.Day, s.Cuts)
		}); err != nil {
			return err
		}
	}
	return w(ctx, func(tx *db.Tx) error {
		s, err := hold(tx)
		if err != nil || s.Store != p.state.Store || s.Serial != p.state.Serial || !s.Ready { // somebody else has gone further
			return err
		}
		s.Position, s.At = p.to, tx.Now
		return s.save(tx)
	})
}

// again reckons the persons whom the numbers belong to.
func again(tx *db.Tx, numbers []int64, day int32, cuts *segment.Cuts) error {
	roots, err := customer.Roots(tx, numbers)
	if err != nil {
		return err
	}
	seen := map[int64]bool{}
	for _, n := range numbers {
		if err := one(tx, n, roots[n], seen, day, cuts); err != nil {
			return err
		}
	}
	return nil
}

// one reckons a person; a number that is somebody's else has no row.
func one(tx *db.Tx, n, root int64, seen map[int64]bool, day int32, cuts *segment.Cuts) error {
	if n != root {
		if _, err := tx.Exec("DELETE FROM customer_summaries WHERE customer_id = $1", n); err != nil {
			return err
		}
	}
	if root <= 0 || seen[root] {
		return nil
	}
	seen[root] = true
	members, err := customer.Members(tx, root)
	if err != nil {
		return err
	}
	var whole summary
	for _, m := range members {
		some, err := gather(tx, m, m)
		if err != nil {
			return err
		}
		if m == root && some[m] == nil { // erased, or gone
			_, err := tx.Exec("DELETE FROM customer_summaries WHERE customer_id = $1", root)
			return err
		}
		if s := some[m]; s != nil {
			whole.add(s)
		}
	}
	whole.customer = root
	return put(tx, []*summary{&whole}, nil, day, cuts)
}

// everybody reckons all customers, going on where a pass that was broken off stood.
func everybody(ctx context.Context, p pending, w write) error {
	if err := w(ctx, func(tx *db.Tx) error {
		s, err := hold(tx)
		if err != nil {
			return err
		}
		now, err := feed.Now(tx)
		if err != nil || s.Whole != nil && s.Whole.Day == p.today && s.Whole.Store == now.Store {
			return err
		}
		s.Whole, s.Through = &began{Position: now, Day: p.today, Cuts: p.cuts}, 0
		return s.save(tx)
	}); err != nil {
		return err
	}
	for done := false; !done; {
		if err := w(ctx, func(tx *db.Tx) (err error) { done, err = someOfAll(tx); return err }); err != nil {
			return err
		}
	}
	return nil
}

// someOfAll does the next part of a pass over everybody.
func someOfAll(tx *db.Tx) (done bool, err error) {
	s, err := hold(tx)
	if err != nil || s.Whole == nil { // somebody else has finished it
		return true, err
	}
	numbers, err := customer.Numbers(tx, s.Through, batch)
	if err != nil {
		return false, err
	}
	if len(numbers) == 0 {
		s.Position, s.Day, s.Cuts, s.Ready, s.At = s.Whole.Position, s.Whole.Day, s.Whole.Cuts, true, tx.Now
		s.Whole, s.Through = nil, 0
		return true, s.save(tx)
	}
	if err := part(tx, numbers, s.Whole.Day, s.Whole.Cuts); err != nil {
		return false, err
	}
	s.Through = numbers[len(numbers)-1]
	return false, s.save(tx)
}

// part reckons customers that follow one another.
func part(tx *db.Tx, numbers []int64, day int32, cuts *segment.Cuts) error {
	low, high := numbers[0], numbers[len(numbers)-1]
	all, err := gather(tx, low, high)
	if err != nil {
		return err
	}
	roots, err := customer.RootsBetween(tx, low, high)
	if err != nil {
		return err
	}
	for _, root := range roots {
		delete(all, root)
	}
	have, err := kept(tx, low, high)
	if err != nil {
		return err
	}
	plain := make([]*summary, 0, len(all))
	for _, n := range numbers {
		s := all[n]
		if s != nil && s.root == n {
			plain = append(plain, s)
		} else if _, there := have[n]; there && !slices.Contains(roots, n) {
			if _, err := tx.Exec("DELETE FROM customer_summaries WHERE customer_id = $1", n); err != nil {
				return err
			}
		}
	}
	if err := put(tx, plain, have, day, cuts); err != nil {
		return err
	}
	return again(tx, roots, day, cuts)
}
