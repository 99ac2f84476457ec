package draw_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/member"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/secret"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
)

var began = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// stall is a shop that holds draws.
type stall struct {
	t *testing.T
	d *db.DB
	*draw.Desk

	us     atomic.Int64 // of the clock
	orders order.Keeper
}

func (k *stall) now() time.Time        { return time.UnixMicro(k.us.Load()).UTC() }
func (k *stall) pass(by time.Duration) { k.us.Add(by.Microseconds()) }

func each(t *testing.T, test func(t *testing.T, k *stall)) {
	t.Helper()
	schematest.EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		k := &stall{t: t}
		k.us.Store(began.UnixMicro())
		o.Clock = k.now
		k.d = schematest.Open(t, o)
		k.Desk = &draw.Desk{Ledger: points.New(time.UTC), Box: secret.New(bytes.Repeat([]byte{7}, 32))}
		k.orders = order.Keeper{IDs: k.Ledger.IDs, Names: catalogue.NewNames()}
		k.write(func(tx *db.Tx) error { return points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable}) })
		test(t, k)
		k.sound()
	})
}

func (k *stall) write(fn func(tx *db.Tx) error) {
	k.t.Helper()
	if err := k.d.Write(k.t.Context(), fn); err != nil {
		k.t.Fatal(err)
	}
}

func (k *stall) read(fn func(tx *db.Tx) error) {
	k.t.Helper()
	if err := k.d.Read(k.t.Context(), fn); err != nil {
		k.t.Fatal(err)
	}
}

// found is what the checks of draws and of the ledger find.
func (k *stall) found() (keys []string) {
	k.t.Helper()
	for _, c := range append(points.Checks(), draw.Checks()...) {
		found, err := c.Run(k.t.Context(), k.d)
		if err != nil {
			k.t.Fatal(err)
		}
		if found.N != 0 {
			keys = append(keys, c.Key+" "+found.Example)
		}
	}
	return keys
}

func (k *stall) sound() {
	k.t.Helper()
	if found := k.found(); len(found) > 0 {
		k.t.Errorf("found: %v", found)
	}
}

// person makes a member who has units.
func (k *stall) person(units int64) (number int64) {
	k.t.Helper()
	k.write(func(tx *db.Tx) error {
		_, made, err := customer.Make(tx, k.Ledger.IDs, []customer.Identity{{Kind: customer.OwnID, Value: fmt.Sprint("c", k.Ledger.IDs.New(tx.Now))}})
		if err != nil {
			return err
		}
		number = made[0]
		if err := member.Join(tx, number, "web"); err != nil || units == 0 {
			return err
		}
		_, err = k.Ledger.Earn(tx, points.Act{Customer: number, Unit: "points", Key: "start", Cause: "test", Actor: "test"}, points.Grant{Units: units})
		return err
	})
	return number
}

func (k *stall) has(who int64) (b points.Balance) {
	k.t.Helper()
	k.read(func(tx *db.Tx) (err error) { b, err = points.BalanceOf(tx, who, "points", tx.Now); return err })
	return b
}

func (k *stall) buys(who int64, reference string, minor int64) {
	k.t.Helper()
	k.write(func(tx *db.Tx) error {
		out, err := k.orders.Put(tx, []order.Entry{{Customer: who, Order: &order.Order{Source: "shop", Reference: reference, Placed: fact.At(tx.Now, time.UTC), AmountMinor: minor}}})
		if err == nil {
			err = out[0].Err
		}
		return err
	})
}

func (k *stall) returns(who int64, reference string, minor int64) {
	k.t.Helper()
	k.write(func(tx *db.Tx) error {
		out, err := k.orders.PutReturn(tx, order.ReturnEntry{Customer: who, Return: &order.Return{Source: "shop", Reference: "r" + reference, OrderReference: reference, Returned: fact.At(tx.Now, time.UTC), AmountMinor: minor}})
		if err == nil {
			err = out.Err
		}
		return err
	})
}

func summer() draw.Draw {
	return draw.Draw{Draw: "summer", Name: "Summer draw", Opens: began, Closes: began.Add(10 * day), Free: true,
		Prizes: []draw.Prize{{Name: "A bicycle", Count: 1}, {Name: "A bag of coffee", Count: 2}},
		Bought: &draw.Bought{Unit: "points", Price: 10, PerMember: 5}, Earned: &draw.Earned{MinimumMinor: 2000, Most: 3}}
}

// publish makes the draw and publishes it.
func (k *stall) publish(d draw.Draw) (s draw.Stored) {
	k.t.Helper()
	k.write(func(tx *db.Tx) (err error) {
		if _, err = draw.Save(tx, d, "user:1", 0); err == nil {
			s, err = k.Publish(tx, d.Draw, "user:1")
		}
		return err
	})
	return s
}

func quiet(*db.Tx) error { return nil }

func (k *stall) enter(who int64) error {
	return k.Enter(k.t.Context(), k.d, draw.Wish{Customer: who, Draw: "summer", Way: draw.ByFree, Actor: "test"}, quiet)
}

func (k *stall) buyEntries(who, entries int64, key string) error {
	return k.Enter(k.t.Context(), k.d, draw.Wish{Customer: who, Draw: "summer", Way: draw.ByBought, Entries: entries, Key: key, Actor: "test"}, quiet)
}

func (k *stall) ok(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func code(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return fmt.Sprint(err)
}

func (k *stall) close() draw.Stored {
	k.t.Helper()
	s, err := k.Close(k.t.Context(), k.d, "summer", quiet)
	k.ok(err)
	return s
}

func (k *stall) own(who int64) (o draw.Own) {
	k.t.Helper()
	k.read(func(tx *db.Tx) error {
		s, err := draw.Load(tx, "summer")
		if err != nil {
			return err
		}
		members, err := customer.Members(tx, who)
		if err == nil {
			o, err = k.Of(tx, &s, members)
		}
		return err
	})
	return o
}

func (k *stall) public() (p draw.Public) {
	k.t.Helper()
	k.read(func(tx *db.Tx) error {
		s, err := draw.Load(tx, "summer")
		if err == nil {
			p, err = draw.Show(tx, &s, "Café Olga")
		}
		return err
	})
	return p
}

func TestADrawFromDraftToWinners(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *stall) {
		ada, bob, eve, zoe := k.person(100), k.person(30), k.person(0), k.person(0)
		s := k.publish(summer())
		if s.State != draw.Published || len(s.Commitment) != 64 || s.Seed != "" || s.ListHash != "" {
			t.Fatalf("published: %+v", s)
		}
		k.ok(k.enter(ada))
		k.ok(k.enter(ada)) // once all the same
		k.ok(k.buyEntries(ada, 3, "a"))
		k.ok(k.buyEntries(ada, 3, "a")) // the same again
		if err := k.buyEntries(ada, 2, "a"); code(err) != "key_reused" {
			t.Errorf("another purchase under the key: %v", err)
		}
		if err := k.buyEntries(ada, 3, "b"); code(err) != "draw_limit" {
			t.Errorf("beyond the limit: %v", err)
		}
		if err := k.buyEntries(bob, 4, "a"); code(err) != "too_few_units" {
			t.Errorf("beyond what one has: %v", err)
		}
		if err := k.buyEntries(bob, 6, "b"); code(err) != "too_few_units" && code(err) != "draw_limit" {
			t.Errorf("beyond both: %v", err)
		}
		if b := k.has(ada); b.Available != 70 || k.has(bob).Available != 30 {
			t.Errorf("what is left: %+v", b)
		}
		k.pass(day)
		k.buys(eve, "1", 2000)
		k.buys(eve, "2", 1999)
		for i := range 5 {
			k.buys(bob, fmt.Sprint("b", i), 5000)
		}
		k.buys(zoe, "z", 2500)
		k.returns(zoe, "z", 501) // too little is left
		if o := k.own(bob); o.Earned != 3 || o.Free != 0 || len(o.Entries) != 0 {
			t.Errorf("bob before the close: %+v", o)
		}
		if _, err := k.Close(t.Context(), k.d, "summer", quiet); code(err) != "draw_early" {
			t.Errorf("closed before its time: %v", err)
		}
		if _, err := k.Draw(t.Context(), k.d, "summer", quiet); code(err) != "draw_state" {
			t.Errorf("drawn before it is closed: %v", err)
		}
		k.pass(9 * day)
		if err := k.enter(zoe); code(err) != "draw_closed" {
			t.Errorf("entered after the close: %v", err)
		}
		k.buys(zoe, "late", 9000)
		s = k.close()
		if s.State != draw.Frozen || s.Entrants != 3 || s.Entries != 1+3+3+1 {
			t.Fatalf("frozen: %+v", s)
		}
		if same := k.close(); same.ListHash != s.ListHash || same.Version != s.Version {
			t.Errorf("closed again: %+v", same)
		}
		k.drawn(&s, ada, bob, eve, zoe)
	})
}

// drawn draws what was frozen, and looks at it from outside and from inside.
func (k *stall) drawn(s *draw.Stored, ada, bob, eve, zoe int64) {
	k.t.Helper()
	before := k.public()
	if v := draw.Verify(&before, draw.Noted{}); v.OK() || v.Wrong() || before.Seed != "" {
		k.t.Errorf("before it is drawn: %v", v.String())
	}
	done, err := k.Draw(k.t.Context(), k.d, "summer", quiet)
	if err != nil || done.State != draw.Drawn || done.Commitment != s.Commitment || done.ListHash != s.ListHash {
		k.t.Fatalf("drawn: %+v, %v", done, err)
	}
	p := k.public()
	if v := draw.Verify(&p, draw.Noted{Commitment: s.Commitment, ListHash: s.ListHash, Entry: k.own(ada).Entries[0].Code}); !v.OK() {
		k.t.Errorf("from outside: %v", v.String())
	}
	for _, who := range []int64{ada, bob, eve, zoe} {
		if strings.Contains(p.List, fmt.Sprint(who)) {
			k.t.Error("the list says who is on it")
		}
	}
	var winners []draw.Held
	k.read(func(tx *db.Tx) (err error) { winners, err = draw.Winners(tx, "summer"); return err })
	if len(winners) != 3 || winners[0].Prize != "A bicycle" || winners[2].Prize != "A bag of coffee" {
		k.t.Fatalf("winners: %+v", winners)
	}
	for _, w := range winners {
		o := k.own(w.Customer)
		if len(o.Won) != 1 || o.Won[0] != w.Winner || o.Entries[0].Code != w.Entry {
			k.t.Errorf("%d won %+v, and knows %+v", w.Customer, w, o)
		}
	}
	if o := k.own(ada); o.Weight() != 4 || o.Free != 1 || o.Bought != 3 {
		k.t.Errorf("ada: %+v", o)
	}
	if o := k.own(zoe); o.Any() {
		k.t.Errorf("zoe: %+v", o)
	}
	if again, err := k.Draw(k.t.Context(), k.d, "summer", quiet); err != nil || again.Seed != done.Seed || again.Version != done.Version {
		k.t.Errorf("drawn again: %+v, %v", again, err)
	}
	if _, err := k.Cancel(k.t.Context(), k.d, "summer", "we do not like who won", quiet); code(err) != "draw_state" {
		k.t.Errorf("cancelled after it was drawn: %v", err)
	}
}

func TestADraftCanBeChangedAndAPublishedDrawCannot(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *stall) {
		d := summer()
		save := func(version int64) error {
			return k.d.Write(t.Context(), func(tx *db.Tx) error { _, err := draw.Save(tx, d, "user:1", version); return err })
		}
		k.ok(save(0))
		d.Name = "Another name"
		k.ok(save(1))
		if err := save(1); code(err) != "changed_meanwhile" {
			t.Errorf("an old version: %v", err)
		}
		discard := func(key string) error {
			return k.d.Write(t.Context(), func(tx *db.Tx) error { return draw.Discard(tx, key) })
		}
		k.ok(discard("summer"))
		if err := discard("summer"); code(err) != "draw_not_found" {
			t.Errorf("removed twice: %v", err)
		}
		k.ok(save(0))
		if err := k.enter(k.person(0)); code(err) != "draw_not_found" {
			t.Errorf("a draft is entered: %v", err)
		}
		k.write(func(tx *db.Tx) error { _, err := k.Publish(tx, "summer", "user:1"); return err })
		first := k.public()
		k.write(func(tx *db.Tx) error { _, err := k.Publish(tx, "summer", "user:1"); return err })
		if again := k.public(); again.Commitment != first.Commitment {
			t.Error("published again it has another seed")
		}
		if err := save(0); code(err) != "draw_state" {
			t.Errorf("changed after it was published: %v", err)
		}
		if err := discard("summer"); code(err) != "draw_state" {
			t.Errorf("removed after it was published: %v", err)
		}
		d.Draw, d.Opens, d.Closes = "past", began.Add(-2*day), began.Add(-day)
		k.ok(save(0))
		if err := k.d.Write(t.Context(), func(tx *db.Tx) error { _, err := k.Publish(tx, "past", "user:1"); return err }); code(err) != "in_the_past" {
			t.Errorf("published after its close: %v", err)
		}
		var all, public []draw.Stored
		k.read(func(tx *db.Tx) (err error) {
			if all, err = draw.List(tx, true, 0, "", 10); err == nil {
				public, err = draw.List(tx, false, 0, "", 10)
			}
			return err
		})
		if len(all) != 2 || len(public) != 1 || all[0].Draw.Draw != "summer" {
			t.Errorf("%d draws, %d of them public", len(all), len(public))
		}
	})
}

func TestADrawThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]func(d *draw.Draw){
		"draw":                 func(d *draw.Draw) { d.Draw = "Summer 1" },
		"name":                 func(d *draw.Draw) { d.Name = " " },
		"prizes":               func(d *draw.Draw) { d.Prizes = nil },
		"prizes[0].name":       func(d *draw.Draw) { d.Prizes[0].Name = "a\nprize 1 b" },
		"prizes[1].count":      func(d *draw.Draw) { d.Prizes[1].Count = 0 },
		"opens":                func(d *draw.Draw) { d.Opens = time.Time{} },
		"closes":               func(d *draw.Draw) { d.Closes = d.Opens },
		"terms":                func(d *draw.Draw) { d.Terms = strings.Repeat("x", 20_001) },
		"free":                 func(d *draw.Draw) { d.Free, d.Bought, d.Earned = false, nil, nil },
		"bought.unit":          func(d *draw.Draw) { d.Bought.Unit = "" },
		"bought.price":         func(d *draw.Draw) { d.Bought.Price = 0 },
		"bought.per_member":    func(d *draw.Draw) { d.Bought.PerMember = 1_000_001 },
		"earned.minimum_minor": func(d *draw.Draw) { d.Earned.MinimumMinor = 0 },
		"earned.most":          func(d *draw.Draw) { d.Earned.Most = 0 },
	} {
		d := summer()
		if err := d.Check(); err != nil {
			t.Fatal(err)
		}
		change(&d)
		var f *fault.Fault
		if err := d.Check(); !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != what {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestACancelledDrawGivesBackWhatEntriesCost(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *stall) {
		ada, bob := k.person(100), k.person(100)
		k.publish(summer())
		k.ok(k.buyEntries(ada, 2, "a"))
		k.ok(k.buyEntries(ada, 3, "b"))
		k.ok(k.buyEntries(bob, 5, "a"))
		if _, err := k.Cancel(t.Context(), k.d, "summer", "  ", quiet); code(err) != "reason_length" {
			t.Errorf("without a reason: %v", err)
		}
		k.pass(10 * day)
		k.close()
		for range 2 {
			s, err := k.Cancel(t.Context(), k.d, "summer", "the shop has burnt down", quiet)
			if err != nil || s.State != draw.Cancelled || s.Reason != "the shop has burnt down" {
				t.Fatalf("%+v, %v", s, err)
			}
			if a, b := k.has(ada), k.has(bob); a.Available != 100 || b.Available != 100 || a.Spent != 0 {
				t.Errorf("they have %+v and %+v", a, b)
			}
		}
		if p := k.public(); p.Reason == "" || p.List == "" {
			t.Error("what was frozen, and why it was cancelled, is not shown")
		}
		if _, err := k.Draw(t.Context(), k.d, "summer", quiet); code(err) != "draw_state" {
			t.Errorf("drawn all the same: %v", err)
		}
		if err := k.enter(ada); code(err) != "draw_closed" {
			t.Errorf("entered all the same: %v", err)
		}
	})
}

// What a list says cannot be changed without being found out: not by its hash, not by those who draw, not by the checks.
func TestAChangedListIsNotDrawn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *stall) {
		for range 5 {
			k.ok(k.another())
		}
		k.pass(10 * day)
		k.close()
		undo := k.tamper("UPDATE draw_lists SET lines = replace(lines, ' 1\n', ' 2\n')")
		if _, err := k.Draw(t.Context(), k.d, "summer", quiet); code(err) != "draw_changed" {
			t.Errorf("drawn: %v", err)
		}
		if found := k.found(); len(found) != 1 || found[0] != "draw_list summer" {
			t.Errorf("found %v", found)
		}
		undo("UPDATE draw_lists SET lines = replace(lines, ' 2\n', ' 1\n')")
		undo("DELETE FROM draw_entrants") // who entered is on the list by now
		s, err := k.Draw(t.Context(), k.d, "summer", quiet)
		if err != nil || s.State != draw.Drawn {
			t.Fatalf("%+v, %v", s, err)
		}
		undo("UPDATE draw_winners SET prize = 'A bicycle' WHERE place = 2")
		if found := k.found(); len(found) != 1 || found[0] != "draw_winners summer" {
			t.Errorf("found %v", found)
		}
		undo("UPDATE draw_winners SET prize = 'A bag of coffee' WHERE place = 2")
	})
}

// another makes a person who enters; the draw is published where it is not yet.
func (k *stall) another() error {
	var there bool
	k.read(func(tx *db.Tx) error {
		_, err := draw.Load(tx, "summer")
		there = err == nil
		return nil
	})
	if !there {
		k.publish(summer())
	}
	return k.enter(k.person(0))
}

func (k *stall) tamper(statement string) func(string) {
	k.t.Helper()
	do := func(text string) {
		k.write(func(tx *db.Tx) error {
			n, err := tx.Exec(text)
			if err == nil && n == 0 {
				err = fmt.Errorf("%s: nothing was changed", text)
			}
			return err
		})
	}
	do(statement)
	return do
}

func TestAnotherKeyFileDrawsNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *stall) {
		ada := k.person(20)
		k.publish(summer())
		k.ok(k.buyEntries(ada, 2, "a"))
		k.pass(10 * day)
		other := &draw.Desk{Ledger: k.Ledger, Box: secret.New(make([]byte, 32))}
		if _, err := other.Close(t.Context(), k.d, "summer", quiet); code(err) != "other_key_file" {
			t.Errorf("closed: %v", err)
		}
		k.close()
		if _, err := other.Draw(t.Context(), k.d, "summer", quiet); code(err) != "other_key_file" {
			t.Errorf("drawn: %v", err)
		}
		k.read(func(tx *db.Tx) error { // what is known of a person can be told all the same
			all, err := other.OfAll(tx, ada)
			if err != nil || len(all) != 1 || all[0].Bought != 2 || len(all[0].Entries) != 0 {
				t.Errorf("%+v, %v", all, err)
			}
			return nil
		})
		if _, err := other.Cancel(t.Context(), k.d, "summer", "the key file is lost", quiet); err != nil || k.has(ada).Available != 20 {
			t.Errorf("cancelled: %v", err)
		}
	})
}

func TestPeopleWhoAreMergedAndErased(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *stall) {
		ada, twin, bob, eve := k.person(100), k.person(100), k.person(50), k.person(10)
		k.publish(summer())
		for _, who := range []int64{ada, twin, bob, eve} {
			k.ok(k.enter(who))
		}
		k.ok(k.buyEntries(ada, 2, "a"))
		k.ok(k.buyEntries(twin, 2, "a"))
		k.ok(k.buyEntries(eve, 1, "a"))
		k.write(func(tx *db.Tx) error { _, err := customer.Merge(tx, twin, ada); return err })
		k.ok(k.buyEntries(ada, 2, "a")) // which was bought before, by one of the two
		if err := k.buyEntries(ada, 2, "b"); code(err) != "draw_limit" {
			t.Errorf("five is the limit for both together: %v", err)
		}
		k.ok(k.buyEntries(ada, 1, "c"))
		erase := func(who int64) {
			k.write(func(tx *db.Tx) error {
				if err := customer.Erase(tx, who); err != nil {
					return err
				}
				return errors.Join(member.Forget(tx, who), draw.Forget(tx, who))
			})
		}
		erase(eve)
		k.pass(10 * day)
		s := k.close()
		if s.Entrants != 2 || s.Entries != 1+5+1 {
			t.Fatalf("%d entrants with %d entries", s.Entrants, s.Entries)
		}
		erase(bob)
		done, err := k.Draw(t.Context(), k.d, "summer", quiet)
		if err != nil {
			t.Fatal(err)
		}
		p := k.public()
		if v := draw.Verify(&p, draw.Noted{ListHash: s.ListHash}); !v.OK() || done.Entrants != 2 || len(p.Winners) != 2 {
			t.Errorf("after somebody on it was erased: %v", v.String())
		}
		if o := k.own(ada); len(o.Won) != 1 || o.Weight() != 6 {
			t.Errorf("ada: %+v", o)
		}
		k.write(func(tx *db.Tx) error { _, err := customer.Undo(tx, twin); return err })
		if o, other := k.own(ada), k.own(twin); len(o.Entries) != 1 || len(other.Entries) != 0 {
			t.Errorf("apart again: %+v, %+v", o, other)
		}
	})
}

// Many who buy, close and draw at once: nobody has more than the limit, nobody pays for what is not on the list, and there is
// one list and one outcome.
func TestDrawsUnderARush(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *stall) {
		people := []int64{k.person(1000), k.person(1000), k.person(1000)}
		k.publish(summer())
		var all sync.WaitGroup
		var bought atomic.Int64
		for n := range 30 {
			all.Go(func() {
				err := k.buyEntries(people[n%3], 1+int64(n)%2, fmt.Sprint("k", n))
				switch {
				case err == nil:
					bought.Add(1 + int64(n)%2)
				case code(err) != "draw_limit":
					t.Error(err)
				}
			})
			if n%5 == 0 {
				all.Go(func() {
					if err := k.enter(people[n%3]); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		sum := int64(0)
		for _, who := range people {
			o := k.own(who)
			if o.Bought > 5 || k.has(who).Spent != 10*o.Bought || o.Free != 1 {
				t.Errorf("%+v, for %d", o, k.has(who).Spent)
			}
			sum += o.Bought
		}
		if sum != bought.Load() {
			t.Errorf("%d entries were sold, %d counted", bought.Load(), sum)
		}
		k.pass(10 * day)
		var lists, seeds sync.Map
		var recorded atomic.Int64
		note := func(*db.Tx) error { recorded.Add(1); return nil }
		for range 6 {
			all.Go(func() {
				s, err := k.Close(t.Context(), k.d, "summer", note)
				if err != nil {
					t.Error(err)
				}
				lists.Store(s.ListHash, true)
			})
		}
		all.Wait()
		if recorded.Load() < 1 {
			t.Error("nobody closed it")
		}
		for range 6 {
			all.Go(func() {
				s, err := k.Draw(t.Context(), k.d, "summer", note)
				if err != nil {
					t.Error(err)
				}
				seeds.Store(s.Seed+s.ListHash, true)
			})
		}
		all.Wait()
		for what, of := range map[string]*sync.Map{"lists": &lists, "outcomes": &seeds} {
			n := 0
			of.Range(func(_, _ any) bool { n++; return true })
			if n != 1 {
				t.Errorf("%d %s", n, what)
			}
		}
		if p := k.public(); len(p.Winners) != 3 {
			t.Errorf("%d winners", len(p.Winners))
		}
	})
}

// Whoever enters while it is closed is on the list, or is told that it is closed and keeps the units.
func TestEnteringWhileItCloses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *stall) {
		var people []int64
		for range 12 {
			people = append(people, k.person(10))
		}
		k.publish(summer())
		k.us.Store(began.Add(10*day - 3*time.Microsecond).UnixMicro())
		var all sync.WaitGroup
		for n, who := range people {
			all.Go(func() {
				k.pass(time.Microsecond)
				if err := k.buyEntries(who, 1, "a"); err != nil && code(err) != "draw_closed" {
					t.Error(err)
				}
			})
			if n%3 == 0 {
				all.Go(func() {
					if _, err := k.Close(t.Context(), k.d, "summer", quiet); err != nil && code(err) != "draw_early" {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		k.ok(k.Due(t.Context(), k.d))
		s := k.close()
		var paid int64
		for _, who := range people {
			spent := k.has(who).Spent / 10
			if o := k.own(who); o.Weight() != spent {
				t.Errorf("paid for %d, and is on the list with %d", spent, o.Weight())
			}
			paid += spent
		}
		if s.State != draw.Frozen || s.Entries != paid {
			t.Errorf("%d entries for %d paid", s.Entries, paid)
		}
	})
}

// The job closes what is over, and goes on with what was left in the middle.
func TestTheJobFinishesWhatWasBegun(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *stall) {
		ada := k.person(100)
		k.publish(summer())
		k.ok(k.buyEntries(ada, 2, "a"))
		k.ok(k.Due(t.Context(), k.d))
		if p := k.public(); p.State != draw.Published {
			t.Errorf("before the close: %s", p.State)
		}
		k.pass(10 * day)
		k.tamper("UPDATE draws SET state = 'closing'") // as a close that was stopped leaves it
		k.ok(k.Due(t.Context(), k.d))
		if p := k.public(); p.State != draw.Frozen || !strings.Contains(p.List, " 2\n") {
			t.Errorf("after it: %+v", p)
		}
		k.tamper("UPDATE draws SET state = 'cancelled', reason = 'x'") // as a cancelling that was stopped leaves it
		k.ok(k.Due(t.Context(), k.d))
		k.ok(k.Due(t.Context(), k.d))
		if k.has(ada).Available != 100 {
			t.Errorf("given back: %+v", k.has(ada))
		}
	})
}

// Lists of more entries than a row holds are found, hashed and drawn like others.
func TestALongList(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *stall) {
		d := summer()
		d.Prizes = []draw.Prize{{Name: "A coffee", Count: 700}}
		k.publish(d)
		var first, last int64
		k.write(func(tx *db.Tx) error {
			var identities []customer.Identity
			for i := range 1203 {
				identities = append(identities, customer.Identity{Kind: customer.OwnID, Value: fmt.Sprint(i)})
			}
			_, made, err := customer.Make(tx, k.Ledger.IDs, identities)
			if err != nil {
				return err
			}
			first, last = made[0], made[len(made)-1]
			for _, who := range made {
				if _, err := tx.Exec("INSERT INTO draw_entrants (customer_id, draw, free_entries, bought_entries, entered_us) VALUES ($1, 'summer', 1, 0, 0)", who); err != nil {
					return err
				}
			}
			return nil
		})
		k.pass(10 * day)
		s := k.close()
		if _, err := k.Draw(t.Context(), k.d, "summer", quiet); err != nil || s.Entrants != 1203 {
			t.Fatalf("%+v, %v", s, err)
		}
		p := k.public()
		if v := draw.Verify(&p, draw.Noted{}); !v.OK() || len(p.Winners) != 700 {
			t.Errorf("%d winners: %v", len(p.Winners), v.String())
		}
		for _, who := range []int64{first, last} {
			if o := k.own(who); o.Weight() != 1 || !strings.Contains(p.List, "entry "+o.Entries[0].Code+" 1\n") {
				t.Errorf("%+v", o)
			}
		}
	})
}

// One draw that cannot be closed keeps no other back.
func TestADrawThatCannotBeClosedKeepsNoOtherBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *stall) {
		broken := summer()
		broken.Draw = "broken"
		k.publish(broken)
		k.publish(summer())
		k.ok(k.enter(k.person(0)))
		k.pass(10 * day)
		k.write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE draws SET sealed_salt = $1 WHERE draw = 'broken'", []byte("another"))
			return err
		})
		if err := k.Due(t.Context(), k.d); code(err) != "other_key_file" {
			t.Errorf("the job says %v", err)
		}
		if p := k.public(); p.State != draw.Frozen {
			t.Errorf("the other is %s", p.State)
		}
		if _, err := k.Cancel(t.Context(), k.d, "broken", "the key file is lost", quiet); err != nil {
			t.Error(err)
		}
		k.ok(k.Due(t.Context(), k.d))
	})
}
