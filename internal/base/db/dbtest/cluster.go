package dbtest

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

//go:embed guard.sh
var guardScript string

// errNone says what is missing and what brings it.
var errNone = errors.New("these tests need PostgreSQL 15 or newer, and no initdb is installed: install the package " +
	"postgresql-15 (apt-get install -y postgresql-15; scripts/needs.sh test does it without a system cluster), " +
	"or set REGULARS_TEST_POSTGRES to the URL of a server whose user may create databases")

// shared is the one cluster of this process and of those it starts; it ends with the process.
var shared = sync.OnceValues(func() (*cluster, error) {
	if at := os.Getenv("REGULARS_TEST_POSTGRES"); at != "" {
		return join(at)
	}
	s, err := start(inMemory(), "fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")
	if err != nil {
		return nil, err
	}
	c, err := join(s.URL)
	if err != nil {
		return nil, err
	}
	c.own = s
	return c, nil
})

// Server is a PostgreSQL cluster of one test, durable, to be killed and started again.
type Server struct {
	URL string // of the database postgres

	orders  io.WriteCloser
	answers *bufio.Reader
	folder  string
}

// NewServer starts a cluster that waits for the disk, as one in use does. It is removed when the test ends.
func NewServer(tb testing.TB) *Server {
	tb.Helper()
	s, err := start(os.TempDir(), "fsync=on")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.orders.Close(); err != nil {
			tb.Errorf("end the server: %v", err)
		}
		// The guard's output ends with it: then nothing is left.
		if _, err := s.answers.ReadString('\n'); !errors.Is(err, io.EOF) {
			tb.Errorf("the guard of the server went on: %v", err)
		}
	})
	return s
}

// Kill ends the server as a crash does: without a word to anybody.
func (s *Server) Kill(tb testing.TB) { tb.Helper(); s.order(tb, "kill") }

// Stop ends the server in order: it rolls back what is open and tells its clients.
func (s *Server) Stop(tb testing.TB) { tb.Helper(); s.order(tb, "stop") }

// Start starts the server again and returns when it answers.
func (s *Server) Start(tb testing.TB) { tb.Helper(); s.order(tb, "start") }

func (s *Server) order(tb testing.TB, what string) {
	tb.Helper()
	if err := s.tell(what); err != nil {
		tb.Fatal(err)
	}
}

func (s *Server) tell(what string) error {
	if _, err := io.WriteString(s.orders, what+"\n"); err != nil {
		return fmt.Errorf("%s the database server: %w", what, err)
	}
	answer, err := s.answers.ReadString('\n')
	if err != nil || strings.TrimSpace(answer) != "ok" {
		log, _ := os.ReadFile(filepath.Join(s.folder, "log")) // without it the sentence is only shorter
		return fmt.Errorf("%s the database server: %q, %w; its log:\n%s", what, answer, err, log)
	}
	return nil
}

// start makes a cluster in a folder of root and starts it under a guard.
func start(root string, settings ...string) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	as, err := owner()
	if err != nil {
		return nil, err
	}
	folder, err := place(root, as)
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder, URL: (&url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres",
		RawQuery: url.Values{"host": {folder}}.Encode()}).String()}
	// The script comes through a file, since standard input is for orders.
	script := filepath.Join(folder, "guard.sh")
	if err := errors.Join(os.WriteFile(script, []byte(guardScript), 0o600), chown(script, as)); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	args := []string{script, bin, folder}
	for _, set := range append([]string{"listen_addresses=", "unix_socket_directories=" + folder, "shared_buffers=32MB",
		"max_connections=150", "dynamic_shared_memory_type=mmap", "max_wal_size=256MB", "jit=off"}, settings...) {
		args = append(args, "-c", set)
	}
	// No context: it outlives the test that happened to be first, and ends with the process.
	guard := exec.CommandContext(context.Background(), "/bin/sh", args...)
	guard.Dir = folder
	// In a group of its own, so that what ends the tests does not end it first.
	guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: as}
	orders, err := guard.StdinPipe()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	answers, err := guard.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	s.orders, s.answers = orders, bufio.NewReader(answers)
	// Under the guard before anything else: from here on the folder is removed, whatever happens.
	if err := guard.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start the guard of the database server: %w", err), os.RemoveAll(folder))
	}
	if err := s.tell("start"); err != nil {
		return nil, errors.Join(err, orders.Close())
	}
	return s, nil
}

// binaries finds the folder of the newest PostgreSQL.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", fmt.Errorf("look for initdb: %w", err)
	}
	elsewhere, err := exec.LookPath("initdb")
	if err == nil {
		elsewhere, err = filepath.EvalSymlinks(elsewhere)
	}
	if err != nil {
		elsewhere = ""
	}
	return newestOf(found, elsewhere)
}

// newestOf chooses among Debian's places, which name the version, before the one on the PATH.
func newestOf(found []string, elsewhere string) (string, error) {
	const oldest = 15
	best, folder := 0, ""
	for _, initdb := range found {
		bin := filepath.Dir(initdb)
		if v, err := strconv.Atoi(filepath.Base(filepath.Dir(bin))); err == nil && v > best {
			best, folder = v, bin
		}
	}
	switch {
	case best >= oldest:
		return folder, nil
	case elsewhere != "":
		return filepath.Dir(elsewhere), nil
	}
	return "", errNone
}

// owner is who runs the server when the tests run as root; nil: whoever runs the tests.
func owner() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // no credential is what SysProcAttr takes for "the same user"
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUser := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGroup := strconv.ParseUint(u.Gid, 10, 32)
		if errUser == nil && errGroup == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as")
}

// inMemory is where files are kept in memory, where there is enough of it: each database of a test is hundreds of files, which a
// disk takes a quarter of the tests' time to make and to remove.
func inMemory() string {
	const root, enough = "/dev/shm", 4 << 30
	var free syscall.Statfs_t
	if err := syscall.Statfs(root, &free); err != nil || free.Bavail*uint64(free.Bsize) < enough { //nolint:gosec // a block has a size
		return os.TempDir()
	}
	return root
}

// place makes the cluster's folder. Paths of sockets are short, so a long TMPDIR is passed over.
func place(root string, as *syscall.Credential) (string, error) {
	const longest = 70
	if len(root) > longest {
		root = "/tmp"
	}
	folder, err := os.MkdirTemp(root, "regulars-postgres-")
	if err != nil {
		return "", fmt.Errorf("make a folder for the database server: %w", err)
	}
	return folder, chown(folder, as)
}

func chown(path string, as *syscall.Credential) error {
	if as == nil {
		return nil
	}
	if err := os.Chown(path, int(as.Uid), int(as.Gid)); err != nil {
		return fmt.Errorf("give the database server its folder: %w", err)
	}
	return nil
}
