package webhook_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/base/webhook"
)

func asFault(err error, f **fault.Fault) bool { return errors.As(err, f) }

// clock is a clock that a test moves.
type clock struct{ at atomic.Int64 }

func newClock(t *testing.T) *clock {
	t.Helper()
	c := &clock{}
	c.at.Store(time.Now().UnixMicro())
	return c
}

func (c *clock) now() time.Time      { return time.UnixMicro(c.at.Load()).UTC() }
func (c *clock) add(d time.Duration) { c.at.Add(d.Microseconds()) }
func addPurge(tx *db.Tx) error       { _, err := job.Add(tx, job.Job{Kind: "webhook.purge"}); return err }

// eachWithClock is each, with a clock of the test's.
func eachWithClock(t *testing.T, o webhook.Options, test func(t *testing.T, k *desk, c *clock)) {
	t.Helper()
	dbtest.EachOptions(t, func(t *testing.T, from db.Options) {
		c := newClock(t)
		from.Clock = c.now
		d := dbtest.Open(t, from)
		migrate(t, d)
		k := newDesk(t, d, o)
		k.run()
		test(t, k, c)
	})
}

// A receiver that never takes a message is asked ten times, over three days, each time a little later than the
// specification says; then the message is dead, and a replay of its job begins anew.
func TestAttemptsComeAsTheSpecificationSays(t *testing.T) {
	t.Parallel()
	o := impatient
	o.Pauses = nil
	eachWithClock(t, o, func(t *testing.T, k *desk, c *clock) {
		t.Helper()
		var mended atomic.Bool
		r := receive(t, func(_ int, _ received, w http.ResponseWriter) {
			if !mended.Load() {
				w.WriteHeader(http.StatusInternalServerError)
				fmt.Fprint(w, "no\x00 such\ntable")
			}
		})
		e, _ := k.create(r.URL)
		k.tell("order.created")
		var d webhook.Delivery
		for i, pause := range []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour,
			14 * time.Hour, 20 * time.Hour, 24 * time.Hour, 0} {
			until(t, fmt.Sprintf("attempt %d is over", i+1), func() bool { d = k.deliveries(e.ID)[0]; return d.Attempts == i+1 })
			if pause == 0 {
				break
			}
			if wait := d.Next.Sub(c.now()); wait < pause || wait > pause+pause/5 {
				t.Fatalf("after attempt %d it waits %v, want %v or a fifth more", i+1, wait, pause)
			}
			var due time.Time
			until(t, "the job waits", func() bool {
				due = time.Time{}
				for _, j := range jobs(t, k.d, job.Waiting) {
					due = j.Due
				}
				return !due.IsZero()
			})
			c.add(due.Sub(c.now()))
		}
		until(t, "it is dead", func() bool { return len(jobs(t, k.d, job.Dead)) == 1 })
		if d.State != webhook.Failed || !strings.Contains(jobs(t, k.d, job.Dead)[0].Error, "answered 500") {
			t.Errorf("%+v, %+v", d, jobs(t, k.d, job.Dead))
		}
		if a := k.attempts(e.ID, d.Message); len(a) != 10 || a[9].Status != 500 || a[9].Excerpt != "no  such table" {
			t.Errorf("%d attempts, the last %+v", len(a), a[len(a)-1])
		}
		if k.endpoint(e.ID).FailingSince.IsZero() {
			t.Error("the endpoint does not fail")
		}
		mended.Store(true)
		k.write(func(tx *db.Tx) error { return k.Replay(tx, e.ID, d.Message) })
		k.settled(e.ID, 1)
		if d = k.deliveries(e.ID)[0]; d.State != webhook.Delivered || d.Attempts != 11 || len(jobs(t, k.d, job.Dead)) != 0 {
			t.Errorf("replayed: %+v", d)
		}
		if !k.endpoint(e.ID).FailingSince.IsZero() {
			t.Error("the endpoint still fails")
		}
		for _, m := range r.all() {
			if m.id != d.Message {
				t.Errorf("the message came as %s and %s", m.id, d.Message)
			}
		}
	})
}

// jobs lists the jobs of deliveries in a state.
func jobs(t *testing.T, d *db.DB, s job.State) (all []job.Record) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		all, err = job.List(tx, job.Filter{Kind: "webhook.deliver", State: s}, 0, 100)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	eachWithClock(t, impatient, func(t *testing.T, k *desk, c *clock) {
		t.Helper()
		headers := []string{"3600", "999999", time.Now().Add(2 * time.Hour).UTC().Format(http.TimeFormat), "soon", "-5"}
		for i, want := range []time.Duration{time.Hour, 24 * time.Hour, 2 * time.Hour, 0, 0} {
			r := receive(t, func(_ int, _ received, w http.ResponseWriter) {
				w.Header().Set("Retry-After", headers[i])
				w.WriteHeader(http.StatusTooManyRequests)
			})
			e, _ := k.create(r.URL)
			k.tell("order.created")
			var d webhook.Delivery
			until(t, "it was tried", func() bool { d = k.deliveries(e.ID)[0]; return d.Attempts >= 1 })
			wait := d.Next.Sub(c.now()) // the test's clock stands still
			if want > 0 && (wait < want-time.Minute || wait > want) || want == 0 && wait > time.Second {
				t.Errorf("%q: it waits %v, want %v", headers[i], wait, want)
			}
			k.write(func(tx *db.Tx) error { return k.Delete(tx, e.ID, 0) })
		}
	})
}

// An endpoint that is gone says 410, and is asked no more; what is told meanwhile is there for when it is enabled again.
func TestAnEndpointThatIsGoneIsDisabled(t *testing.T) {
	t.Parallel()
	each(t, impatient, func(t *testing.T, k *desk) {
		r := receive(t, func(n int, _ received, w http.ResponseWriter) {
			if n == 1 {
				w.WriteHeader(http.StatusGone)
			}
		})
		e, _ := k.create(r.URL)
		k.tell("order.created")
		k.settled(e.ID, 1)
		if e = k.endpoint(e.ID); e.Enabled || e.Reason != webhook.Gone || e.Version != 2 {
			t.Errorf("%+v", e)
		}
		first := k.deliveries(e.ID)[0]
		if first.State != webhook.Failed || len(jobs(t, k.d, job.Dead)) != 0 {
			t.Errorf("%+v", first)
		}
		// Until the Teller has heard of it, which is just after the commit that this test sees, a message still gets a delivery.
		// It is given up without being sent.
		told := 0
		until(t, "nothing more is written for it", func() bool {
			before := len(k.deliveries(e.ID))
			k.tell("order.created")
			told++
			return len(k.deliveries(e.ID)) == before
		})
		k.settled(e.ID, len(k.deliveries(e.ID)))
		if len(r.all()) != 1 {
			t.Errorf("%d requests after it was gone", len(r.all()))
		}
		err := k.d.Write(t.Context(), func(tx *db.Tx) error { return k.Replay(tx, e.ID, first.Message) })
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("replayed to an endpoint that is disabled: %v", err)
		}
		// A test message goes all the same.
		var test string
		k.write(func(tx *db.Tx) (err error) { test, err = k.Test(tx, e.ID); return err })
		until(t, "the test has come", func() bool { return len(r.all()) == 2 })
		if last := r.all()[1]; last.kind != webhook.TestType || last.id != test {
			t.Errorf("received %+v", last)
		}
		yes := true
		k.write(func(tx *db.Tx) error { _, err := k.Update(tx, e.ID, 0, webhook.Change{Enabled: &yes}); return err })
		k.write(func(tx *db.Tx) error {
			_, err := k.ReplayRange(tx, e.ID, webhook.Range{From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour)})
			return err
		})
		k.settled(e.ID, told+2)
		until(t, "all have come", func() bool { return len(r.all()) == told+3 })
	})
}

// One that has failed for days is disabled at the next failure, with the reason.
func TestAnEndpointThatFailsForDaysIsDisabled(t *testing.T) {
	t.Parallel()
	o := impatient
	o.Pauses = []time.Duration{0, time.Hour}
	eachWithClock(t, o, func(t *testing.T, k *desk, c *clock) {
		t.Helper()
		r := receive(t, func(_ int, _ received, w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) })
		e, _ := k.create(r.URL)
		fail := func(n int) webhook.Endpoint {
			k.tell("order.created")
			until(t, "it was tried", func() bool { return k.deliveries(e.ID)[0].Attempts > 0 && len(k.deliveries(e.ID)) == n })
			return k.endpoint(e.ID)
		}
		if got := fail(1); !got.Enabled || !got.FailingSince.Equal(c.now()) {
			t.Errorf("%+v", got)
		}
		c.add(4 * 24 * time.Hour)
		if got := fail(2); !got.Enabled {
			t.Errorf("%+v", got)
		}
		c.add(25 * time.Hour)
		// By a message told now, or by one of those before, which are tried again by now and may be first.
		k.tell("order.created")
		until(t, "it is disabled", func() bool { return !k.endpoint(e.ID).Enabled })
		if got := k.endpoint(e.ID); got.Reason != webhook.Failing {
			t.Errorf("%+v", got)
		}
		// What waits for it is given up without being sent.
		until(t, "what waits is given up", func() bool { c.add(2 * time.Hour); return len(jobs(t, k.d, job.Waiting)) == 0 })
	})
}

// Private networks are not sent to, by number or by a name that leads there; the log says why.
func TestPrivateNetworksAreNotSentTo(t *testing.T) {
	t.Parallel()
	o := impatient
	o.Allow = nil
	each(t, o, func(t *testing.T, k *desk) {
		r := receive(t, nil)
		inside := strings.Replace(r.URL, "http://127.0.0.1", "https://localhost", 1)
		e, _ := k.create(inside)
		k.tell("order.created")
		k.settled(e.ID, 1)
		a := k.attempts(e.ID, k.deliveries(e.ID)[0].Message)
		if len(r.all()) != 0 || len(a) != 4 || a[0].Status != 0 || !strings.Contains(a[0].Error, "private") {
			t.Errorf("%d requests, %+v", len(r.all()), a)
		}
	})
}

// A receiver that does not answer holds up its own messages alone.
func TestASlowEndpointHoldsUpItself(t *testing.T) {
	t.Parallel()
	each(t, impatient, func(t *testing.T, k *desk) {
		release := make(chan struct{})
		slow := receive(t, func(int, received, http.ResponseWriter) { <-release })
		fast := receive(t, nil)
		k.create(slow.URL)
		e, _ := k.create(fast.URL)
		const n = 100
		for range n / 10 {
			k.tell("order.created", "order.created", "order.created", "order.created", "order.created", "customer.created", "order.created",
				"order.created", "order.created", "order.created")
		}
		k.settled(e.ID, n)
		if got := len(slow.all()); got > 8 {
			t.Errorf("%d requests at once to one endpoint", got)
		}
		close(release)
	})
}

// Redirects are not followed, and a refused connection is a failure like another.
func TestWhatIsNoSuccess(t *testing.T) {
	t.Parallel()
	each(t, impatient, func(t *testing.T, k *desk) {
		fast := receive(t, nil)
		r := receive(t, func(_ int, _ received, w http.ResponseWriter) {
			w.Header().Set("Location", fast.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		})
		closed := receive(t, nil)
		closed.Close()
		for url, said := range map[string]string{r.URL: "", closed.URL + "/?key=secret": "connection refused"} {
			e, _ := k.create(url)
			k.tell("order.created")
			if s := k.settled(e.ID, 1); s[0] != webhook.Failed {
				t.Errorf("%s: %v", url, s)
			}
			a := k.attempts(e.ID, k.deliveries(e.ID)[0].Message)[0]
			if !strings.Contains(a.Error, said) || strings.Contains(a.Error, "secret") || a.Status != 0 && a.Status != http.StatusTemporaryRedirect {
				t.Errorf("%+v", a)
			}
			k.write(func(tx *db.Tx) error { return k.Delete(tx, e.ID, 0) })
		}
		if len(fast.all()) != 0 {
			t.Error("a redirect was followed")
		}
	})
}
