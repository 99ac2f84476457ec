package points_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// machine drives the ledger and the plain one through the same random history.
type machine struct {
	t     *testing.T
	rt    *rapid.T
	d     *db.DB
	c     *clock
	l     *points.Ledger
	p     *plain
	who   []int64
	keys  int
	done  []func() (again, first points.Receipt, err error) // past operations, to be repeated
	holds []*plainHold
	spent []string
	moved map[*plainHold]bool // to be delivered
	given []points.Act        // what was earned, and on which line
	lines []int64
}

var units = []points.Unit{
	{Expiry: points.Expiry{}},
	{AllowsDebt: true, Expiry: points.Expiry{Kind: points.After, N: 20, Every: points.Days}},
	{Expiry: points.Expiry{Kind: points.After, N: 1, Every: points.Months, Round: points.Months}},
	{Expiry: points.Expiry{Kind: points.Fixed, Dates: []string{"03-20", "2026-05-05", "12-31"}}},
	{Expiry: points.Expiry{Kind: points.Idle, N: 15, Every: points.Days}},
	{AllowsDebt: true, Expiry: points.Expiry{Kind: points.Idle, N: 1, Every: points.Months}},
}

func people(t *testing.T, d *db.DB, n int) (made []int64) {
	t.Helper()
	var ids fact.IDs
	write(t, d, func(tx *db.Tx) (err error) {
		var asked []customer.Identity
		for i := range n {
			asked = append(asked, customer.Identity{Kind: "id", Value: fmt.Sprintf("%s-%d", t.Name(), i)})
		}
		_, made, err = customer.Make(tx, &ids, asked)
		return err
	})
	return made
}

// TestTheLedgerDoesWhatAPlainOneWould compares every balance after every step, and replays every lot and entry.
func TestTheLedgerDoesWhatAPlainOneWould(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		who := people(t, d, 3)
		rapid.Check(t, func(rt *rapid.T) {
			c.set(began)
			u := rapid.SampledFrom(units).Draw(rt, "unit")
			u.Code, u.Kind = "points", points.Spendable
			m := &machine{t: t, rt: rt, d: d, c: c, l: points.New(zone), p: newPlain(u), who: who, moved: map[*plainHold]bool{}}
			write(t, d, func(tx *db.Tx) error {
				for _, table := range []string{"units", "accounts", "lots", "operations", "entries", "holds", "hold_lots"} {
					if _, err := tx.Exec("DELETE FROM point_" + table); err != nil {
						return err
					}
				}
				return points.SaveUnit(tx, u)
			})
			rt.Repeat(map[string]func(*rapid.T){
				"": m.check, "earn": m.earn, "earn2": m.earn, "activate": m.activate, "spend": m.spend, "hold": m.hold, "commit": m.commit, "cancel": m.cancel,
				"reverse": m.reverse, "refund": m.refund, "adjust": m.adjust, "send": m.send, "arrive": m.arrive, "wait": m.wait, "settle": m.settle,
				"again": m.again,
			})
		})
	})
}

func (m *machine) act(name string) points.Act {
	m.keys++
	return points.Act{Customer: m.who[rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2}).Draw(m.rt, "who")], Unit: "points", Key: fmt.Sprintf("%s-%d", name, m.keys),
		Cause: fmt.Sprintf("order:%d", m.keys%7), Actor: "user:1", Reason: "a test"}
}

// do runs an operation and demands that it succeeds exactly if the plain ledger's did.
func (m *machine) do(want bool, fn func(tx *db.Tx) (points.Receipt, error)) (points.Receipt, bool) {
	m.rt.Helper()
	run := func() (r points.Receipt, err error) {
		var refused error
		err = m.d.Write(m.t.Context(), func(tx *db.Tx) error {
			r, refused = fn(tx)
			return nil // a refusal leaves nothing behind even where the transaction is committed
		})
		if err == nil {
			err = refused
		}
		return r, err
	}
	r, err := run()
	if (err == nil) != want {
		m.rt.Fatalf("the plain ledger says %v, this one %v", want, err)
	}
	if err == nil {
		m.done = append(m.done, func() (again, first points.Receipt, err error) {
			again, err = run()
			return again, r, err
		})
	}
	return r, err == nil
}

// some is a number of units, mostly one that is there.
func (m *machine) some(customer int64) int64 {
	return rapid.Int64Range(1, max(m.p.available(customer, m.c.now()), 1)+3).Draw(m.rt, "units")
}

// of draws something that was earned.
func (m *machine) of(a *points.Act) (line int64) {
	if len(m.given) == 0 {
		m.rt.Skip()
	}
	i := rapid.IntRange(0, len(m.given)-1).Draw(m.rt, "of")
	a.Customer, a.Cause = m.given[i].Customer, m.given[i].Cause
	return m.lines[i]
}

func (m *machine) pass() { m.p.pass(m.c.now()) }

func (m *machine) earn(rt *rapid.T) {
	m.pass()
	g := points.Grant{Units: rapid.Int64Range(1, 100).Draw(rt, "units"), Line: rapid.Int64Range(0, 2).Draw(rt, "line"),
		Whole: rapid.SampledFrom([]int64{0, 1, 3, 7}).Draw(rt, "whole")}
	pending := points.Pending{}
	switch rapid.IntRange(0, 4).Draw(rt, "pending") {
	case 0:
		pending.Days = rapid.IntRange(1, 20).Draw(rt, "days")
	case 1:
		pending.Until = "delivered"
	}
	g.Pending = &pending
	a := m.act("earn")
	m.given, m.lines = append(m.given, a), append(m.lines, g.Line)
	m.p.earn(a.Customer, a.Cause, g.Line, g.Units, g.Whole, pending.Days, pending.Until, m.c.now())
	m.do(true, func(tx *db.Tx) (points.Receipt, error) { return m.l.Earn(tx, a, g) })
}

func (m *machine) activate(*rapid.T) {
	m.pass()
	a := m.act("activate")
	m.of(&a)
	want := m.p.activate(a.Customer, a.Cause, "delivered", m.c.now())
	m.do(want, func(tx *db.Tx) (points.Receipt, error) {
		return m.l.Activate(tx, a, points.Waiting{For: "delivered", Of: a.Cause})
	})
}

func (m *machine) spend(*rapid.T) {
	m.pass()
	a := m.act("spend")
	n := m.some(a.Customer)
	if _, ok := m.do(m.p.spend(a.Customer, n, a.Key, m.c.now()), func(tx *db.Tx) (points.Receipt, error) { return m.l.Spend(tx, a, n) }); ok {
		m.spent = append(m.spent, a.Key)
	}
}

func (m *machine) hold(rt *rapid.T) {
	m.pass()
	a := m.act("hold")
	n := m.some(a.Customer)
	lasts := time.Duration(rapid.IntRange(1, 40*24).Draw(rt, "hours")) * time.Hour
	h := m.p.hold(a.Customer, n, 0, m.c.now().Add(lasts), m.c.now())
	if r, ok := m.do(h != nil, func(tx *db.Tx) (points.Receipt, error) { return m.l.Hold(tx, a, n, lasts) }); ok {
		h.id = r.Hold
		m.holds = append(m.holds, h)
	}
}

func (m *machine) commit(rt *rapid.T) {
	if len(m.holds) == 0 {
		rt.Skip()
	}
	m.pass()
	h := rapid.SampledFrom(m.holds).Draw(rt, "hold")
	var all int64
	for _, c := range h.pieces {
		all += c.units
	}
	n := rapid.Int64Range(0, all).Draw(rt, "units")
	a := m.act("commit")
	a.Customer = h.customer
	was := h.over
	if !was {
		units := n
		if n == 0 {
			units = all
		}
		gone := m.p.resolve(h, units, m.c.now())
		m.p.takings[a.Key] = &taking{customer: h.customer, pieces: gone, units: units}
		m.p.stir(m.p.of(h.customer), m.c.now())
		m.spent = append(m.spent, a.Key)
	}
	m.do(!was, func(tx *db.Tx) (points.Receipt, error) { return m.l.Commit(tx, a, h.id, n) })
}

func (m *machine) cancel(rt *rapid.T) {
	if len(m.holds) == 0 {
		rt.Skip()
	}
	m.pass()
	h := rapid.SampledFrom(m.holds).Draw(rt, "hold")
	a := m.act("cancel")
	a.Customer = h.customer
	was := h.over
	if !was {
		m.p.resolve(h, 0, m.c.now())
	}
	m.do(!was, func(tx *db.Tx) (points.Receipt, error) { return m.l.Cancel(tx, a, h.id) })
}

func (m *machine) reverse(rt *rapid.T) {
	m.pass()
	a := m.act("reverse")
	line := m.of(&a)
	r := points.Return{Of: a.Cause, Line: line, Parts: rapid.SampledFrom([]int64{0, 0, 1, 2, 30}).Draw(rt, "parts")}
	m.do(m.p.reverse(a.Customer, r.Of, r.Line, r.Parts, m.c.now()), func(tx *db.Tx) (points.Receipt, error) { return m.l.Reverse(tx, a, r) })
}

func (m *machine) refund(rt *rapid.T) {
	if len(m.spent) == 0 {
		rt.Skip()
	}
	m.pass()
	r := points.Refund{Key: rapid.SampledFrom(m.spent).Draw(rt, "key"), Units: rapid.SampledFrom([]int64{0, 0, 1, 5, 40}).Draw(rt, "units")}
	a := m.act("refund")
	a.Customer = m.p.takings[r.Key].customer
	m.do(m.p.refund(r.Key, r.Units, m.c.now()), func(tx *db.Tx) (points.Receipt, error) { return m.l.Refund(tx, a, r) })
}

func (m *machine) adjust(rt *rapid.T) {
	m.pass()
	a, n := m.act("adjust"), rapid.Int64Range(1, 80).Draw(rt, "units")
	if rapid.Bool().Draw(rt, "down") {
		n = -n
	}
	m.do(m.p.adjust(a.Customer, n, m.c.now()), func(tx *db.Tx) (points.Receipt, error) { return m.l.Adjust(tx, a, n) })
}

func (m *machine) send(rt *rapid.T) {
	m.pass()
	a := m.act("send")
	n := m.some(a.Customer)
	to := rapid.SampledFrom(m.who).Draw(rt, "to")
	if to == a.Customer {
		rt.Skip()
	}
	h := m.p.hold(a.Customer, n, to, points.Never, m.c.now())
	if r, ok := m.do(h != nil, func(tx *db.Tx) (points.Receipt, error) { return m.l.Transfer(tx, a, to, n) }); ok {
		h.id = r.Hold
		m.moved[h] = true
	}
}

func (m *machine) arrive(*rapid.T) {
	for _, h := range m.p.holds {
		if !m.moved[h] {
			continue
		}
		m.pass()
		delete(m.moved, h)
		var all int64
		for _, c := range h.pieces {
			all += c.units
		}
		m.p.arrive(h, m.c.now())
		m.p.resolve(h, all, m.c.now())
		for range 2 { // it is safe to repeat
			if err := m.l.Forward(m.t.Context(), m.d, h.customer, h.id); err != nil {
				m.rt.Fatal(err)
			}
		}
	}
}

func (m *machine) wait(rt *rapid.T) {
	m.c.pass(time.Duration(rapid.SampledFrom([]int{1, 5, 24, 100, 240, 500}).Draw(rt, "hours")) * time.Hour)
}

func (m *machine) settle(*rapid.T) {
	if _, err := m.l.SettleDue(m.t.Context(), m.d, 100); err != nil {
		m.rt.Fatal(err)
	}
}

// again repeats a past operation under its key: it gives the same receipt, and check sees that nothing changed.
func (m *machine) again(rt *rapid.T) {
	if len(m.done) == 0 {
		rt.Skip()
	}
	got, want, err := m.done[rapid.IntRange(0, len(m.done)-1).Draw(rt, "which")]()
	want.Repeated = true
	if err != nil || !reflect.DeepEqual(got, want) {
		rt.Fatalf("repeated: %+v, %v, the first time %+v", got, err, want)
	}
}

func (m *machine) check(rt *rapid.T) {
	m.pass()
	var transit, sums points.Balance
	for _, who := range m.who {
		got, want := balance(m.t, m.d, who, "points"), m.p.balance(who, m.c.now())
		if !reflect.DeepEqual(got, want) {
			rt.Fatalf("customer %d\n got %+v\nwant %+v", who, got, want)
		}
		listed := got.NeverExpiring
		for _, e := range got.Expiring {
			listed += e.Units
		}
		if listed != got.Available {
			rt.Fatalf("the dates sum to %d, available are %d", listed, got.Available)
		}
		if got.Issued+got.Received != got.Available+got.Pending+got.Held+got.Spent+got.Expired+got.Reversed+got.InTransit+got.Sent-got.Debt {
			rt.Fatalf("not conserved: %+v", got)
		}
		transit.InTransit += got.InTransit
		sums.Issued += got.Issued
		sums.Received += got.Received
		sums.Sent += got.Sent
	}
	if sums.Received != sums.Sent {
		rt.Fatalf("%d units were received and %d sent", sums.Received, sums.Sent)
	}
	m.movesAddUp(rt)
	for _, c := range points.Checks() {
		if found, err := c.Run(m.t.Context(), m.d); err != nil || found.N != 0 {
			rt.Fatalf("%s: %d breaches, such as %s, %v", c.Key, found.N, found.Example, err)
		}
	}
}

// movesAddUp holds what measures are told beside the balances: all that moved is all that there was. What time alone did, such as
// to end a hold of units that a return asks back, is in a balance at once, and among the moves when it is written down.
func (m *machine) movesAddUp(rt *rapid.T) {
	moved := map[int64]map[points.EntryKind]int64{}
	if err := m.d.Read(m.t.Context(), func(tx *db.Tx) error {
		clear(moved)
		return points.Moves(tx, "points", time.Time{}, func(one points.Movement) error {
			if moved[one.Customer] == nil {
				moved[one.Customer] = map[points.EntryKind]int64{}
			}
			moved[one.Customer][one.Kind] += one.Units
			return nil
		})
	}); err != nil {
		rt.Fatal(err)
	}
	for _, who := range m.who {
		b, of := balance(m.t, m.d, who, "points"), moved[who]
		if of[points.Issue] < b.Issued+b.Received-b.Reversed-b.Sent || of[points.Issue] > b.Issued+b.Received-b.Sent || of[points.Spent] != b.Spent || of[points.Expired] > b.Expired {
			rt.Fatalf("customer %d moved %v, and has %+v", who, of, b)
		}
	}
}
