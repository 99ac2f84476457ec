package dbtest

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"regulars/internal/base/db"
)

// CrashRounds is how often processes are killed: as often as usual, a quarter of it with -short, or
// REGULARS_CRASH_ROUNDS.
func CrashRounds(tb testing.TB, usual int) int {
	tb.Helper()
	if set := os.Getenv("REGULARS_CRASH_ROUNDS"); set != "" {
		n, err := strconv.Atoi(set)
		if err != nil {
			tb.Fatalf("REGULARS_CRASH_ROUNDS: %v", err)
		}
		return n
	}
	if testing.Short() {
		return (usual + 3) / 4
	}
	return usual
}

// Crash starts the child, waits until it has printed a line, and kills it at some moment after that; the server, where
// there is one, is killed and started again before. Every line that the child got out is handed to line.
func Crash(tb testing.TB, child *exec.Cmd, server *Server, line func(string)) {
	tb.Helper()
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := child.Start(); err != nil {
		tb.Fatal(err)
	}
	first, read := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(read)
		start := sync.OnceFunc(func() { close(first) })
		for lines := bufio.NewScanner(out); lines.Scan(); {
			line(lines.Text())
			start()
		}
	}()
	select {
	case <-first:
	case <-read:
	case <-time.After(time.Minute):
		tb.Error("the child printed nothing within a minute")
	}
	moment := func() { time.Sleep(rand.N(100 * time.Millisecond)) }
	moment()
	if server != nil {
		server.Kill(tb)
		server.Start(tb)
		moment()
	}
	if err := child.Process.Kill(); err != nil {
		tb.Errorf("kill the child: %v", err)
	}
	<-read
	_ = child.Wait() // killed, as it should be
}

// EachKilled is EachOptions for tests that kill processes: on PostgreSQL with a server of its own, to be killed too; there is none
// on SQLite.
func EachKilled(t *testing.T, test func(t *testing.T, o db.Options, server *Server)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t), nil)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		server := NewServer(t)
		test(t, db.Options{URL: server.URL, Connections: 8}, server)
	})
}

// GoOn does one thing after the other in a child, from a number on, and prints the number of each that is done, until the child is
// killed. On a server that is being killed a thing may fail, and is tried again.
func GoOn(from int, do func(n int) error) {
	for n := from; ; {
		if do(n) != nil {
			if os.Getppid() > 1 {
				time.Sleep(time.Millisecond)
			}
			continue
		}
		if _, err := fmt.Fprintln(os.Stdout, n); err != nil {
			return
		}
		n++
	}
}

// Variables that tell a test that it is run again, in a process of its own, and on which database.
const (
	childName = "REGULARS_DB_CHILD"
	childPath = "REGULARS_DB_PATH"
	childURL  = "REGULARS_DB_URL"
)

// Child is this test program again, running one test on the given database.
func Child(t *testing.T, test string, o db.Options) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+test+"$", "-test.count=1")
	c.Env = append(os.Environ(), childName+"="+test, childPath+"="+o.Path, childURL+"="+o.URL)
	return c
}

// InChild opens the database of the parent, or gives nil where the test is not run as a child.
func InChild(t *testing.T) *db.DB {
	t.Helper()
	if os.Getenv(childName) != t.Name() {
		return nil
	}
	return Open(t, db.Options{Path: os.Getenv(childPath), URL: os.Getenv(childURL), Connections: 8})
}
