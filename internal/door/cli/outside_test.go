package cli_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/record/schema/schematest"
)

// place is where a test keeps facts: the arguments that name it to the program, and how to open it beside.
type place struct {
	args    []string
	options db.Options
}

// eachPlace runs the test on a new folder and on a new PostgreSQL database, neither with a schema yet.
func eachPlace(t *testing.T, test func(t *testing.T, at place)) {
	t.Helper()
	for name, at := range map[string]func(t *testing.T) place{"folder": newFolder, "postgres": newDatabase} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, at(t))
		})
	}
}

func newFolder(t *testing.T) place {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	return place{args: []string{"--data", dir}, options: db.Options{Path: filepath.Join(dir, "regulars.db")}}
}

func newDatabase(t *testing.T) place {
	t.Helper()
	o := dbtest.Postgres(t)
	return place{args: []string{"--database", o.URL}, options: o}
}

// open opens the place beside the program, with the newest schema.
func (p place) open(t *testing.T) *db.DB {
	t.Helper()
	d := dbtest.Open(t, p.options)
	schematest.Migrate(t, d)
	return d
}

// exec runs statements in the place.
func (p place) exec(t *testing.T, statements ...string) {
	t.Helper()
	d, err := db.Open(t.Context(), p.options)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, statement := range statements {
		if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(statement); return err }); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// outcome is what a run of the program printed and ended with.
type outcome struct {
	stdout, stderr string
	code           int
}

// program makes a run of the program, which TestMain puts on the path.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), "regulars", args...)
	c.Env = append(os.Environ(), "LANG=C.UTF-8", "TZ=UTC", "NO_COLOR=1", "REGULARS_DATA=", "REGULARS_DATABASE=")
	return c
}

func regulars(t *testing.T, args ...string) (o outcome) {
	t.Helper()
	c := program(t, args...)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("regulars %s: %v", strings.Join(args, " "), err)
	}
	return outcome{stdout.String(), stderr.String(), c.ProcessState.ExitCode()}
}

// says wants the run to have ended well and to have printed all the parts.
func (o outcome) says(t *testing.T, parts ...string) {
	t.Helper()
	if o.code != 0 {
		t.Errorf("ended with %d: %s%s", o.code, o.stdout, o.stderr)
	}
	for _, part := range parts {
		if !strings.Contains(o.stdout, part) {
			t.Errorf("printed %q, without %q", o.stdout, part)
		}
	}
}

// refuses wants the run to have ended with one sentence that has all the parts, and nothing internal.
func (o outcome) refuses(t *testing.T, parts ...string) {
	t.Helper()
	if o.code != 1 || strings.Count(o.stderr, "regulars: ") != 1 || leak.MatchString(o.stderr) {
		t.Errorf("ended with %d and said %q (%q), want one sentence", o.code, o.stderr, o.stdout)
	}
	for _, part := range parts {
		if !strings.Contains(o.stderr, part) {
			t.Errorf("said %q, without %q", o.stderr, part)
		}
	}
}

// one is the single value that a query gives.
func one[T any](t *testing.T, d *db.DB, query string) (value T) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(query).Scan(&value) }); err != nil {
		t.Fatal(err)
	}
	return value
}
