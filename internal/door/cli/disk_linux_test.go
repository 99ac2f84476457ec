package cli_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"regulars/internal/base/db"
)

// withDisks runs the test in a process that has its mounts to itself, so that they end with it, however it ends. It
// tells whether this is that process; programs it starts see its disks too.
func withDisks(t *testing.T) bool {
	t.Helper()
	const child = "REGULARS_CLI_CHILD"
	if os.Getenv(child) == t.Name() {
		return true
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.count=1")
	c.Env = append(os.Environ(), child+"="+t.Name())
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	runtime.LockOSThread() // the signal comes at the end of the thread that started the child
	defer runtime.UnlockOSThread()
	switch out, err := c.CombinedOutput(); {
	case errors.Is(err, syscall.EPERM):
		t.Skipf("a small disk to fill cannot be mounted here (%v): run the tests as root", err)
	case err != nil:
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// disk mounts a file system of the given size.
func disk(t *testing.T, size string) string {
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

// fill writes a file that leaves the disk the given bytes.
func fill(t *testing.T, dir string, leave uint64) {
	t.Helper()
	var d syscall.Statfs_t
	if err := syscall.Statfs(dir, &d); err != nil {
		t.Fatal(err)
	}
	free := d.Bavail * uint64(d.Bsize)
	if err := os.WriteFile(filepath.Join(dir, "filler"), make([]byte, max(free, leave)-leave), 0o600); err != nil {
		t.Fatal(err)
	}
}

// grow makes a small disk larger.
func grow(t *testing.T, dir, size string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size="+size); err != nil {
		t.Fatalf("make the small disk larger: %v", err)
	}
}

func readOnly(t *testing.T, dir string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatalf("make the small disk read-only: %v", err)
	}
}

// files names what lies in a folder.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		names = append(names, one.Name())
	}
	return names
}

// A disk that is full: nothing half-written stays, and when there is space again, all goes on.
func TestFullDisks(t *testing.T) {
	t.Parallel()
	if !withDisks(t) {
		return
	}
	source := newFolder(t)
	source.stock(t, 600)
	backup := filepath.Join(t.TempDir(), "shop.backup")
	regulars(t, source.with("backup", backup)...).says(t)

	small := disk(t, "2m")
	fill(t, small, 8<<10)
	data := filepath.Join(small, "data")
	to := place{args: []string{"--data", data}, options: db.Options{Path: filepath.Join(data, "regulars.db")}}
	regulars(t, source.with("backup", filepath.Join(small, "shop.backup"))...).refuses(t, "the disk of "+small+"/shop.backup is full", "free some space")
	if left := files(t, small); len(left) != 1 {
		t.Errorf("%v is left", left)
	}
	regulars(t, to.with("restore", backup)...).refuses(t, "is full", "free some space")
	if left := files(t, data); len(left) != 1 || left[0] != "in-use" {
		t.Errorf("%v is left in the folder", left)
	}
	regulars(t, to.with("migrate")...).refuses(t, "is full", "free some space")
	if err := os.Remove(filepath.Join(small, "filler")); err != nil {
		t.Fatal(err)
	}
	regulars(t, to.with("migrate")...).says(t, "is at schema ")
	regulars(t, to.with("check")...).says(t, "nothing wrong")
	other := place{args: []string{"--data", filepath.Join(small, "other")}}
	regulars(t, other.with("restore", backup)...).refuses(t, "full", "free some space")
	if left := files(t, filepath.Join(small, "other")); len(left) != 1 || left[0] != "in-use" {
		t.Errorf("%v is left in the other folder", left)
	}
	grow(t, small, "6m")
	regulars(t, other.with("restore", backup)...).says(t)
	regulars(t, other.with("check")...).says(t, "nothing wrong")
	orders, _ := manyOrders(t, 20_000)
	regulars(t, to.with("import", orders, "-q")...).refuses(t, "is full", "free some space")
	if left := strings.Join(files(t, data), " "); strings.Contains(left, "regulars-import-") {
		t.Errorf("%v is left in the folder", left)
	}
	regulars(t, to.with("check")...).says(t, "nothing wrong")
}

func TestReadOnlyDisks(t *testing.T) {
	t.Parallel()
	if !withDisks(t) {
		return
	}
	small := disk(t, "8m")
	data := filepath.Join(small, "data")
	at := place{args: []string{"--data", data}, options: db.Options{Path: filepath.Join(data, "regulars.db")}}
	at.stock(t, 30)
	backup := filepath.Join(t.TempDir(), "shop.backup")
	regulars(t, at.with("backup", backup)...).says(t)
	readOnly(t, small)
	orders, _ := manyOrders(t, 3)
	regulars(t, at.with("import", orders)...).refuses(t, data+" may not be written to: read-only file system", "check its permissions")
	regulars(t, at.with("migrate")...).refuses(t, data+" may not be written to: read-only file system", "check its permissions")
	regulars(t, at.with("check")...).refuses(t, data+"/regulars.db", "check")
	regulars(t, at.with("backup", filepath.Join(t.TempDir(), "b.backup"))...).refuses(t, data+"/regulars.db", "check")
	regulars(t, "restore", backup, "--data", filepath.Join(small, "new")).refuses(t, "cannot be made: read-only file system")
	other := newFolder(t)
	other.stock(t, 1)
	regulars(t, other.with("backup", filepath.Join(small, "c.backup"))...).refuses(t, "cannot write "+small+"/c.backup: read-only file system")
}
