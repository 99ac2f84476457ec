package webhook_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/job"
	"regulars/internal/base/job/jobtest"
	"regulars/internal/base/secret"
	"regulars/internal/base/webhook"
)

var types = []webhook.Type{{Name: "order.created", When: "An order came in."}, {Name: "customer.created", When: "A customer came in."}}

// loopback is where the receivers of tests are.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// impatient has failed messages tried again at once.
var impatient = webhook.Options{Allow: loopback, Agent: "test", Timeout: 20 * time.Second,
	Pauses: []time.Duration{0, time.Millisecond, time.Millisecond, time.Millisecond}}

// received is a message that came in.
type received struct {
	id, kind string
	header   http.Header
	payload  []byte
}

// receiver is a program that takes messages. Its secrets may be changed.
type receiver struct {
	*httptest.Server
	t *testing.T

	lock     sync.Mutex
	messages []received
	answer   func(n int, m received, w http.ResponseWriter) // the nth request, from 1; nil: 200
}

func receive(t *testing.T, answer func(n int, m received, w http.ResponseWriter)) *receiver {
	t.Helper()
	r := &receiver{t: t, answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) serve(w http.ResponseWriter, q *http.Request) {
	payload, err := io.ReadAll(q.Body)
	if err != nil {
		return // the sender is gone
	}
	var said struct{ Type string }
	if err := json.Unmarshal(payload, &said); err != nil {
		r.t.Errorf("received %q: %v", payload, err)
	}
	r.lock.Lock()
	m := received{q.Header.Get("webhook-id"), said.Type, q.Header.Clone(), payload}
	r.messages = append(r.messages, m)
	n := len(r.messages)
	r.lock.Unlock()
	if r.answer != nil {
		r.answer(n, m, w)
	}
}

func (r *receiver) all() []received {
	r.lock.Lock()
	defer r.lock.Unlock()
	return slices.Clone(r.messages)
}

// verify checks the signature as a receiver does, by the specification's library.
func (m received) verify(secret string) error {
	w, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return err
	}
	return w.Verify(m.payload, m.header)
}

// desk is a store, its webhooks, and a runner that sends.
type desk struct {
	*webhook.Webhooks
	t *testing.T
	d *db.DB
}

func migrate(tb testing.TB, d *db.DB) {
	tb.Helper()
	if err := d.Migrate(tb.Context(), os.DirFS("../../record/schema/migrations")); err != nil {
		tb.Fatal(err)
	}
}

func teller(tb testing.TB) *webhook.Teller {
	tb.Helper()
	told, err := webhook.NewTeller(types)
	if err != nil {
		tb.Fatal(err)
	}
	return told
}

func box() *secret.Box { return secret.New(make([]byte, 32)) }

func newDesk(t *testing.T, d *db.DB, o webhook.Options) *desk {
	t.Helper()
	return &desk{webhook.New(d, box(), teller(t), o), t, d}
}

// each runs the test on both engines, with a runner.
func each(t *testing.T, o webhook.Options, test func(t *testing.T, d *desk)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		k := newDesk(t, d, o)
		k.run()
		test(t, k)
	})
}

// run sends messages until the test ends, or stop is called.
func (k *desk) run() (stop func()) {
	k.t.Helper()
	return jobtest.Run(k.t, k.d, k.Kinds(), job.Options{Poll: 10 * time.Millisecond, Alone: true, Lease: 10_000 * time.Hour})
}

func (k *desk) write(fn func(tx *db.Tx) error) {
	k.t.Helper()
	if err := k.d.Write(k.t.Context(), fn); err != nil {
		k.t.Fatal(err)
	}
}

func (k *desk) create(url string, wanted ...string) (e webhook.Endpoint, secret string) {
	k.t.Helper()
	k.write(func(tx *db.Tx) (err error) {
		e, secret, err = k.Create(tx, webhook.Change{URL: &url, Types: &wanted})
		return err
	})
	return e, secret
}

func (k *desk) tell(kinds ...string) {
	k.t.Helper()
	k.write(func(tx *db.Tx) error {
		var events []webhook.Event
		for _, kind := range kinds {
			events = append(events, webhook.Event{Type: kind, Data: map[string]string{"id": "ord_1"}})
		}
		return k.Tell(tx, events...)
	})
}

func (k *desk) endpoint(id string) (e webhook.Endpoint) {
	k.t.Helper()
	if err := k.d.Read(k.t.Context(), func(tx *db.Tx) (err error) { e, err = k.Endpoint(tx, id); return err }); err != nil {
		k.t.Fatal(err)
	}
	return e
}

func (k *desk) deliveries(id string) (all []webhook.Delivery) {
	k.t.Helper()
	if err := k.d.Read(k.t.Context(), func(tx *db.Tx) (err error) {
		all, err = k.Deliveries(tx, id, webhook.DeliveryFilter{}, "", 1000)
		return err
	}); err != nil {
		k.t.Fatal(err)
	}
	return all
}

func (k *desk) attempts(id, message string) (all []webhook.Attempt) {
	k.t.Helper()
	if err := k.d.Read(k.t.Context(), func(tx *db.Tx) (err error) { all, err = k.Attempts(tx, id, message); return err }); err != nil {
		k.t.Fatal(err)
	}
	return all
}

// until waits for the condition, for as long as a busy machine may need.
func until(t *testing.T, what string, met func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !met(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// settled waits until nothing more is to be sent to the endpoint, and gives the states of its deliveries, the newest
// first.
func (k *desk) settled(id string, n int) (states []webhook.DeliveryState) {
	k.t.Helper()
	until(k.t, "all deliveries are settled", func() bool {
		states = nil
		for _, d := range k.deliveries(id) {
			if states = append(states, d.State); d.State == webhook.Waiting {
				return false
			}
		}
		return len(states) == n
	})
	return states
}

func TestWhatHappensIsToldAndSigned(t *testing.T) {
	t.Parallel()
	each(t, impatient, func(t *testing.T, k *desk) {
		r := receive(t, nil)
		all, secret := k.create(r.URL)
		orders, _ := k.create(r.URL+"/orders", "order.created")
		before := time.Now().Add(-time.Second)
		k.tell("order.created", "customer.created")
		k.settled(all.ID, 2)
		k.settled(orders.ID, 1)
		verified := 0
		for _, m := range r.all() {
			if m.header.Get("Content-Type") != "application/json" || m.header.Get("User-Agent") != "test" || !strings.HasPrefix(m.id, "msg_") {
				t.Errorf("headers %v", m.header)
			}
			if m.verify(secret) == nil {
				verified++
			}
			var said struct {
				Type      string            `json:"type"`
				Timestamp time.Time         `json:"timestamp"`
				Data      map[string]string `json:"data"`
			}
			if err := json.Unmarshal(m.payload, &said); err != nil || said.Data["id"] != "ord_1" || said.Timestamp.Before(before) {
				t.Errorf("%s: %v", m.payload, err)
			}
		}
		if len(r.all()) != 3 || verified != 2 {
			t.Errorf("%d messages, of which %d are signed for the first endpoint; want 3 and 2", len(r.all()), verified)
		}
		d := k.deliveries(orders.ID)[0]
		if d.Type != "order.created" || d.Attempts != 1 || d.Finished.IsZero() || !d.Next.IsZero() {
			t.Errorf("%+v", d)
		}
		if a := k.attempts(orders.ID, d.Message); len(a) != 1 || a[0].Status != 200 || a[0].Duration <= 0 {
			t.Errorf("%+v", a)
		}
		var m webhook.Message
		if err := k.d.Read(t.Context(), func(tx *db.Tx) (err error) { m, err = k.Message(tx, d.Message); return err }); err != nil || m.Type != "order.created" {
			t.Errorf("%+v, %v", m, err)
		}
	})
}

// What nobody wants, or what was rolled back, leaves nothing.
func TestNothingIsToldToNobody(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		k := newDesk(t, d, impatient)
		wanted := func(kind string) (yes bool) {
			k.write(func(tx *db.Tx) (err error) { yes, err = k.Wanted(tx, kind); return err })
			return yes
		}
		count := func() (n int) {
			k.write(func(tx *db.Tx) error {
				return tx.QueryRow("SELECT (SELECT count(*) FROM webhook_messages) + (SELECT count(*) FROM jobs)").Scan(&n)
			})
			return n
		}
		k.tell("order.created")
		if wanted("order.created") || count() != 0 {
			t.Errorf("told without an endpoint: %d rows", count())
		}
		k.create("https://shop.example/", "customer.created")
		k.tell("order.created")
		if wanted("order.created") || !wanted("customer.created") || count() != 0 {
			t.Errorf("told what nobody wants: %d rows", count())
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := k.Tell(tx, webhook.Event{Type: "customer.created"}); err != nil {
				return err
			}
			return io.EOF
		}); err == nil || count() != 0 {
			t.Errorf("told what was rolled back: %d rows, %v", count(), err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return k.Tell(tx, webhook.Event{Type: "no.such"}) }); err == nil {
			t.Error("told what is not in the catalogue")
		}
		var nobody *webhook.Teller
		k.write(func(tx *db.Tx) error { return nobody.Tell(tx, webhook.Event{Type: "customer.created"}) })
		if count() != 0 {
			t.Error("a nil teller told somebody")
		}
		k.tell("customer.created")
		if count() != 2 {
			t.Errorf("%d rows, want a message and a job", count())
		}
	})
}

// Another process's endpoint is told within about a second, without being announced.
func TestOtherProcessesEndpointsAreFound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		k, other := newDesk(t, d, impatient), newDesk(t, d, impatient)
		k.tell("order.created") // and so it has looked
		e, _ := other.create("https://shop.example/")
		until(t, "it is found", func() bool {
			k.tell("order.created")
			return len(k.deliveries(e.ID)) > 0
		})
	})
}

func TestTheCatalogueIsChecked(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string][]webhook.Type{
		"no name": {{When: "now"}}, "no moment": {{Name: "a.b"}}, "twice": {{Name: "a.b", When: "now"}, {Name: "a.b", When: "then"}},
		"the test's": {{Name: webhook.TestType, When: "now"}},
	} {
		if _, err := webhook.NewTeller(wrong); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if all := teller(t).Types(); len(all) != 3 || all[2].Name != webhook.TestType {
		t.Errorf("%v", all)
	}
}
