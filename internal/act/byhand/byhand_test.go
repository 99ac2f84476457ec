package byhand_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/act/byhand"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/schema/schematest"
)

// shop has two units, and people of two roles.
type shop struct {
	t    *testing.T
	d    *db.DB
	zone *time.Location
	us   atomic.Int64

	owner, manager, other account.Actor
}

func each(t *testing.T, test func(t *testing.T, s *shop)) {
	t.Helper()
	schematest.EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		zone, err := time.LoadLocation("Europe/Athens")
		if err != nil {
			t.Fatal(err)
		}
		s := &shop{t: t, zone: zone}
		s.us.Store(time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC).UnixMicro())
		o.Clock = func() time.Time { return time.UnixMicro(s.us.Load()).UTC() }
		s.d = schematest.Open(t, o)
		if err := s.write(func(tx *db.Tx) error {
			for _, unit := range []string{"points", "stamps"} {
				if err := points.SaveUnit(tx, points.Unit{Code: unit, Kind: points.Spendable}); err != nil {
					return err
				}
			}
			for email, to := range map[string]*account.Actor{"o@example.com": &s.owner, "m@example.com": &s.manager, "n@example.com": &s.other} {
				role := account.Manager
				if email == "o@example.com" {
					role = account.Owner
				}
				u, _, err := account.Invite(tx, account.System("test"), account.NewUser{Email: email, Role: role})
				if err != nil {
					return err
				}
				*to = account.As(account.Person, u.ID, "", role.Permissions()...)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		test(t, s)
	})
}

func (s *shop) write(fn func(tx *db.Tx) error) error { return s.d.Write(s.t.Context(), fn) }

func (s *shop) limit(limits ...byhand.Limit) {
	s.t.Helper()
	if err := s.write(func(tx *db.Tx) error { _, err := byhand.Save(tx, limits); return err }); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) move(by account.Actor, unit string, units int64) error {
	return s.write(func(tx *db.Tx) error { return byhand.Move(tx, s.zone, by, unit, units) })
}

// moves demands that it is let through, or refused with a code and a sentence.
func (s *shop) moves(by account.Actor, unit string, units int64, code string, says ...string) {
	s.t.Helper()
	err := s.move(by, unit, units)
	if code == "" {
		if err != nil {
			s.t.Errorf("%d %s: %v", units, unit, err)
		}
		return
	}
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != code || f.Kind != fault.Forbidden {
		s.t.Errorf("%d %s: %v, want %s", units, unit, err, code)
		return
	}
	for _, word := range append(says, "an owner may move more") {
		if !strings.Contains(f.Message, word) {
			s.t.Errorf("%q does not say %q", f.Message, word)
		}
	}
}

func TestLimitsByHand(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		s.moves(s.manager, "points", 100_000, "")
		s.moves(s.manager, "points", 100_001, "by_hand_once", "manager", "100000 points at once")
		s.moves(s.owner, "points", 900_000_000, "") // nobody has set a limit
		s.limit(byhand.Limit{Who: "manager", Unit: "points", Once: 50, Day: 120}, byhand.Limit{Who: "key", Unit: "points", Day: 10})
		s.moves(s.manager, "points", 1, "by_hand_day", "120 points a day", "0 are left") // what was moved before the limit was set counts
		s.moves(s.other, "points", 50, "")
		s.moves(s.other, "points", -51, "by_hand_once", "50 points at once")
		s.moves(s.other, "points", -50, "") // given and taken together
		s.moves(s.other, "points", 21, "by_hand_day", "20 are left today")
		s.moves(s.other, "points", 20, "") // what was refused did not count
		s.moves(s.other, "points", 1, "by_hand_day", "0 are left today")
		s.moves(s.other, "stamps", 100_000, "") // of another unit
		key := account.As(account.Program, "key_1", "", account.PointsAdjust)
		s.moves(key, "points", 10, "")
		s.moves(key, "points", 1, "by_hand_day", "key")
		s.moves(account.As(account.Program, "key_2", "", account.PointsAdjust), "points", 10, "")
		s.moves(account.System("job"), "points", 1000, "")
		s.us.Add((9*time.Hour + 59*time.Minute).Microseconds()) // 23:59 in Athens
		s.moves(s.other, "points", 1, "by_hand_day")
		s.us.Add(time.Minute.Microseconds())
		s.moves(s.other, "points", 50, "")
		s.us.Add(-time.Minute.Microseconds()) // a process whose clock is behind
		s.moves(s.other, "points", 50, "")
		s.moves(s.other, "points", 50, "by_hand_day", "20 are left today")
	})
}

// Of many at once no more get through than the day allows.
func TestLimitsByHandAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		s.limit(byhand.Limit{Who: "manager", Unit: "points", Once: 7, Day: 100})
		var done atomic.Int64
		var wait sync.WaitGroup
		for range 40 {
			wait.Go(func() {
				err := s.move(s.manager, "points", 7)
				if err == nil {
					done.Add(7)
				} else if fault.KindOf(err) != fault.Forbidden {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if done.Load() != 98 {
			t.Errorf("%d were moved, of 100 on a day by sevens", done.Load())
		}
	})
}

func TestWhichLimitsMakeSense(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		for name, c := range map[string]struct {
			limits      []byhand.Limit
			field, code string
		}{
			"a role that gives nothing":   {[]byhand.Limit{{Who: "cashier", Unit: "points", Once: 1}}, "limits[0].who", "unknown_role"},
			"no such unit":                {[]byhand.Limit{{Who: "manager", Unit: "miles", Once: 1}}, "limits[0].unit", "unit_not_found"},
			"below nothing":               {[]byhand.Limit{{Who: "manager", Unit: "points", Once: 1}, {Who: "owner", Unit: "points", Day: -1}}, "limits[1].day", "out_of_range"},
			"more than can be":            {[]byhand.Limit{{Who: "manager", Unit: "points", Once: byhand.Most + 1}}, "limits[0].once", "out_of_range"},
			"more at once than on a day":  {[]byhand.Limit{{Who: "manager", Unit: "points", Once: 2, Day: 1}}, "limits[0].once", "once_above_day"},
			"twice":                       {[]byhand.Limit{{Who: "manager", Unit: "points", Once: 2}, {Who: "manager", Unit: "points", Once: 2}}, "limits[1]", ""},
			"on a day only, and no limit": {[]byhand.Limit{{Who: "manager", Unit: "points", Day: 5}, {Who: "owner", Unit: "points"}}, "", ""},
		} {
			err := s.write(func(tx *db.Tx) error { _, err := byhand.Save(tx, c.limits); return err })
			var f *fault.Fault
			_ = errors.As(err, &f)
			if c.field != "" && (f == nil || f.Field != c.field || f.Code != c.code) || c.field == "" && err != nil {
				t.Errorf("%s: %+v (%v)", name, f, err)
			}
		}
		var all []byhand.Limit
		if err := s.d.Read(t.Context(), func(tx *db.Tx) (err error) { all, err = byhand.Limits(tx); return err }); err != nil {
			t.Fatal(err)
		}
		want := []byhand.Limit{{Who: "owner", Unit: "points"}, {Who: "owner", Unit: "stamps"}, {Who: "manager", Unit: "points", Day: 5}, {Who: "manager", Unit: "stamps", Once: 100_000, Day: 500_000},
			{Who: "key", Unit: "points"}, {Who: "key", Unit: "stamps"}}
		if !slices.Equal(all, want) {
			t.Errorf("%+v", all)
		}
		if err := s.write(func(tx *db.Tx) error {
			changed, err := byhand.Save(tx, want)
			if len(changed) > 0 {
				t.Errorf("set as they are, %q changed", changed)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
