package dbtest_test

import (
	"bufio"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
)

func TestEachRunsOnBothEngines(t *testing.T) {
	t.Parallel()
	ran := make(chan string, 2)
	t.Run("both", func(t *testing.T) {
		dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
			var version string
			d := dbtest.Open(t, o)
			query := `SELECT sqlite_version()`
			if o.URL != "" {
				query = `SELECT version()`
			}
			if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(query).Scan(&version) }); err != nil {
				t.Error(err)
			}
			ran <- version
		})
	})
	close(ran)
	postgres := 0
	for version := range ran {
		if strings.HasPrefix(version, "PostgreSQL") {
			postgres++
		}
	}
	if postgres != 1 {
		t.Errorf("ran on PostgreSQL %d times, want once", postgres)
	}
}

func TestDatabasesAreApart(t *testing.T) {
	t.Parallel()
	for range 3 {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			for _, statement := range []string{`CREATE TABLE same (i BIGINT NOT NULL)`, `INSERT INTO same VALUES (1)`} {
				if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(statement); return err }); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// again runs one test of this program in a process of its own, with settings in its environment.
func again(t *testing.T, test string, env ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+test+"$", "-test.count=1", "-test.v")
	c.Env = append(append(os.Environ(), "REGULARS_DBTEST_CHILD="+test), env...)
	return c
}

func inChild(t *testing.T) bool {
	t.Helper()
	return os.Getenv("REGULARS_DBTEST_CHILD") == t.Name()
}

// TestChildHolds makes a database, says where, and waits to be killed; or panics.
func TestChildHolds(t *testing.T) {
	if !inChild(t) {
		return
	}
	o := dbtest.Postgres(t)
	if _, err := os.Stdout.WriteString("at " + o.URL + "\n"); err != nil {
		t.Fatal(err)
	}
	if os.Getenv("REGULARS_DBTEST_END") == "panic" {
		panic("as a test may")
	}
	time.Sleep(time.Minute)
}

// However a test process ends, its server and its folder are gone a moment later.
func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	if os.Getenv("REGULARS_TEST_POSTGRES") != "" {
		t.Skip("the server of REGULARS_TEST_POSTGRES is not ours to end; databases on it are swept in another test")
	}
	for _, end := range []string{"kill", "panic"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			c := again(t, "TestChildHolds", "REGULARS_DBTEST_END="+end)
			out, err := c.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			var at string
			for lines := bufio.NewReader(out); at == ""; {
				line, err := lines.ReadString('\n')
				if err != nil {
					t.Fatalf("%v after %q", err, line)
				}
				if said, ok := strings.CutPrefix(line, "at "); ok {
					at = strings.TrimSpace(said)
				}
			}
			u, err := url.Parse(at)
			if err != nil {
				t.Fatal(err)
			}
			folder := u.Query().Get("host")
			if !strings.HasPrefix(filepath.Base(folder), "regulars-postgres-") {
				t.Fatalf("the server is at %s", at)
			}
			if end == "kill" { // after a panic it may be gone already
				if _, err := os.Stat(folder); err != nil {
					t.Error(err)
				}
				if err := c.Process.Kill(); err != nil {
					t.Error(err)
				}
			}
			_, _ = io.Copy(io.Discard, out)
			_ = c.Wait() // killed or panicked
			for range 400 {
				if _, err = os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
					break
				}
				time.Sleep(50 * time.Millisecond)
			}
			if !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s is left: %v", folder, err)
			}
			if running := serversIn(t, folder); running != "" {
				t.Errorf("still running: %s", running)
			}
		})
	}
}

// serversIn finds processes that were started in the folder.
func serversIn(t *testing.T, folder string) string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		line, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(line), folder) && !strings.Contains(string(line), ".test") {
			return strings.ReplaceAll(string(line), "\x00", " ")
		}
	}
	return ""
}

// On a server of the user's, a killed process cannot clean up; the next one does, and leaves those of the living alone.
func TestASharedServerIsSwept(t *testing.T) {
	t.Parallel()
	server := dbtest.NewServer(t)
	hold := func() *exec.Cmd {
		c := again(t, "TestChildHolds", "REGULARS_TEST_POSTGRES="+server.URL)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		said := make([]byte, 4096)
		for n := 0; !strings.Contains(string(said[:n]), "at postgres"); {
			m, err := out.Read(said[n:])
			if n += m; err != nil {
				t.Fatalf("%v after %q", err, said[:n])
			}
		}
		return c
	}
	end := func(c *exec.Cmd) {
		if err := c.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = c.Wait() // killed
	}
	pool, err := sql.Open("pgx", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	count := func() (n int) {
		if err := pool.QueryRow(`SELECT count(*) FROM pg_database WHERE datname LIKE 'regulars\_test\_%'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := hold()
	second := hold()
	if n := count(); n != 2 {
		t.Errorf("%d databases while two processes live, want 2", n)
	}
	end(first)
	time.Sleep(300 * time.Millisecond) // the server notices that the connection is gone
	third := hold()
	if n := count(); n != 2 {
		t.Errorf("%d databases after one was killed and another began, want 2", n)
	}
	end(second)
	end(third)
}

// Without PostgreSQL a test fails, and says what to do.
func TestAMissingPostgreSQLFails(t *testing.T) {
	t.Parallel()
	text := dbtest.None().Error()
	for _, says := range []string{"postgresql-15", "apt-get install", "REGULARS_TEST_POSTGRES"} {
		if !strings.Contains(text, says) {
			t.Errorf("the sentence %q does not name %s", text, says)
		}
	}
	c := again(t, "TestChildHolds", "REGULARS_TEST_POSTGRES=postgres://nobody@127.0.0.1:1/none")
	out, err := c.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "--- FAIL") {
		t.Errorf("a server that is not there: %v\n%s", err, out)
	}
}
