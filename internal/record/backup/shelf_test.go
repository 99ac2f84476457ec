package backup_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/base/job/jobtest"
	"regulars/internal/record/backup"
	"regulars/internal/record/schema/schematest"
)

func TestAShelfKeepsTheNewest(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		schematest.Migrate(t, d)
		s := &backup.Shelf{DB: d, Dir: filepath.Join(t.TempDir(), "a [b] *", "backups"), Program: "test"}
		if all, err := s.List(); err != nil || len(all) != 0 {
			t.Errorf("of no folder: %+v, %v", all, err)
		}
		if _, err := s.Make(t.Context()); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("into a folder that cannot be made: %v", err)
		}
		s.Dir = filepath.Join(t.TempDir(), "backups")
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return backup.Keeping{Nightly: true, Keep: 2}.Save(tx) }); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(s.Dir, 0o700); err != nil {
			t.Fatal(err)
		}
		older := []string{"regulars-20200101-000000.backup", "regulars-20210101-000000.backup"}
		strange := []string{"mine.backup", "regulars-20200101-000000.backup.old", "regulars-99999999-999999.backup"}
		for _, name := range append(older, strange...) {
			if err := os.WriteFile(filepath.Join(s.Dir, name), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		made, err := s.Make(t.Context())
		if err != nil || made.Bytes == 0 {
			t.Fatalf("%+v, %v", made, err)
		}
		all, err := s.List()
		if err != nil || len(all) != 2 || all[0].Name != made.Name || all[1].Name != older[1] || !all[0].Made.Equal(made.Made) {
			t.Errorf("%+v, %v", all, err)
		}
		for _, name := range strange { // nobody's but whoever put them there
			if _, err := os.Stat(filepath.Join(s.Dir, name)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		// What was made can be restored.
		f, err := backup.Open(t.Context(), filepath.Join(s.Dir, made.Name))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.IntoFolder(t.Context(), newFolder(t), nil); err != nil {
			t.Error(err)
		}
		// Where none can be made the old ones stay.
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Make(ctx); err == nil {
			t.Error("stopped, and made")
		}
		if all, err := s.List(); err != nil || len(all) != 2 {
			t.Errorf("%+v, %v", all, err)
		}
		text, err := s.Open(made.Name)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, text); err != nil || n != made.Bytes || text.Close() != nil {
			t.Errorf("%d bytes, %v", n, err)
		}
		secret := filepath.Join(filepath.Dir(s.Dir), "secret.key")
		if err := errors.Join(os.WriteFile(secret, []byte("x"), 0o600), os.Symlink(secret, filepath.Join(s.Dir, "regulars-20220101-000000.backup"))); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"", ".", "../secret.key", "mine.backup", "regulars-20220101-000000.backup", "regulars-20190101-000000.backup", made.Name + "/", made.Name + "\x00"} {
			if f, err := s.Open(name); err == nil {
				t.Errorf("%q is given away: %v", name, f.Close())
			}
		}
	})
}

func TestBackupsAreMadeByJobs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		schematest.Migrate(t, d)
		s := &backup.Shelf{DB: d, Dir: filepath.Join(t.TempDir(), "backups"), Program: "test"}
		keep := func(k backup.Keeping) error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return k.Save(tx) })
		}
		for _, n := range []int{0, -1, 101} {
			if err := keep(backup.Keeping{Keep: n}); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%d are kept: %v", n, err)
			}
		}
		made := func() int {
			t.Helper()
			all, err := s.List()
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		does := func(add func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), add); err != nil {
				t.Fatal(err)
			}
			stop := jobtest.Run(t, d, []job.Kind{s.Job()}, job.Options{Poll: 20 * time.Millisecond})
			for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				var all []job.Record
				if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
					all, err = job.List(tx, job.Filter{Kind: backup.Kind}, 0, 10)
					return err
				}); err != nil {
					t.Fatal(err)
				}
				if len(all) > 0 && all[0].State == job.Done {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("it does not end: %+v", all)
				}
			}
			stop()
		}
		night := func(tx *db.Tx) error {
			_, err := job.Add(tx, job.Job{Kind: backup.Kind, Key: "schedule " + backup.Kind, Payload: job.Tick{Schedule: backup.Kind, At: time.Now()}})
			return err
		}
		if err := keep(backup.Keeping{Keep: 3}); err != nil {
			t.Fatal(err)
		}
		if does(night); made() != 0 {
			t.Error("made at night though nobody wants it")
		}
		if does(func(tx *db.Tx) error { _, err := backup.Ask(tx); return err }); made() != 1 {
			t.Error("asked for, and not made")
		}
		if err := keep(backup.Keeping{Nightly: true, Keep: 1}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1100 * time.Millisecond) // names are of seconds
		before, err := s.List()
		if err != nil {
			t.Fatal(err)
		}
		does(night)
		if after, err := s.List(); err != nil || len(after) != 1 || after[0].Name == before[0].Name {
			t.Errorf("%+v, %v, and before %+v", after, err, before)
		}
	})
}
