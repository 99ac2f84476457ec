package webhook_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/base/secret"
	"regulars/internal/base/webhook"
)

func TestEndpointsAreKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		k := newDesk(t, d, impatient)
		e, secret := k.create("https://shop.example/hooks", "order.created")
		if !strings.HasPrefix(e.ID, "whe_") || !strings.HasPrefix(secret, "whsec_") || !e.Enabled || e.Version != 1 {
			t.Errorf("%+v", e)
		}
		update := func(version int64, c webhook.Change) (err error) {
			return d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := k.Update(tx, e.ID, version, c)
				return err
			})
		}
		url, description, types, no := "https://other.example/", "the other shop", []string{}, false
		if err := update(1, webhook.Change{URL: &url, Description: &description, Types: &types, Enabled: &no}); err != nil {
			t.Fatal(err)
		}
		if got := k.endpoint(e.ID); got.URL != url || got.Description != description || len(got.Types) != 0 || got.Enabled || got.Reason != webhook.ByStaff ||
			got.Version != 2 {
			t.Errorf("%+v", got)
		}
		if err := update(1, webhook.Change{URL: &url}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("changed what was changed meanwhile: %v", err)
		}
		yes := true
		if err := update(0, webhook.Change{Enabled: &yes}); err != nil {
			t.Error(err)
		}
		if got := k.endpoint(e.ID); !got.Enabled || got.Reason != "" || got.Description != description {
			t.Errorf("%+v", got)
		}
		var stored string
		k.write(func(tx *db.Tx) error {
			var sealed []byte
			err := tx.QueryRow("SELECT secret FROM webhook_endpoints").Scan(&sealed)
			stored = string(sealed)
			return err
		})
		if strings.Contains(stored, strings.TrimPrefix(secret, "whsec_")) || len(stored) < 32 {
			t.Error("the secret is kept as it is")
		}
		k.write(func(tx *db.Tx) error { return k.Delete(tx, e.ID, 3) })
		for name, do := range map[string]func(tx *db.Tx) error{
			"get":    func(tx *db.Tx) error { _, err := k.Endpoint(tx, e.ID); return err },
			"update": func(tx *db.Tx) error { _, err := k.Update(tx, e.ID, 0, webhook.Change{}); return err },
			"rotate": func(tx *db.Tx) error { _, _, err := k.Rotate(tx, e.ID, 0); return err },
			"delete": func(tx *db.Tx) error { return k.Delete(tx, e.ID, 0) },
			"test":   func(tx *db.Tx) error { _, err := k.Test(tx, e.ID); return err },
			"list":   func(tx *db.Tx) error { _, err := k.Deliveries(tx, e.ID, webhook.DeliveryFilter{}, "", 1); return err },
		} {
			if err := d.Write(t.Context(), do); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s one that is deleted: %v", name, err)
			}
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := k.Endpoint(tx, "whe_z"); return err }); fault.KindOf(err) != fault.Invalid {
			t.Errorf("what is no id: %v", err)
		}
	})
}

func TestWhatIsNoEndpointIsRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		k := newDesk(t, d, webhook.Options{})
		good, inside, plain, long := "https://shop.example/", "https://10.1.2.3/", "http://shop.example/", strings.Repeat("x", 201)
		for name, c := range map[string]struct {
			change webhook.Change
			field  string
		}{
			"no address":           {webhook.Change{}, "url"},
			"a private network":    {webhook.Change{URL: &inside}, "url"},
			"without encryption":   {webhook.Change{URL: &plain}, "url"},
			"a long description":   {webhook.Change{URL: &good, Description: &long}, "description"},
			"an unknown type":      {webhook.Change{URL: &good, Types: &[]string{"order.created", "no.such"}}, "types[1]"},
			"the type of tests":    {webhook.Change{URL: &good, Types: &[]string{webhook.TestType}}, "types[0]"},
			"a type that is twice": {webhook.Change{URL: &good, Types: &[]string{"order.created", "order.created"}}, "types[1]"},
		} {
			err := d.Write(t.Context(), func(tx *db.Tx) error { _, _, err := k.Create(tx, c.change); return err })
			var f *fault.Fault
			if !asFault(err, &f) || f.Kind != fault.Invalid || f.Field != c.field {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// For a day after a rotation messages carry two signatures; then the old secret is worth nothing.
func TestBothSecretsSignAfterARotation(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		c := newClock(t)
		o.Clock = c.now
		d := dbtest.Open(t, o)
		migrate(t, d)
		k := newDesk(t, d, impatient)
		k.run()
		r := receive(t, nil)
		e, first := k.create(r.URL)
		var second string
		k.write(func(tx *db.Tx) (err error) { e, second, err = k.Rotate(tx, e.ID, e.Version); return err })
		if first == second || e.Version != 2 || !e.PreviousUntil.Equal(c.now().Add(24*time.Hour)) {
			t.Errorf("%+v", e)
		}
		k.tell("order.created")
		k.settled(e.ID, 1)
		m := r.all()[0]
		if m.verify(first) != nil || m.verify(second) != nil || len(strings.Fields(m.header.Get("webhook-signature"))) != 2 {
			t.Errorf("signed %q", m.header.Get("webhook-signature"))
		}
		c.add(25 * time.Hour)
		k.tell("order.created")
		k.settled(e.ID, 2)
		if m := r.all()[1]; m.verify(first) == nil || m.verify(second) != nil {
			t.Errorf("after a day signed %q", m.header.Get("webhook-signature"))
		}
		// The old secret is not kept either.
		k.write(func(tx *db.Tx) error { return addPurge(tx) })
		until(t, "the old secret is gone", func() bool {
			var left int
			k.write(func(tx *db.Tx) error {
				return tx.QueryRow("SELECT count(*) FROM webhook_endpoints WHERE length(previous) > 0").Scan(&left)
			})
			return left == 0
		})
	})
}

// Without the right key file nothing is sent, and the job says so; nothing is lost by it.
func TestAnotherKeyFileSendsNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		k := newDesk(t, d, impatient)
		r := receive(t, nil)
		e, _ := k.create(r.URL)
		k.tell("order.created")
		wrong := &desk{webhook.New(d, secret.New([]byte(strings.Repeat("k", 32))), teller(t), impatient), t, d}
		stop := wrong.run()
		until(t, "it was tried", func() bool {
			var said string
			k.write(func(tx *db.Tx) error {
				return tx.QueryRow("SELECT max(error) FROM jobs WHERE kind = 'webhook.deliver'").Scan(&said)
			})
			return strings.Contains(said, "key file")
		})
		stop()
		if len(r.all()) != 0 || k.deliveries(e.ID)[0].Attempts != 0 {
			t.Errorf("%d messages were sent", len(r.all()))
		}
		// As if it had been so for long: with the right file the endpoint is asked as often as any.
		k.write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE jobs SET attempts = 50, due_us = $1 WHERE kind = 'webhook.deliver'", tx.Now)
			return err
		})
		r.answer = func(n int, _ received, w http.ResponseWriter) {
			if n < len(impatient.Pauses) {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}
		k.run()
		if states := k.settled(e.ID, 1); states[0] != webhook.Delivered || len(r.all()) != len(impatient.Pauses) {
			t.Errorf("with the right key file: %v after %d requests", states, len(r.all()))
		}
	})
}
