package account_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
)

func TestTheTrailTakesNoValues(t *testing.T) {
	t.Parallel()
	d := migrated(t, dbtest.Open(t, dbtest.SQLite(t)))
	good := account.Entry{Actor: owner, Action: "customer.update", Target: "cus_0h4m2xq7v1c3d", Fields: []string{"profile.language", "lines[2].quantity"}}
	for what, change := range map[string]func(*account.Entry){
		"an e-mail as target":     func(e *account.Entry) { e.Target = "ann@example.com" },
		"a phone as target":       func(e *account.Entry) { e.Target = "+79161234567" },
		"a name as target":        func(e *account.Entry) { e.Target = "Ann Smith" },
		"an e-mail as field":      func(e *account.Entry) { e.Fields = []string{"email", "ann@example.com"} },
		"a name as field":         func(e *account.Entry) { e.Fields = []string{"Ann"} },
		"a phone as field":        func(e *account.Entry) { e.Fields = []string{"p79161234567"} },
		"a value behind a field":  func(e *account.Entry) { e.Fields = []string{"name=ann"} },
		"a long field":            func(e *account.Entry) { e.Fields = []string{strings.Repeat("a", 65)} },
		"a field in other script": func(e *account.Entry) { e.Fields = []string{"имя"} },
		"a sentence as action":    func(e *account.Entry) { e.Action = "changed the name" },
		"nobody":                  func(e *account.Entry) { e.Actor = account.Actor{} },
		"a request of any form":   func(e *account.Entry) { e.Request = "GET /v1/customers?email=ann@example.com" },
		"less than nothing":       func(e *account.Entry) { e.Count = -1 },
	} {
		e := good
		change(&e)
		if err := write(t, d, func(tx *db.Tx) error { return account.Record(tx, e) }); err == nil || fault.KindOf(err) != fault.Internal {
			t.Errorf("%s is kept: %v", what, err)
		}
	}
	for _, target := range []string{"", "settings", "time_zone", "cus_0h4m2xq7v1c3d", "whe_2vBGnDZjLzqkP"} {
		e := good
		e.Target = target
		if err := write(t, d, func(tx *db.Tx) error { return account.Record(tx, e) }); err != nil {
			t.Errorf("the target %q is refused: %v", target, err)
		}
	}
}

// list gives entries page by page, as a person would turn them over, and seals in between.
func list(t *testing.T, d *db.DB, f account.EntryFilter) (targets []string) {
	t.Helper()
	for {
		var page []account.Entry
		if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { page, err = account.Entries(tx, f); return err }); err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			targets = append(targets, e.Target)
		}
		if len(page) == 0 {
			return targets
		}
		f.Before = page[len(page)-1].ID
		if _, err := account.Seal(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheTrailIsTurnedOverFromTheNewest(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		c := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
		o.Clock = c.now
		d := migrated(t, dbtest.Open(t, o))
		key := account.As(account.Program, "key_1", "shop")
		var all []string
		for i := range 60 {
			e := account.Entry{Actor: owner, Action: "customer.update", Target: fmt.Sprintf("cus_%04d", i), Fields: []string{"name", "email", "name"}}
			if i%3 == 0 {
				e.Actor, e.Action = key, "customer_note.add"
			}
			e.Actor.Request = fmt.Sprintf("req-%d", i)
			must(t, d, func(tx *db.Tx) error { return account.Record(tx, e) })
			c.pass(time.Minute)
			all = append([]string{e.Target}, all...)
			if i == 30 {
				if _, err := account.Seal(t.Context(), d); err != nil {
					t.Fatal(err)
				}
			}
		}
		some := func(which func(i int) bool) (targets []string) {
			for i, target := range all {
				if which(59 - i) {
					targets = append(targets, target)
				}
			}
			return targets
		}
		start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		for _, c := range []struct {
			filter account.EntryFilter
			want   []string
		}{
			{account.EntryFilter{Limit: 7}, all},
			{account.EntryFilter{}, all},
			{account.EntryFilter{Actor: "key_1", Limit: 7}, some(func(i int) bool { return i%3 == 0 })},
			{account.EntryFilter{Action: "customer.", Limit: 7}, some(func(i int) bool { return i%3 != 0 })},
			{account.EntryFilter{Action: "customer.update"}, some(func(i int) bool { return i%3 != 0 })},
			{account.EntryFilter{Action: "customer"}, nil},
			{account.EntryFilter{Target: "cus_0042"}, []string{"cus_0042"}},
			{
				account.EntryFilter{From: start.Add(10 * time.Minute), Until: start.Add(20 * time.Minute), Limit: 3},
				some(func(i int) bool { return i >= 10 && i < 20 }),
			},
		} {
			if got := list(t, d, c.filter); !slices.Equal(got, c.want) {
				t.Errorf("%+v gives %q, want %q", c.filter, got, c.want)
			}
		}
		must(t, d, func(tx *db.Tx) error {
			one, err := account.Entries(tx, account.EntryFilter{Target: "cus_0003"})
			if e := one[0]; e.Actor.Kind != account.Program || e.Actor.ID != "key_1" || e.Count != 1 || e.Request != "req-3" ||
				!slices.Equal(e.Fields, []string{"email", "name"}) || !strings.HasPrefix(e.ID, "aud_") {
				t.Errorf("%+v", e)
			}
			return err
		})
		refused(t, write(t, d, func(tx *db.Tx) error { _, err := account.Entries(tx, account.EntryFilter{Before: "aud_x"}); return err }),
			fault.Invalid, "unknown_cursor")
	})
}

func TestWhatWasRolledBackLeavesNoTrail(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		mistake := errors.New("mistake")
		err := write(t, d, func(tx *db.Tx) error {
			return errors.Join(account.Record(tx, account.Entry{Actor: owner, Action: "customer.erase", Target: "cus_0001"}), mistake)
		})
		if !errors.Is(err, mistake) {
			t.Fatal(err)
		}
		if got := list(t, d, account.EntryFilter{}); len(got) > 0 {
			t.Errorf("the trail says %q", got)
		}
	})
}
