package member_test

import (
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/schema/schematest"
)

// house is a store whose clock the test sets.
type house struct {
	t  *testing.T
	d  *db.DB
	us atomic.Int64
}

var began = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func each(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	schematest.EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		h := &house{t: t}
		h.us.Store(began.UnixMicro())
		o.Clock = func() time.Time { return time.UnixMicro(h.us.Load()).UTC() }
		h.d = schematest.Open(t, o)
		test(t, h)
	})
}

func (h *house) pass(by time.Duration) { h.us.Add(by.Microseconds()) }

func (h *house) write(fn func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.d.Write(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

// members are all memberships, in order.
func (h *house) members() (all []string) {
	h.t.Helper()
	if err := h.d.Read(h.t.Context(), func(tx *db.Tx) error {
		all = nil
		return member.Each(tx, func(customer int64, joined, left time.Time) error {
			text := fmt.Sprint(customer, " ", joined.UTC().Format("01-02"))
			if !left.IsZero() {
				text += " to " + left.UTC().Format("01-02")
			}
			all = append(all, text)
			return nil
		})
	}); err != nil {
		h.t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func (h *house) wants(all ...string) {
	h.t.Helper()
	if got := h.members(); !slices.Equal(got, all) {
		h.t.Errorf("the members are %q, want %q", got, all)
	}
}

const day = 24 * time.Hour

func TestJoiningAndLeaving(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.wants()
		h.write(func(tx *db.Tx) error { return member.Join(tx, 7, "web") })
		h.pass(day)
		h.write(func(tx *db.Tx) error { return member.Join(tx, 7, "till") }) // again: since the first time
		h.write(func(tx *db.Tx) error { return member.Join(tx, 8, "till") })
		h.wants("7 03-01", "8 03-02")
		of := func(customers ...int64) (m member.Membership, ok bool) {
			t.Helper()
			if err := h.d.Read(t.Context(), func(tx *db.Tx) (err error) { m, ok, err = member.Of(tx, customers); return err }); err != nil {
				t.Fatal(err)
			}
			return m, ok
		}
		if m, ok := of(9, 8, 7); !ok || m.How != "web" || !m.Joined.Equal(began) {
			t.Errorf("a person with several numbers is a member since the first: %+v, %v", m, ok)
		}
		if m, ok := of(9); ok {
			t.Errorf("nobody joined: %+v", m)
		}
		if m, ok := of(); ok {
			t.Errorf("nobody was asked for: %+v", m)
		}
		var token string
		h.write(func(tx *db.Tx) (err error) { token, err = member.Begin(tx, 7); return err })
		h.write(func(tx *db.Tx) error { return member.Forget(tx, 7) })
		h.wants("8 03-02")
		h.write(func(tx *db.Tx) error {
			if who, _, err := member.Session(tx, token); who != 0 || err != nil {
				t.Errorf("who was forgotten is still signed in as %d, %v", who, err)
			}
			return nil
		})
	})
}

// What another system says is taken over, and nothing of what the customer did here.
func TestMarksOfOthers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		mark := func(customer int64, is bool, since time.Time, want bool) {
			t.Helper()
			h.write(func(tx *db.Tx) error {
				changed, err := member.Mark(tx, customer, is, since)
				if changed != want {
					t.Errorf("marking %d as %v since %v changed: %v", customer, is, since, changed)
				}
				return err
			})
		}
		january := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
		mark(1, true, january, true)
		mark(1, true, january, false)
		mark(1, true, time.Time{}, false) // a flag says nothing of the day
		mark(2, true, time.Time{}, true)
		mark(3, false, time.Time{}, false) // who was none
		h.wants("1 01-05", "2 03-01")
		mark(1, true, january.Add(day), true) // mended
		h.pass(9 * day)
		mark(2, false, time.Time{}, true)
		mark(2, false, time.Time{}, false)
		h.wants("1 01-06", "2 03-01 to 03-10")
		h.pass(day)
		mark(2, true, time.Time{}, true) // and back again
		h.wants("1 01-06", "2 03-11")
		h.write(func(tx *db.Tx) error { return member.Join(tx, 4, "web") })
		mark(4, false, time.Time{}, false)
		mark(4, true, january, false)
		h.wants("1 01-06", "2 03-11", "4 03-11")
	})
}

func TestSessionsRunOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		var token string
		h.write(func(tx *db.Tx) (err error) { token, err = member.Begin(tx, 7); return err })
		session := func(token string) (who int64, stale bool) {
			t.Helper()
			if err := h.d.Read(t.Context(), func(tx *db.Tx) (err error) { who, stale, err = member.Session(tx, token); return err }); err != nil {
				t.Fatal(err)
			}
			return who, stale
		}
		if who, stale := session(token); who != 7 || stale {
			t.Errorf("%d, %v", who, stale)
		}
		if who, _ := session(token + "x"); who != 0 {
			t.Error("another token is taken")
		}
		h.pass(member.Life - day)
		if who, stale := session(token); who != 7 || !stale {
			t.Errorf("before its end: %d, %v", who, stale)
		}
		h.write(func(tx *db.Tx) error { return member.Seen(tx, token) })
		h.pass(member.Life - day)
		if who, _ := session(token); who != 7 {
			t.Error("a visit does not make it last")
		}
		h.pass(2 * day)
		if who, _ := session(token); who != 0 {
			t.Error("it lasts for ever")
		}
		h.write(member.Sweep)
		h.write(func(tx *db.Tx) error {
			var n int
			err := tx.QueryRow("SELECT count(*) FROM member_sessions").Scan(&n)
			if n != 0 {
				t.Errorf("%d sessions that have run out are kept", n)
			}
			return err
		})
	})
}

func TestSettingsOfPages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		load := func() (s member.Settings) {
			t.Helper()
			if err := h.d.Read(t.Context(), func(tx *db.Tx) (err error) { s, err = member.Load(tx); return err }); err != nil {
				t.Fatal(err)
			}
			return s
		}
		if got := load(); !reflect.DeepEqual(got, member.Settings{}) {
			t.Errorf("before anything is set: %+v", got)
		}
		want := member.Settings{Open: true, Greeting: "Hello", Accent: "#0a5c36", Terms: "Be kind.", Version: "1"}
		h.write(func(tx *db.Tx) error { return member.Save(tx, want) })
		if got := load(); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v", got)
		}
		for what, bad := range map[string]member.Settings{
			"a colour by its name": {Accent: "green"}, "a colour of two signs": {Accent: "#ab"}, "a sheet in place of a colour": {Accent: "#00000;"},
			"a greeting without end": {Greeting: string(make([]rune, 600))}, "terms without end": {Terms: string(make([]byte, 60_000))},
		} {
			err := h.d.Write(t.Context(), func(tx *db.Tx) error { return member.Save(tx, bad) })
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", what, err)
			}
		}
		if got := load(); !reflect.DeepEqual(got, want) {
			t.Errorf("after what was refused: %+v", got)
		}
	})
}
