package folder_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"regulars/internal/base/fault"
	"regulars/internal/base/folder"
)

// A read-only disk stands for a folder without permission to write, which root would have anyway.
func TestAFolderThatMayNotBeWrittenTo(t *testing.T) {
	t.Parallel()
	if os.Getenv("REGULARS_FOLDER_CHILD") != t.Name() {
		// In a process that has its mounts to itself, so that they end with it.
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.count=1")
		c.Env = append(os.Environ(), "REGULARS_FOLDER_CHILD="+t.Name())
		c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
		runtime.LockOSThread() // the signal comes at the end of the thread that started the child
		defer runtime.UnlockOSThread()
		switch out, err := c.CombinedOutput(); {
		case errors.Is(err, syscall.EPERM):
			t.Skipf("a disk cannot be mounted here (%v): run the tests as root", err)
		case err != nil:
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Fatal(err)
	}
	defer syscall.Unmount(dir, syscall.MNT_DETACH)
	path := filepath.Join(dir, "data")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	_, err := folder.Make(path, "import")
	refused(t, err, fault.Unavailable, path+" may not be written to: read-only file system")
	_, err = folder.Make(filepath.Join(dir, "other"), "import")
	refused(t, err, fault.Unavailable, "cannot be made: read-only file system")
}

// On a full disk the folder is held all the same, without the words about who holds it.
func TestAFolderOnAFullDiskCanBeHeld(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data")
	f := makeFolder(t, path)
	if err := os.Truncate(filepath.Join(path, "in-use"), 0); err != nil {
		t.Fatal(err)
	}
	_, err := folder.Make(path, "report")
	refused(t, err, fault.Unavailable, path+" is in use by another program; wait for it or stop it")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestNetworkDrivesAreKnown(t *testing.T) {
	t.Parallel()
	for number, want := range map[int64]string{0x6969: "NFS", 0xff534d42: "SMB", -0xacb2be: "SMB", 0xef53: "", 0x01021994: ""} {
		if got := folder.NetworkKind(number); got != want {
			t.Errorf("%#x is %q, want %q", number, got, want)
		}
	}
}
