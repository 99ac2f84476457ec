package webhook_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/base/webhook"
)

// Of a time, what failed or was never sent is sent again, or everything; another time and other types are not.
func TestARangeIsReplayed(t *testing.T) {
	t.Parallel()
	eachWithClock(t, impatient, func(t *testing.T, k *desk, c *clock) {
		t.Helper()
		var broken atomic.Bool
		r := receive(t, func(_ int, _ received, w http.ResponseWriter) {
			if broken.Load() {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
		other := receive(t, nil)
		k.create(other.URL) // wants all, so that messages are kept
		e, _ := k.create(r.URL, "order.created")
		began := c.now()
		k.tell("order.created") // delivered
		k.settled(e.ID, 1)
		c.add(time.Hour)
		broken.Store(true)
		k.tell("order.created", "order.created", "customer.created") // failed
		// Pauses are of the test's clock.
		until(t, "they fail", func() bool {
			c.add(time.Second)
			return !slices.ContainsFunc(k.deliveries(e.ID), func(d webhook.Delivery) bool { return d.State == webhook.Waiting })
		})
		broken.Store(false)
		middle := c.now()
		c.add(time.Hour)
		k.tell("order.created") // delivered, later
		k.settled(e.ID, 4)
		came := func() (n map[string]int) {
			n = map[string]int{}
			for _, m := range r.all() {
				n[m.id]++
			}
			return n
		}
		all := k.deliveries(e.ID)
		if all[1].State != webhook.Failed || all[2].State != webhook.Failed || all[3].State != webhook.Delivered {
			t.Fatalf("%+v", all)
		}
		before := came()
		replay := func(from, to time.Time, everything bool, want ...int) {
			t.Helper()
			k.write(func(tx *db.Tx) error {
				_, err := k.ReplayRange(tx, e.ID, webhook.Range{From: from, To: to, All: everything})
				return err
			})
			var got []int
			until(t, fmt.Sprintf("those of %v to %v have come again, %v", from, to, want), func() bool {
				got = nil
				for _, d := range all {
					got = append(got, came()[d.Message]-before[d.Message])
				}
				return slices.Equal(got, want)
			})
			k.settled(e.ID, 4)
			before = came()
		}
		replay(began.Add(-time.Minute), middle.Add(time.Minute), false, 0, 1, 1, 0)
		replay(began.Add(-time.Minute), middle.Add(time.Minute), true, 0, 1, 1, 1)
		replay(middle, c.now().Add(time.Hour), true, 1, 0, 0, 0)
		if len(other.all()) != 5 {
			t.Errorf("the other endpoint received %d messages", len(other.all()))
		}
		err := k.d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := k.ReplayRange(tx, e.ID, webhook.Range{From: middle, To: began})
			return err
		})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("a time that ends before it begins: %v", err)
		}
	})
}

// Two times asked for in one go are both sent: neither takes the other's place.
func TestEveryRangeIsReplayed(t *testing.T) {
	t.Parallel()
	eachWithClock(t, impatient, func(t *testing.T, k *desk, c *clock) {
		t.Helper()
		r := receive(t, nil)
		e, _ := k.create(r.URL)
		began := c.now()
		k.tell("order.created")
		k.settled(e.ID, 1)
		c.add(time.Hour)
		middle := c.now()
		c.add(time.Hour)
		k.tell("order.created")
		k.settled(e.ID, 2)
		k.write(func(tx *db.Tx) error {
			if _, err := k.ReplayRange(tx, e.ID, webhook.Range{From: began.Add(-time.Minute), To: middle, All: true}); err != nil {
				return err
			}
			_, err := k.ReplayRange(tx, e.ID, webhook.Range{From: middle, To: c.now().Add(time.Hour), All: true})
			return err
		})
		until(t, "both have come twice", func() bool {
			n := map[string]int{}
			for _, m := range r.all() {
				n[m.id]++
			}
			return len(n) == 2 && !slices.ContainsFunc(k.deliveries(e.ID), func(d webhook.Delivery) bool { return n[d.Message] != 2 })
		})
	})
}

// What waits is not sent a second time, and one that was discarded can be.
func TestOneReplayAtATime(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		k := newDesk(t, d, impatient)
		r := receive(t, nil)
		e, _ := k.create(r.URL)
		k.tell("order.created") // nobody sends yet
		m := k.deliveries(e.ID)[0].Message
		replay := func() error { return d.Write(t.Context(), func(tx *db.Tx) error { return k.Replay(tx, e.ID, m) }) }
		if err := replay(); fault.KindOf(err) != fault.Conflict {
			t.Errorf("replayed what waits: %v", err)
		}
		k.write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE jobs SET state = 'discarded', finished_us = $1", tx.Now)
			return err
		})
		if err := replay(); err != nil {
			t.Error(err)
		}
		k.run()
		k.settled(e.ID, 1)
		if err := replay(); err != nil {
			t.Errorf("replay what was delivered: %v", err)
		}
		until(t, "it came twice", func() bool { return len(r.all()) == 2 })
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return k.Replay(tx, e.ID, "msg_0000000000001") }); fault.KindOf(err) != fault.NotFound {
			t.Errorf("replay what is not there: %v", err)
		}
	})
}

func TestDeliveriesAreListedPageByPage(t *testing.T) {
	t.Parallel()
	each(t, impatient, func(t *testing.T, k *desk) {
		r := receive(t, func(_ int, m received, w http.ResponseWriter) {
			if m.kind == "customer.created" {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
		e, _ := k.create(r.URL)
		for range 7 {
			k.tell("order.created", "customer.created")
		}
		k.settled(e.ID, 14)
		page := func(f webhook.DeliveryFilter, after string) (all []webhook.Delivery) {
			if err := k.d.Read(t.Context(), func(tx *db.Tx) (err error) { all, err = k.Deliveries(tx, e.ID, f, after, 4); return err }); err != nil {
				t.Fatal(err)
			}
			return all
		}
		for _, c := range []struct {
			filter webhook.DeliveryFilter
			want   int
		}{{webhook.DeliveryFilter{}, 14}, {webhook.DeliveryFilter{Type: "order.created"}, 7}, {webhook.DeliveryFilter{State: webhook.Delivered}, 7},
			{webhook.DeliveryFilter{State: webhook.Failed}, 7}, {webhook.DeliveryFilter{State: webhook.Failed, Type: "order.created"}, 0}, {webhook.DeliveryFilter{State: webhook.Waiting}, 0}} {
			var ids []string
			for after := ""; ; {
				some := page(c.filter, after)
				for _, d := range some {
					ids = append(ids, d.Message)
				}
				if len(some) < 4 {
					break
				}
				after = some[3].Message
			}
			if len(ids) != c.want || !slices.IsSortedFunc(ids, func(a, b string) int { return strings.Compare(b, a) }) {
				t.Errorf("%+v: %v", c.filter, ids)
			}
		}
		if err := k.d.Read(t.Context(), func(tx *db.Tx) error {
			_, err := k.Deliveries(tx, e.ID, webhook.DeliveryFilter{State: "lost"}, "", 4)
			return err
		}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a state that there is not: %v", err)
		}
	})
}

// Messages and their log go after 30 days.
func TestOldMessagesGo(t *testing.T) {
	t.Parallel()
	eachWithClock(t, impatient, func(t *testing.T, k *desk, c *clock) {
		t.Helper()
		r := receive(t, nil)
		e, _ := k.create(r.URL)
		k.tell("order.created")
		k.settled(e.ID, 1)
		c.add(29 * 24 * time.Hour)
		k.tell("order.created", "order.created")
		k.settled(e.ID, 3)
		c.add(2 * 24 * time.Hour)
		k.write(addPurge)
		until(t, "the first is gone", func() bool { return len(k.deliveries(e.ID)) == 2 })
		for table, want := range map[string]int{"webhook_messages": 2, "webhook_deliveries": 2, "webhook_attempts": 2} {
			var n int
			k.write(func(tx *db.Tx) error { return tx.QueryRow("SELECT count(*) FROM " + table).Scan(&n) })
			if n != want {
				t.Errorf("%d rows of %s, want %d", n, table, want)
			}
		}
	})
}

// TestChildTells tells messages and sends them, and prints the number of each that was acknowledged, until it is killed.
func TestChildTells(t *testing.T) {
	d := dbtest.InChild(t)
	if d == nil {
		return
	}
	k := newDesk(t, d, impatient)
	k.run()
	for n := 0; ; n++ {
		said := fmt.Sprintf("%d.%d", os.Getpid(), n)
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			return k.Tell(tx, webhook.Event{Type: "order.created", Data: map[string]string{"id": said}})
		}); err != nil {
			continue
		}
		if _, err := fmt.Fprintf(os.Stdout, "told %s\n", said); err != nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// A process that tells and sends is killed at random moments: whatever was acknowledged arrives, under one id.
func TestNoMessageIsLostInACrash(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		migrate(t, d)
		r := receive(t, nil)
		k := newDesk(t, d, impatient)
		e, secret := k.create(r.URL)
		told := map[string]bool{}
		for range dbtest.CrashRounds(t, 8) {
			dbtest.Crash(t, dbtest.Child(t, "TestChildTells", o), nil, func(line string) {
				if said, ok := strings.CutPrefix(line, "told "); ok {
					told[said] = true
				}
			})
		}
		k.run()
		until(t, "nothing waits", func() bool {
			var waits int
			k.write(func(tx *db.Tx) error {
				return tx.QueryRow("SELECT count(*) FROM webhook_deliveries WHERE state <> 'delivered'").Scan(&waits)
			})
			return waits == 0
		})
		ids := map[string]string{}
		for _, m := range r.all() {
			if err := m.verify(secret); err != nil {
				t.Error(err)
			}
			_, said, _ := strings.Cut(string(m.payload), `"data":{"id":"`)
			said, _, _ = strings.Cut(said, `"`)
			if ids[said] != "" && ids[said] != m.id {
				t.Errorf("%s came as %s and %s", said, ids[said], m.id)
			}
			ids[said] = m.id
		}
		for said := range told {
			if ids[said] == "" {
				t.Errorf("%s was told and did not come", said)
			}
		}
		t.Logf("%d told, %d messages came %d times", len(told), len(ids), len(r.all()))
		if len(told) == 0 || k.endpoint(e.ID).FailingSince != (time.Time{}) {
			t.Error("nothing was told, or the endpoint fails")
		}
	})
}
