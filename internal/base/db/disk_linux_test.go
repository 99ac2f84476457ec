package db_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
)

// withDisks runs the test in a process that has its mounts to itself, so that they end with it, however it ends. It
// tells whether this is that process.
func withDisks(t *testing.T) bool {
	t.Helper()
	if os.Getenv("REGULARS_DB_CHILD") == t.Name() {
		return true
	}
	c := dbtest.Child(t, t.Name(), db.Options{})
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	// A signal at the parent's death is one at the end of the thread that started the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	out, err := c.CombinedOutput()
	switch {
	case errors.Is(err, syscall.EPERM):
		t.Skipf("a small disk to fill cannot be mounted here (%v): run the tests as root", err)
	case err != nil:
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// small mounts a file system of the given size.
func small(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Fatalf("mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill writes a file until the disk has no more than the given bytes left.
func fill(t *testing.T, dir string, leave uint64) (path string) {
	t.Helper()
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "filler")
	if err := os.WriteFile(path, make([]byte, max(disk.Bavail*uint64(disk.Bsize), leave)-leave), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// One in a group writes more than fits: only that one is told no, the others are written once.
func TestTheOneWhoFillsTheDisk(t *testing.T) {
	t.Parallel()
	if !withDisks(t) {
		return
	}
	d := numbers(t, db.Options{Path: filepath.Join(small(t, "64m"), "a.db")})
	prepare(t, d, `CREATE TABLE big (b BYTEA NOT NULL)`)
	outcomes := group(t, d, add(1), add(2), func(tx *db.Tx) error {
		for range 100 { // more than the cache holds, so that it is written before the commit, and fails in a statement
			if _, err := tx.Exec(`INSERT INTO big VALUES ($1)`, make([]byte, 1<<20)); err != nil {
				return err
			}
		}
		return nil
	}, add(3), add(4))
	for i, err := range outcomes {
		switch {
		case i == 2 && (fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "is full")):
			t.Errorf("the one that fills the disk: %v", err)
		case i != 2 && err != nil:
			t.Errorf("another in the group: %v", err)
		}
	}
	if got := present(t, d); got != "1 2 3 4" {
		t.Errorf("%s are there, want 1 2 3 4", got)
	}
	if n := one[int](t, d, `SELECT count(*) FROM big`); n != 0 {
		t.Errorf("%d rows of the failed write are there", n)
	}
}

// The disk is full for everybody at the commit: who was told yes is there once, who was told no is not; and when there
// is space again, work goes on.
func TestADiskThatIsFull(t *testing.T) {
	t.Parallel()
	if !withDisks(t) {
		return
	}
	dir := small(t, "4m")
	d := numbers(t, db.Options{Path: filepath.Join(dir, "a.db")})
	prepare(t, d, `CREATE TABLE note (i BIGINT NOT NULL, b BYTEA NOT NULL)`)
	filler := fill(t, dir, 300<<10)
	yes, no := map[int]bool{}, map[int]bool{}
	var mutex sync.Mutex
	var all sync.WaitGroup
	for who := range 8 {
		all.Go(func() {
			for i := range 40 {
				key := who*1000 + i
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					_, err := tx.Exec(`INSERT INTO note VALUES ($1, $2)`, key, make([]byte, 3000))
					return err
				})
				if err != nil && fault.KindOf(err) != fault.Unavailable {
					t.Error(err)
				}
				mutex.Lock()
				if err == nil {
					yes[key] = true
				} else if !db.OutcomeUnknown(err) {
					no[key] = true
				}
				mutex.Unlock()
			}
		})
	}
	all.Wait()
	if len(yes) == 0 || len(no) == 0 {
		t.Errorf("%d were told yes and %d no: the disk did not get full in between", len(yes), len(no))
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(t.Context(), add(1)); err != nil {
		t.Errorf("with space again: %v", err)
	}
	tally(t, d, `SELECT i FROM note`, yes, no)
	// What was acknowledged is in the file, not only in this connection.
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	tally(t, dbtest.Open(t, db.Options{Path: filepath.Join(dir, "a.db")}), `SELECT i FROM note`, yes, no)
}

func TestAFolderThatMayNotBeWrittenTo(t *testing.T) {
	t.Parallel()
	if !withDisks(t) {
		return
	}
	dir := small(t, "4m")
	path := filepath.Join(dir, "a.db")
	d, err := db.Open(t.Context(), db.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	prepare(t, d, `CREATE TABLE n (i BIGINT NOT NULL)`)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatalf("make the small disk read-only: %v", err)
	}
	_, err = db.Open(t.Context(), db.Options{Path: path})
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("opened on a disk that is read-only: %v", err)
	}
}
