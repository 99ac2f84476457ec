package folder_test

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"regulars/internal/base/fault"
	"regulars/internal/base/folder"
)

func makeFolder(t *testing.T, path string) *folder.Folder {
	t.Helper()
	f, err := folder.Make(path, "import")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// refused wants a fault of the kind whose sentence has all the parts.
func refused(t *testing.T, err error, kind fault.Kind, parts ...string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("got %v, want a fault of kind %d", err, kind)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

func TestAFolderIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), folder.Default)
	f := makeFolder(t, path)
	for _, made := range []string{path, filepath.Join(path, "in-use")} {
		info, err := os.Stat(made)
		if err != nil {
			t.Fatal(err)
		}
		if others := info.Mode().Perm() & 0o077; others != 0 {
			t.Errorf("%s has mode %v, and others may use it", made, info.Mode())
		}
	}
	if f.Database() != filepath.Join(path, "regulars.db") || f.Mirror() != filepath.Join(path, "mirror.duckdb") {
		t.Errorf("files are %s and %s", f.Database(), f.Mirror())
	}
}

func TestOnlyOneHasAFolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data")
	f := makeFolder(t, path)
	if err := os.WriteFile(f.Database(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() (*folder.Folder, error){
		"make": func() (*folder.Folder, error) { return folder.Make(path, "report") },
		"open": func() (*folder.Folder, error) { return folder.Open(path, "report") },
	} {
		_, err := open()
		refused(t, err, fault.Unavailable, path+" is in use by `regulars import` (process "+strconv.Itoa(os.Getpid())+", since ", "wait for it or stop it")
		if !regexp.MustCompile(`since \d\d:\d\d\)`).MatchString(err.Error()) {
			t.Errorf("%s: %q does not say since when", name, err)
		}
		if by, held := folder.HeldBy(err); !held || by.Command != "import" || by.Process != os.Getpid() {
			t.Errorf("%s: held by %+v, %v", name, by, held)
		}
	}
	seen, err := folder.Look(path)
	if err != nil {
		t.Fatalf("look at a folder that is in use: %v", err)
	}
	if err := seen.Close(); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := folder.Open(path, "report")
	if err != nil {
		t.Fatalf("open what was closed: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

// TestChildHolds opens the folder it is given, says so, and waits to be killed.
func TestChildHolds(t *testing.T) {
	path := os.Getenv("REGULARS_FOLDER_CHILD")
	if path == "" {
		return
	}
	makeFolder(t, path)
	os.Stdout.WriteString("held\n")
	bufio.NewReader(os.Stdin).ReadString('\n')
}

func TestAKilledProcessLeavesTheFolderFree(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data")
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestChildHolds$", "-test.count=1")
	child.Env = append(os.Environ(), "REGULARS_FOLDER_CHILD="+path)
	stdin, err := child.StdinPipe() // held open, so that the child waits
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "held\n" {
		t.Fatalf("the child said %q, %v", line, err)
	}
	_, err = folder.Make(path, "report")
	refused(t, err, fault.Unavailable, "`regulars import` (process "+strconv.Itoa(child.Process.Pid)+", since ")
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed
	makeFolder(t, path)
}

func TestWhatIsNoFolderIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "orders.csv")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := folder.Make(filepath.Join(dir, "no", "data"), "import")
	refused(t, err, fault.NotFound, "there is no folder "+filepath.Join(dir, "no")+" to make data in")
	_, err = folder.Make(file, "import")
	refused(t, err, fault.Invalid, file+" is a file; name a folder")
	_, err = folder.Make(filepath.Join(file, "data"), "import")
	refused(t, err, fault.Unavailable, "cannot be made: not a directory")
	_, err = folder.Look(filepath.Join(dir, "none"))
	refused(t, err, fault.NotFound, "there is no folder "+filepath.Join(dir, "none"))
	_, err = folder.Open(empty, "report")
	refused(t, err, fault.NotFound, empty+" holds no data yet")
	if _, err := os.Stat(filepath.Join(empty, "in-use")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("looking left a file: %v", err)
	}
}

func TestAFolderIsClearedOfWhatWasKeptAndNothingElse(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a [b] *")
	f := makeFolder(t, path)
	kept := []string{"in-use", "secret.key", "server.sock", "regulars.db.old", "backup"}
	for _, name := range append([]string{"regulars.db", "regulars.db-wal", "regulars.db-shm", "mirror.duckdb", "mirror.duckdb.wal"}, kept[1:]...) {
		if err := os.WriteFile(filepath.Join(path, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(path, "mirror.duckdb.tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := f.Clear(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	slices.Sort(kept)
	if !slices.Equal(left, kept) {
		t.Errorf("%q are left, want %q", left, kept)
	}
	if looked, err := folder.Look(path); err == nil {
		t.Errorf("there is data still: %+v", looked)
	}
	if err := (&folder.Folder{Path: path}).Clear(); err == nil {
		t.Error("a folder that is not held is cleared")
	}
}
