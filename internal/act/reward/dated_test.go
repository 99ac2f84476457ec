package reward_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/base/secret"
	"regulars/internal/record/fact"
)

func terms(t *testing.T, of any) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(of)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sweep writes down what time, or a cancelled draw, has ended, as the job does.
func (k *counter) sweep() {
	k.t.Helper()
	for _, kind := range reward.JobKinds(k.d, func(context.Context) (*reward.Desk, error) { return k.Desk, nil }) {
		if err := kind.Run(k.t.Context(), nil); err != nil {
			k.t.Fatal(err)
		}
	}
}

func (k *counter) state(r reward.Redemption) (state reward.State) {
	k.t.Helper()
	k.write(func(tx *db.Tx) error {
		now, err := reward.Get(tx, r.Customer, r.ID)
		state = now.State
		return err
	})
	return state
}

// A place at an event can be had until it begins, and who came can be written down the day after; days for which other rewards are
// good do not matter.
func TestAnEventIsGoodToItsDay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *counter) {
		zone := k.Ledger.Zone
		begins := time.Date(2026, 7, 10, 20, 30, 0, 0, zone)
		k.offer(reward.Reward{Reward: "tasting", Kind: reward.Occasion, Terms: terms(t, reward.Event{Begins: begins, Place: "The cellar"}), Unit: "points", Price: 10, GoodDays: 5})
		ada, bob := k.person(30), k.person(30)
		r, err := k.redeem(ada, "tasting", "1", 0)
		if err != nil {
			t.Fatal(err)
		}
		if want := time.Date(2026, 7, 12, 0, 0, 0, 0, zone); !r.Until.Equal(want) {
			t.Errorf("a place is good until %s, not %s", r.Until.In(zone), want)
		}
		held, err := k.redeem(ada, "tasting", "2", 300*24*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		k.us.Store(begins.Add(-time.Second).UnixMicro())
		if _, err := k.redeem(bob, "tasting", "1", 0); err != nil {
			t.Errorf("a second before it begins: %v", err)
		}
		k.pass(time.Second)
		if _, err := k.redeem(bob, "tasting", "2", 0); code(err) != "reward_closed" {
			t.Errorf("when it has begun: %v", err)
		}
		k.write(func(tx *db.Tx) error {
			s, err := reward.Load(tx, "tasting")
			if err != nil {
				return err
			}
			if q, err := k.Quote(tx, bob, &s); err != nil || code(q.Why) != "reward_closed" {
				t.Errorf("a quote says %v, %v", q.Why, err)
			}
			return nil
		})
		k.pass(20 * time.Hour)
		if got, err := k.do(func(tx *db.Tx) (reward.Redemption, error) { return k.Use(tx, ada, r.ID, "", reward.Who{Actor: "test"}) }); err != nil || got.State != reward.Used {
			t.Errorf("who came, the day after: %v, %v", got.State, err)
		}
		if _, err := k.do(func(tx *db.Tx) (reward.Redemption, error) {
			return k.Refund(tx, ada, held.ID, reward.Who{Actor: "test"})
		}); err != nil {
			t.Error(err)
		}
	})
}

// Early access can be had, and is good, to the end of its window.
func TestEarlyAccessEndsWithItsWindow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *counter) {
		until := began.Add(48 * time.Hour)
		k.offer(reward.Reward{Reward: "early", Kind: reward.EarlyAccess, Terms: terms(t, reward.Window{From: began.Add(time.Hour), Until: until, What: "The new blend"}), GoodDays: 90})
		ada := k.person(0)
		if r, err := k.redeem(ada, "early", "1", 0); err != nil || !r.Until.Equal(until) {
			t.Errorf("good until %s, %v", r.Until, err)
		}
		k.us.Store(until.UnixMicro())
		if _, err := k.redeem(ada, "early", "2", 0); code(err) != "reward_closed" {
			t.Errorf("after the window: %v", err)
		}
	})
}

// The places of an event are what can be had of it from the first moment on; more of them are more that are left.
func TestPlacesAreCounted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *counter) {
		event := func(places int64) reward.Reward {
			return reward.Reward{Reward: "tasting", Kind: reward.Occasion, Terms: terms(t, reward.Event{Begins: began.Add(100 * time.Hour), Places: places})}
		}
		set := func(r reward.Reward) {
			t.Helper()
			k.write(func(tx *db.Tx) error {
				left, err := r.LeftNow(tx)
				if err == nil {
					_, err = reward.Save(tx, r, left, 0)
				}
				return err
			})
		}
		few := event(2)
		few.Name = "tasting"
		set(few)
		ada := k.person(0)
		for i, want := range []string{"", "", "none_left"} {
			if _, err := k.redeem(ada, "tasting", string(rune('a'+i)), 0); want == "" && err != nil || want != "" && code(err) != want {
				t.Errorf("place %d: %v", i+1, err)
			}
		}
		set(few)
		if n := k.left("tasting"); n != 0 {
			t.Errorf("said again, there are %d", n)
		}
		more := event(5)
		more.Name = "tasting"
		set(more)
		if n := k.left("tasting"); n != 3 {
			t.Errorf("of five places, two taken, there are %d left", n)
		}
		set(few)
		if n := k.left("tasting"); n != 0 {
			t.Errorf("of two places again there are %d left", n)
		}
	})
}

// drawn is a draw that takes entries of rewards, three of a person.
func (k *counter) drawn(key string, rules *draw.Rules) *draw.Desk {
	k.t.Helper()
	desk := &draw.Desk{Ledger: k.Ledger, Box: secret.New(bytes.Repeat([]byte{7}, 32))}
	k.write(func(tx *db.Tx) error {
		if _, err := draw.Save(tx, draw.Draw{Draw: key, Name: key, Opens: began, Closes: began.Add(48 * time.Hour), Free: true, Prizes: []draw.Prize{{Name: "A bicycle", Count: 1}}, Rules: rules}, "user:1", 0); err != nil {
			return err
		}
		_, err := desk.Publish(tx, key, "user:1")
		return err
	})
	return desk
}

func (k *counter) entries(desk *draw.Desk, key string, who int64) (n int64) {
	k.t.Helper()
	k.write(func(tx *db.Tx) error {
		s, err := draw.Load(tx, key)
		if err != nil {
			return err
		}
		own, err := desk.Of(tx, &s, []int64{who})
		n = own.Rules
		return err
	})
	return n
}

// agrees runs the checks of draws, which know what entries were given for.
func (k *counter) agrees() {
	k.t.Helper()
	for _, c := range draw.Checks() {
		if found, err := c.Run(k.t.Context(), k.d); err != nil || found.N != 0 {
			k.t.Errorf("%s: %d breaches, such as %s, %v", c.Key, found.N, found.Example, err)
		}
	}
}

// Entries are in the draw as soon as they are paid for, and count when it is frozen; where the draw takes none, nothing is paid.
func TestEntriesAreInTheDraw(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *counter) {
		desk := k.drawn("spring", &draw.Rules{Most: 3})
		k.drawn("closed", nil)
		two := func(of string) reward.Reward {
			return reward.Reward{Reward: of, Kind: reward.Draw, Terms: json.RawMessage(`{"draw":"` + of + `","entries":2}`), Unit: "points", Price: 10, GoodDays: 1}
		}
		for _, of := range []string{"spring", "closed", "nowhere"} {
			k.offer(two(of))
		}
		ada, bob := k.person(100), k.person(100)
		for of, want := range map[string]string{"closed": "draw_way", "nowhere": "draw_closed"} {
			if _, err := k.redeem(ada, of, of, 0); code(err) != want {
				t.Errorf("%s: %v", of, err)
			}
		}
		r, err := k.redeem(ada, "spring", "1", 0)
		if err != nil || r.State != reward.Issued || !r.Until.Equal(began.Add(48*time.Hour)) {
			t.Fatalf("%+v, %v", r, err)
		}
		if n := k.entries(desk, "spring", ada); n != 2 {
			t.Errorf("%d entries are in", n)
		}
		k.agrees()
		if again, err := k.redeem(ada, "spring", "1", 0); err != nil || !again.Repeated || k.entries(desk, "spring", ada) != 2 {
			t.Errorf("asked for again: %+v, %v, %d entries", again, err, k.entries(desk, "spring", ada))
		}
		if _, err := k.redeem(ada, "spring", "2", 0); code(err) != "draw_limit" {
			t.Errorf("four of three: %v", err)
		}
		if b := k.balance(ada); b.Available != 90 {
			t.Errorf("of 100 there are %d after one was paid for", b.Available)
		}
		// Held ones are in when they are issued, and out when they are given back.
		held, err := k.redeem(bob, "spring", "1", time.Hour)
		if err != nil || k.entries(desk, "spring", bob) != 0 {
			t.Fatalf("held: %v, %d entries", err, k.entries(desk, "spring", bob))
		}
		if _, err := k.do(func(tx *db.Tx) (reward.Redemption, error) {
			return k.Issue(tx, bob, held.ID, reward.Who{Actor: "test"})
		}); err != nil || k.entries(desk, "spring", bob) != 2 {
			t.Fatalf("issued: %v, %d entries", err, k.entries(desk, "spring", bob))
		}
		if _, err := k.do(func(tx *db.Tx) (reward.Redemption, error) {
			return k.Refund(tx, bob, held.ID, reward.Who{Actor: "test"})
		}); err != nil || k.entries(desk, "spring", bob) != 0 || k.balance(bob).Available != 100 {
			t.Fatalf("given back: %v, %d entries, %d units", err, k.entries(desk, "spring", bob), k.balance(bob).Available)
		}
		k.agrees()
		k.pass(48 * time.Hour)
		k.sweep()
		k.agrees()
		if s := k.state(r); s != reward.Used {
			t.Errorf("when the draw is closed, what was taken is %s", s)
		}
		s, err := desk.Close(t.Context(), k.d, "spring", func(*db.Tx) error { return nil })
		if err != nil || s.Entrants != 1 || s.Entries != 2 {
			t.Errorf("the frozen list has %d with %d entries, %v", s.Entrants, s.Entries, err)
		}
		if _, err := k.redeem(ada, "spring", "3", 0); code(err) != "draw_closed" {
			t.Errorf("after its close: %v", err)
		}
	})
}

// When a draw is cancelled, what was paid for entries comes back by itself, once.
func TestACancelledDrawGivesBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *counter) {
		desk := k.drawn("spring", &draw.Rules{Most: 9})
		k.offer(reward.Reward{Reward: "entry", Kind: reward.Draw, Terms: json.RawMessage(`{"draw":"spring"}`), Unit: "points", Price: 10, PerCustomer: 2})
		ada := k.person(100)
		r, err := k.redeem(ada, "entry", "1", 0)
		if err != nil {
			t.Fatal(err)
		}
		k.sweep()
		if s := k.state(r); s != reward.Issued {
			t.Errorf("while it is open it is %s", s)
		}
		k.write(func(tx *db.Tx) error { // what rules gave is nobody's to give back
			_, err := tx.Exec(`INSERT INTO programme_outcomes (customer_id, cause, version, known, outcome, turns, at_us) VALUES ($1, 'order:1', 1, '{}', '{}', 1, 0)`, ada)
			if err != nil {
				return err
			}
			_, err = draw.Put(tx, draw.Award{Customer: ada, Draw: "spring", Cause: "order:1", Rule: "r", Placed: fact.At(tx.Now, time.UTC)}, 1)
			return err
		})
		if _, err := desk.Cancel(t.Context(), k.d, "spring", "It rains.", func(*db.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			k.sweep()
			k.agrees()
			if s := k.state(r); s != reward.Refunded {
				t.Errorf("it is %s", s)
			}
			if b := k.balance(ada); b.Available != 100 {
				t.Errorf("%d units are there", b.Available)
			}
		}
	})
}

// Two who take the last entries that one person may have at the same moment do not pay for more.
func TestEntriesAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *counter) {
		desk := k.drawn("spring", &draw.Rules{Most: 3})
		k.offer(reward.Reward{Reward: "entry", Kind: reward.Draw, Terms: json.RawMessage(`{"draw":"spring"}`), Unit: "points", Price: 10})
		ada := k.person(100)
		done := make(chan error)
		for i := range 8 {
			go func() {
				_, err := k.do(func(tx *db.Tx) (reward.Redemption, error) {
					return k.Redeem(tx, reward.Wish{Customer: ada, Reward: "entry", Key: string(rune('a' + i)), Actor: "test"})
				})
				done <- err
			}()
		}
		var refused int
		for range 8 {
			if err := <-done; code(err) == "draw_limit" {
				refused++
			} else if err != nil {
				t.Error(err)
			}
		}
		if n, b := k.entries(desk, "spring", ada), k.balance(ada); n != 3 || b.Available != 70 || refused != 5 {
			t.Errorf("%d entries, %d units left, %d refused", n, b.Available, refused)
		}
	})
}
