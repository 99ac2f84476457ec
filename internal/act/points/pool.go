package points

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
)

// Share is what one customer gives to a common spending.
type Share struct {
	Customer int64
	Units    int64
}

// PoolState is how a common spending stands.
type PoolState string

// The states. What is gathered waits, ready, to be granted or cancelled; the givers' holds are resolved after that.
const (
	Gathering     PoolState = "gathering"
	Ready         PoolState = "ready"
	Granted       PoolState = "granted"
	Done          PoolState = "done"
	PoolRefused   PoolState = "refused" // a giver had not enough
	PoolCancelled PoolState = "cancelled"
)

// Pool is a common spending: of a household, or of a person with several accounts. Each gives of their own lots, which
// stay theirs until it is granted; whoever leaves takes everything with them.
type Pool struct {
	Customer, ID int64 // with whom it is kept: who asked
	Unit         string
	State        PoolState
	Units        int64
	Cause, Actor string
	Until        time.Time // not granted by then, it is cancelled
	Ended        bool      // every giver's hold is resolved
	Shares       []Share
}

const mostGivers = 100

// OpenPool begins a common spending. Advance, which a job runs, has each giver hold their share; a giver who has not
// enough refuses the whole.
func (l *Ledger) OpenPool(tx *db.Tx, act Act, shares []Share, lasts time.Duration) (Pool, error) {
	pool := Pool{Customer: act.Customer, Unit: act.Unit, State: Gathering, Cause: act.Cause, Actor: act.Actor, Until: tx.Now.Add(lasts)}
	pool.Shares = slices.Clone(shares)
	slices.SortFunc(pool.Shares, func(a, b Share) int { return cmp.Compare(a.Customer, b.Customer) })
	if err := pool.check(act, lasts); err != nil {
		return pool, err
	}
	u, err := LoadUnit(tx, act.Unit)
	if err != nil {
		return pool, err
	}
	if u.Kind != Spendable {
		return pool, fault.In("unit", fault.Invalidf("units of %s are counted, and cannot be spent", u.Code))
	}
	hash, err := hashOf("pool", act, []any{pool.Shares, lasts})
	if err != nil {
		return pool, err
	}
	pool.ID = l.IDs.New(tx.Now)
	n, err := tx.Exec(`INSERT INTO point_pools (customer_id, pool_id, unit, key, hash, state, units, cause, actor, until_us, opened_us)
		VALUES ($1, $2, $3, $4, $5, 'gathering', $6, $7, $8, $9, $10) ON CONFLICT (customer_id, key) DO NOTHING`,
		act.Customer, pool.ID, act.Unit, act.Key, hash, pool.Units, act.Cause, act.Actor, pool.Until, tx.Now)
	if err != nil {
		return pool, err
	}
	if n == 0 {
		return knownPool(tx, act, hash)
	}
	var rows []any
	for _, s := range pool.Shares {
		rows = append(rows, act.Customer, pool.ID, s.Customer, s.Units)
	}
	if _, err := insertPoolParts.Exec(tx, rows); err != nil {
		return pool, err
	}
	return pool, pool.wake(tx)
}

var insertPoolParts = db.NewInsert("INSERT INTO point_pool_parts (customer_id, pool_id, giver_id, units)", 4, "")

func (p *Pool) check(act Act, lasts time.Duration) error {
	if err := act.check(); err != nil {
		return err
	}
	if lasts < time.Second || lasts > LongestHold {
		return fault.In("lasts", fault.Invalidf("a common spending waits from a second to a year, not %s", lasts))
	}
	if len(p.Shares) == 0 || len(p.Shares) > mostGivers {
		return fault.In("shares", fault.Invalidf("1 to %d customers spend together, not %d", mostGivers, len(p.Shares)))
	}
	for i, s := range p.Shares {
		if err := checkUnits(fmt.Sprintf("shares[%d].units", i), s.Units); err != nil {
			return err
		}
		if s.Customer == 0 || i > 0 && p.Shares[i-1].Customer == s.Customer {
			return fault.In("shares", fault.Invalidf("each giver is a customer, and named once"))
		}
		p.Units += s.Units
	}
	return nil
}

// knownPool is the pool that was opened under the key before.
func knownPool(tx *db.Tx, act Act, hash []byte) (Pool, error) {
	var id int64
	var known []byte
	err := tx.QueryRow("SELECT pool_id, hash FROM point_pools WHERE customer_id = $1 AND key = $2", act.Customer, act.Key).Scan(&id, &known)
	if err != nil {
		return Pool{}, err
	}
	if !bytes.Equal(known, hash) {
		return Pool{}, otherInput(act.Key)
	}
	return LoadPool(tx, act.Customer, id)
}

// LoadPool reads a common spending.
func LoadPool(tx *db.Tx, customer, id int64) (Pool, error) {
	p := Pool{Customer: customer, ID: id}
	var ended sql.Null[time.Time]
	var state string
	err := tx.QueryRow("SELECT unit, state, units, cause, actor, until_us, ended_us FROM point_pools WHERE customer_id = $1 AND pool_id = $2", customer, id).
		Scan(&p.Unit, &state, &p.Units, &p.Cause, &p.Actor, &p.Until, &ended)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fault.Coded("pool_not_found", fault.NotFoundf("this customer has no such common spending"))
	}
	if err != nil {
		return p, err
	}
	p.State, p.Ended = PoolState(state), ended.Valid
	rows, err := tx.Query("SELECT giver_id, units FROM point_pool_parts WHERE customer_id = $1 AND pool_id = $2 ORDER BY giver_id", customer, id)
	if err != nil {
		return p, err
	}
	for rows.Next() {
		var s Share
		if err := rows.Scan(&s.Customer, &s.Units); err != nil {
			return p, err
		}
		p.Shares = append(p.Shares, s)
	}
	return p, rows.Close()
}

func (p *Pool) wake(tx *db.Tx) error {
	_, err := job.Add(tx, job.Job{Kind: poolKind, Payload: moving{p.Customer, p.ID}})
	return err
}

// GrantPool says, in the transaction that gives what the units are spent on, that they are spent.
func GrantPool(tx *db.Tx, customer, id int64) error {
	return end(tx, customer, id, Granted, "state = 'ready' AND until_us > $4")
}

// CancelPool gives everybody back what they hold.
func CancelPool(tx *db.Tx, customer, id int64) error {
	return end(tx, customer, id, PoolCancelled, "state IN ('gathering', 'ready') AND CAST($4 AS BIGINT) IS NOT NULL")
}

func end(tx *db.Tx, customer, id int64, state PoolState, from string) error {
	n, err := tx.Exec("UPDATE point_pools SET state = $1 WHERE customer_id = $2 AND pool_id = $3 AND "+from, string(state), customer, id, tx.Now)
	if err != nil {
		return err
	}
	p, err := LoadPool(tx, customer, id)
	switch {
	case err != nil:
		return err
	case n == 0 && p.State == Ready:
		return fault.Coded("pool_over", fault.Conflictf("the common spending was not granted in time"))
	case n == 0 && p.State != state && (state != Granted || p.State != Done):
		return fault.Coded("pool_state", fault.Conflictf("the common spending is %s", p.State))
	case n == 0:
		return nil
	}
	return p.wake(tx)
}

// Advance does what is next for a common spending, each giver in a transaction of its own, in the order of their numbers.
// It may be run at any time, by several at once, and again.
func (l *Ledger) Advance(ctx context.Context, d *db.DB, customer, id int64) error {
	for {
		var p Pool
		var late bool
		if err := d.Read(ctx, func(tx *db.Tx) (err error) {
			p, err = LoadPool(tx, customer, id)
			late = !p.Until.After(tx.Now)
			return err
		}); err != nil {
			return err
		}
		next, over := PoolState(""), false
		var err error
		switch {
		case p.Ended || p.State == Ready && !late:
			return nil
		case p.State == Ready || p.State == Gathering && late:
			next = PoolCancelled
		case p.State == Gathering:
			next, err = l.gather(ctx, d, &p)
		case p.State == Granted:
			next, over, err = Done, true, l.eachGiver(ctx, d, &p, l.giverPays)
		default:
			next, over, err = p.State, true, l.eachGiver(ctx, d, &p, l.giverKeeps)
		}
		if err != nil {
			return err
		}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			text := "UPDATE point_pools SET state = $1 WHERE customer_id = $2 AND pool_id = $3 AND state = $4"
			args := []any{string(next), customer, id, string(p.State)}
			if over {
				text = "UPDATE point_pools SET state = $1, ended_us = $5 WHERE customer_id = $2 AND pool_id = $3 AND state = $4"
				args = append(args, tx.Now)
			}
			_, err := tx.Exec(text, args...)
			return err
		}); err != nil {
			return err
		}
	}
}

func (l *Ledger) eachGiver(ctx context.Context, d *db.DB, p *Pool, do func(*db.Tx, *Pool, Share) error) error {
	for _, s := range p.Shares {
		if err := d.Write(ctx, func(tx *db.Tx) error { return do(tx, p, s) }); err != nil {
			return err
		}
	}
	return nil
}

// gather has each giver hold their share. What cannot be held now refuses the whole.
func (l *Ledger) gather(ctx context.Context, d *db.DB, p *Pool) (next PoolState, err error) {
	err = l.eachGiver(ctx, d, p, func(tx *db.Tx, p *Pool, s Share) error {
		_, err := l.share(tx, p, s)
		return err
	})
	switch fault.KindOf(err) {
	case fault.Conflict, fault.Invalid, fault.NotFound:
		return PoolRefused, nil
	case fault.Internal, fault.Forbidden, fault.Unavailable, fault.Unknown:
	}
	return Ready, err
}

func (p *Pool) act(s Share, step string) Act {
	return Act{Customer: s.Customer, Unit: p.Unit, Key: fmt.Sprintf("pool/%d/%d%s", p.Customer, p.ID, step), Cause: p.Cause, Actor: p.Actor}
}

// share holds a giver's share. Such a hold has no time of its own: were it to end by itself, what was granted meanwhile
// would not be paid.
func (l *Ledger) share(tx *db.Tx, p *Pool, s Share) (Receipt, error) {
	o, done, err := l.begin(tx, "pool", p.act(s, ""), s.Units)
	if o == nil || err != nil {
		return done, err
	}
	return o.open(hold{kind: forSpending, units: s.Units, until: Never}, Held)
}

func (l *Ledger) giverPays(tx *db.Tx, p *Pool, s Share) error {
	held, err := l.share(tx, p, s)
	if err == nil {
		_, err = l.Commit(tx, p.act(s, "/end"), held.Hold, 0)
	}
	return err
}

// giverKeeps cancels a giver's hold. Where there is none it takes the hold's key, so that none is opened later by whoever
// is still at it.
func (l *Ledger) giverKeeps(tx *db.Tx, p *Pool, s Share) error {
	o, done, err := l.begin(tx, "pool", p.act(s, ""), s.Units)
	if err != nil {
		return err
	}
	if o != nil {
		o.receipt.Refused = "cancelled"
		_, err := o.finish()
		return err
	}
	if done.Refused != "" {
		return nil
	}
	_, err = l.Cancel(tx, p.act(s, "/end"), done.Hold)
	return err
}

// Proportional shares units among those who have them, each in proportion to what they have; what is left over by
// rounding goes to those it was rounded down for most, of equals to the first.
func Proportional(have []Share, units int64) ([]Share, error) {
	var all int64
	for _, h := range have {
		all += max(h.Units, 0)
	}
	if units < 1 || units > all {
		return nil, tooFew("all together", all, units)
	}
	shares := slices.Clone(have)
	rest := units
	lost := make([]int64, len(have)) // by rounding, in parts of all
	order := make([]int, len(have))
	for i, h := range have {
		n := share(max(h.Units, 0), units, all)
		shares[i].Units, order[i] = n, i
		rest -= n
		lost[i] = remainder(max(h.Units, 0), units, all)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(lost[b], lost[a]) })
	for _, i := range order[:rest] {
		shares[i].Units++
	}
	return slices.DeleteFunc(shares, func(s Share) bool { return s.Units == 0 }), nil
}

// Soonest shares units among accounts as if they were one: what expires soonest goes first, wherever it lies. It is how a
// person with several numbers spends.
func Soonest(tx *db.Tx, customers []int64, unit string, units int64) ([]Share, error) {
	type piece struct {
		at       time.Time
		customer int64
		units    int64
	}
	var pieces []piece
	var all int64
	for _, c := range customers {
		b, err := AccountBalance(tx, c, unit, tx.Now)
		if err != nil {
			return nil, err
		}
		all += b.Available
		for _, e := range b.Expiring {
			pieces = append(pieces, piece{e.At, c, e.Units})
		}
		pieces = append(pieces, piece{Never, c, b.NeverExpiring})
	}
	if units < 1 || units > all {
		return nil, tooFew(unit, all, units)
	}
	slices.SortStableFunc(pieces, func(a, b piece) int { return a.at.Compare(b.at) })
	of := map[int64]int64{}
	for _, p := range pieces {
		n := min(units, p.units)
		of[p.customer] += n
		units -= n
	}
	var shares []Share
	for _, c := range customers {
		if of[c] > 0 {
			shares = append(shares, Share{c, of[c]})
		}
	}
	return shares, nil
}
