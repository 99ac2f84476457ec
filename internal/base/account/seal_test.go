package account_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
)

func record(t *testing.T, d *db.DB, from, n int) {
	t.Helper()
	must(t, d, func(tx *db.Tx) error {
		for i := range n {
			e := account.Entry{Actor: owner, Action: "order.add", Target: fmt.Sprintf("ord_%06d", from+i), Fields: []string{"lines"}, Count: int64(i + 1)}
			if err := account.Record(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func sealed(t *testing.T, d *db.DB) account.Mark {
	t.Helper()
	end, err := account.Seal(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return end
}

func verify(t *testing.T, d *db.DB, noted ...account.Mark) (v account.Verdict) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { v, err = account.Verify(tx, noted...); return err }); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestATrailThatNobodyTouchedIsWhole(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		if v := verify(t, d); len(v.Flaws) > 0 || v.End != (account.Mark{}) {
			t.Errorf("an empty trail: %+v", v)
		}
		if end := sealed(t, d); end != (account.Mark{}) {
			t.Errorf("of nothing there is a seal: %+v", end)
		}
		record(t, d, 0, 3)
		first := sealed(t, d)
		record(t, d, 3, account.SealBatch+2)
		if v := verify(t, d, first); v.Fresh != account.SealBatch+2 || v.End != first || len(v.Flaws) > 0 {
			t.Errorf("%+v", v)
		}
		end := sealed(t, d)
		if end.Seal != 3 || end.Entries != account.SealBatch+5 || sealed(t, d) != end {
			t.Errorf("%+v", end)
		}
		if v := verify(t, d, first, end, account.Mark{}); v.Fresh != 0 || v.End != end || len(v.Flaws) > 0 {
			t.Errorf("%+v", v)
		}
	})
}

// damage is a change to the trail behind the program's back.
type damage struct{ name, sql string }

// damages are those of one place, an entry or a seal, whose number is $1.
var damages = []damage{
	{"an entry is taken out", "DELETE FROM audit_entries WHERE place = $1"},
	{"an entry is put in", `INSERT INTO audit_entries SELECT place + 1000, entry_id, at_us, actor_kind, actor_id, action, target, fields, touched,
		request FROM audit_entries WHERE place = $1`},
	{"an entry is put in before the first", `INSERT INTO audit_entries SELECT -place, entry_id, at_us, actor_kind, actor_id, action, target, fields,
		touched, request FROM audit_entries WHERE place = $1`},
	{"a seal is put in at the end", "INSERT INTO audit_seals SELECT seal_no + 1000, last_place + 1, sealed_us, hash FROM audit_seals WHERE seal_no = $1 / 5"},
	{"a seal is put in at the beginning", "INSERT INTO audit_seals SELECT 0, last_place, sealed_us, hash FROM audit_seals WHERE seal_no = $1 / 5"},
	{"an entry is put in the place of another", `UPDATE audit_entries SET (entry_id, target) = (SELECT entry_id, target FROM audit_entries
		WHERE place = $1 % 20 + 1) WHERE place = $1`},
	{"an entry is moved", "UPDATE audit_entries SET place = place + 1000 WHERE place = $1"},
	{"the id of an entry is changed", "UPDATE audit_entries SET entry_id = entry_id + 1 WHERE place = $1"},
	{"the time is changed", "UPDATE audit_entries SET at_us = at_us + 1 WHERE place = $1"},
	{"the kind of actor is changed", "UPDATE audit_entries SET actor_kind = 'system' WHERE place = $1"},
	{"the actor is changed", "UPDATE audit_entries SET actor_id = 'usr_other' WHERE place = $1"},
	{"the act is changed", "UPDATE audit_entries SET action = 'order.see' WHERE place = $1"},
	{"the target is changed", "UPDATE audit_entries SET target = 'ord_1' WHERE place = $1"},
	{"fields are changed", "UPDATE audit_entries SET fields = '' WHERE place = $1"},
	{"the count is changed", "UPDATE audit_entries SET touched = touched + 1 WHERE place = $1"},
	{"the request is changed", "UPDATE audit_entries SET request = 'x' WHERE place = $1"},
	{"a letter goes from one field to the next", "UPDATE audit_entries SET action = 'order.ad', target = 'd' || target WHERE place = $1"},
	{"a seal is taken out", "DELETE FROM audit_seals WHERE seal_no = $1 / 5"},
	{"the time of a seal is changed", "UPDATE audit_seals SET sealed_us = sealed_us + 1 WHERE seal_no = $1 / 5"},
	{"the hash of a seal is changed", "UPDATE audit_seals SET hash = 'ab' WHERE seal_no = $1 / 5"},
	{"the reach of a seal is changed", "UPDATE audit_seals SET last_place = last_place - 1 WHERE seal_no = $1 / 5"},
	{"the number of a seal is changed", "UPDATE audit_seals SET seal_no = seal_no + 100 WHERE seal_no = $1 / 5"},
	{"the head is changed", "UPDATE audit_head SET hash = 'ab' WHERE $1 > 0"},
	{"the head's time is changed", "UPDATE audit_head SET sealed_us = 1 WHERE $1 > 0"},
	{"the head is taken out", "DELETE FROM audit_head WHERE $1 > 0"},
}

func TestAnySingleChangeToTheTrailIsFound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		for i := range 5 {
			record(t, d, i*4, 4)
			sealed(t, d)
		}
		// Each damage is done, found and taken back in one transaction.
		rapid.Check(t, func(r *rapid.T) {
			what := rapid.SampledFrom(damages).Draw(r, "damage")
			place := rapid.IntRange(1, 20).Draw(r, "place")
			if strings.Contains(what.sql, "/ 5") {
				place = max(place, 5)
			}
			if err := damaged(t.Context(), d, what.sql, place, func(v account.Verdict) {
				if len(v.Flaws) == 0 {
					r.Errorf("%s (%d), and nobody notices", what.name, place)
				}
			}); err != nil {
				r.Fatal(err)
			}
		})
		if v := verify(t, d); len(v.Flaws) > 0 {
			t.Errorf("taken back, and still %q", v.Flaws)
		}
	})
}

// damaged shows the verdict after a change, and takes the change back.
func damaged(ctx context.Context, d *db.DB, sql string, place int, look func(account.Verdict)) error {
	back := fmt.Errorf("taken back")
	err := d.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(strings.ReplaceAll(sql, "$1", fmt.Sprint(place)))
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("%s touches nothing", sql)
		}
		v, err := account.Verify(tx)
		if err != nil {
			return err
		}
		look(v)
		return back
	})
	if err == back { //nolint:errorlint // the very one
		return nil
	}
	return err
}

func TestALongTrailIsReadInParts(t *testing.T) {
	t.Parallel()
	d := migrated(t, dbtest.Open(t, dbtest.SQLite(t)))
	var noted account.Mark
	for i := range account.SealsAtOnce + 3 {
		record(t, d, i, 1)
		if end := sealed(t, d); i == account.SealsAtOnce-1 {
			noted = end
		}
	}
	if v := verify(t, d, noted); len(v.Flaws) > 0 || v.End.Seal != account.SealsAtOnce+3 {
		t.Errorf("%+v", v)
	}
	for _, seal := range []int{account.SealsAtOnce, account.SealsAtOnce + 1} {
		if err := damaged(t.Context(), d, "UPDATE audit_entries SET touched = 7 WHERE place = $1", seal, func(v account.Verdict) {
			if len(v.Flaws) != 1 {
				t.Errorf("%d: %q", seal, v.Flaws)
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// Who cuts the end off and puts the head back as it was then leaves a trail that is whole in itself; a mark that was
// noted elsewhere still tells.
func TestACutTailIsFound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		record(t, d, 0, 4)
		first := sealed(t, d)
		record(t, d, 4, 4)
		second := sealed(t, d)
		exec := func(sql string, args ...any) {
			t.Helper()
			must(t, d, func(tx *db.Tx) error { _, err := tx.Exec(sql, args...); return err })
		}
		exec("DELETE FROM audit_entries WHERE place > 4")
		if v := verify(t, d); len(v.Flaws) != 1 || !strings.Contains(v.Flaws[0], "4 are missing") {
			t.Errorf("entries of a seal are gone: %q", v.Flaws)
		}
		exec("DELETE FROM audit_seals WHERE seal_no > 1")
		if v := verify(t, d); len(v.Flaws) != 1 || !strings.Contains(v.Flaws[0], "its end was cut off") {
			t.Errorf("the end is gone: %q", v.Flaws)
		}
		exec("UPDATE audit_head SET seal_no = 1, place = 4, hash = $1, sealed_us = $2", first.Hash, first.At)
		if v := verify(t, d, first); len(v.Flaws) > 0 {
			t.Errorf("%q", v.Flaws)
		}
		if v := verify(t, d, first, second); len(v.Flaws) != 1 || !strings.Contains(v.Flaws[0], "seal 2 is not the one that was noted") {
			t.Errorf("rewritten behind the mark: %q", v.Flaws)
		}
	})
}

// Many write at once while two processes seal: every entry is sealed once.
func TestManyWriteTheTrailWhileOthersSeal(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		d := migrated(t, dbtest.Open(t, o))
		sealers := []*db.DB{d}
		if o.URL != "" {
			sealers = append(sealers, dbtest.Open(t, o))
		}
		const writers, each = 6, 30
		var writing, sealing sync.WaitGroup
		done, stop := context.WithCancel(t.Context())
		for _, s := range sealers {
			sealing.Go(func() {
				for done.Err() == nil {
					if _, err := account.Seal(context.WithoutCancel(done), s); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					e := account.Entry{Actor: owner, Action: "order.add", Target: fmt.Sprintf("ord_%02d%04d", w, i)}
					if err := d.Write(t.Context(), func(tx *db.Tx) error { return account.Record(tx, e) }); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		writing.Wait()
		stop()
		sealing.Wait()
		end := sealed(t, d)
		if v := verify(t, d, end); len(v.Flaws) > 0 || end.Entries != writers*each || v.Fresh != 0 {
			t.Errorf("%d of %d entries are sealed, %d wait: %q", end.Entries, writers*each, v.Fresh, v.Flaws)
		}
		got := list(t, d, account.EntryFilter{Limit: 50})
		slices.Sort(got)
		if n := len(slices.Compact(got)); n != writers*each {
			t.Errorf("%d different acts are listed, want %d", n, writers*each)
		}
	})
}

// An entry whose transaction began before others were sealed and commits afterwards is sealed then.
func TestAnEntryThatCommitsLateIsSealed(t *testing.T) {
	t.Parallel()
	d := migrated(t, dbtest.Open(t, dbtest.Postgres(t)))
	wrote, finish, late := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		late <- d.Write(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
			err := account.Record(tx, account.Entry{Actor: owner, Action: "order.add", Target: "ord_late"})
			close(wrote)
			<-finish
			return err
		})
	}()
	<-wrote
	record(t, d, 0, 2)
	if end := sealed(t, d); end.Entries != 2 {
		t.Errorf("%+v", end)
	}
	close(finish)
	if err := <-late; err != nil {
		t.Fatal(err)
	}
	if end := sealed(t, d); end.Entries != 3 || end.Seal != 2 {
		t.Errorf("%+v", end)
	}
	if v := verify(t, d); len(v.Flaws) > 0 {
		t.Errorf("%q", v.Flaws)
	}
}

func TestTheSealerSealsAtTheEnd(t *testing.T) {
	t.Parallel()
	d := migrated(t, dbtest.Open(t, dbtest.SQLite(t)))
	record(t, d, 0, 2)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var noted account.Mark
	account.RunSealer(ctx, d, func(m account.Mark) { noted = m }, func(err error) { t.Error(err) })
	if noted.Entries != 2 || len(noted.Hash) != 64 {
		t.Errorf("%+v", noted)
	}
}
