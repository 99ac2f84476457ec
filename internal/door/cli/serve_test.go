package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
)

// server is the real program, serving.
type server struct {
	t       *testing.T
	at      place
	url     string
	process *exec.Cmd
	lines   []string    // what it printed before it was ready
	links   chan string // those that it printed, to come in by
	log     *lockedBuffer
	ended   chan struct{}
	*client.Client
}

type lockedBuffer struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.text.String()
}

// serve starts the program on the place and waits until it listens.
func serve(t *testing.T, at place, more ...string) *server {
	t.Helper()
	s := &server{t: t, at: at, log: &lockedBuffer{}, links: make(chan string, 10), ended: make(chan struct{})}
	s.process = program(t, append(append([]string{"serve", "--listen", "127.0.0.1:0"}, at.args...), more...)...)
	s.process.Dir = t.TempDir() // where the key file of a database is made
	s.process.Stderr = s.log
	out, err := s.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for s.url == "" && lines.Scan() {
		s.lines = append(s.lines, lines.Text())
		if _, address, ok := strings.Cut(lines.Text(), " at http"); ok {
			s.url = "http" + address
		}
	}
	go func() {
		for lines.Scan() {
			if _, link, ok := strings.Cut(lines.Text(), " at http"); ok && strings.Contains(link, "/setup/") || strings.Contains(link, "/look-around/") {
				s.links <- "http" + link
			}
		}
		_ = s.process.Wait() // how it ended is asked of its state
		close(s.ended)
	}()
	t.Cleanup(s.kill)
	if s.url == "" {
		t.Fatalf("it does not serve: %q %s", s.lines, s.log)
	}
	return s
}

func (s *server) kill() {
	_ = s.process.Process.Kill() // it may have ended
	<-s.ended
}

// stops tells the program to stop and wants it to, in order and in time.
func (s *server) stops() {
	s.t.Helper()
	began := time.Now()
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	<-s.ended
	if took := time.Since(began); s.process.ProcessState.ExitCode() != 0 || took > 10*time.Second {
		s.t.Errorf("it ended with %d after %v: %s", s.process.ProcessState.ExitCode(), took, s.log)
	}
}

// withKey makes a key on the command line and sets the business up.
func (s *server) withKey() *server {
	s.t.Helper()
	o := regulars(s.t, append([]string{"key", "create", "--scope", "all"}, s.at.args...)...)
	key := strings.TrimSpace(o.stdout)
	if o.code != 0 || !strings.HasPrefix(key, "rk_live_") || strings.Count(o.stdout, "\n") != 1 {
		s.t.Fatalf("%+v", o)
	}
	s.Client = client.New(s.url, key)
	if _, err := s.SetBusiness(s.t.Context(), client.Business{TimeZone: "Europe/Athens", Currency: "EUR"}); err != nil {
		s.t.Fatal(err)
	}
	return s
}

func anOrder(reference string) client.Order {
	return client.Order{Reference: reference, Customer: &client.CustomerRef{Reference: "C" + reference}, PlacedAt: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), AmountMinor: client.Minor(100)}
}

func TestAServedFolderTakesCommands(t *testing.T) {
	t.Parallel()
	at := newFolder(t)
	s := serve(t, at).withKey()
	files := t.TempDir()
	orders := filepath.Join(files, "orders.csv")
	if err := os.WriteFile(orders, []byte("order,customer,date,amount\n1,ada,2026-10-01,10.00\n2,bob,2026-10-02,20.50\n3,bob,2026-10-09,5.00\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	relative := program(t, append([]string{"import", "orders.csv"}, at.args...)...)
	relative.Dir = files // the server has another folder, and finds it all the same
	if out, err := relative.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("3")) {
		t.Fatalf("%s, %v", out, err)
	}
	m, err := s.Measure(t.Context(), "revenue", nil)
	if err != nil || m.Measure.Value == nil || *m.Measure.Value != 3550 {
		t.Errorf("after the import: %+v, %v", m.Measure, err)
	}
	with := func(args ...string) []string { return append(args, at.args...) }
	regulars(t, with("report")...).says(t, "€35.50")
	regulars(t, with("customer", "export", "ada")...).says(t, `"ada"`)
	regulars(t, with("key", "list")...).says(t, "key_", "all")
	regulars(t, with("migrate")...).says(t, "schema")
	regulars(t, with("backup", filepath.Join(files, "b.backup"))...).says(t, "b.backup")
	regulars(t, with("check", "--quiet")...).says(t)
	regulars(t, with("customer", "erase", "ada", "--yes")...).says(t, "ada")
	regulars(t, with("restore", filepath.Join(files, "b.backup"))...).refuses(t, "already")
	regulars(t, with("serve", "--listen", "127.0.0.1:0")...).refuses(t, "in use", "serve")
	regulars(t, with("import", filepath.Join(files, "none.csv"))...).refuses(t, "none.csv")
	if c := regulars(t, with("key", "create")...); c.code != 1 || !strings.Contains(c.stderr, "--scope all") {
		t.Errorf("%+v", c)
	}
	if _, err := s.PutOrder(t.Context(), anOrder("9")); err != nil {
		t.Errorf("after all that: %v", err)
	}
	s.stops()
	regulars(t, with("report")...).says(t, "€36.50")
	if left, err := filepath.Glob(filepath.Join(at.args[1], "*.sock")); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestTheSocketIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	// Deeper than the path of a socket may be.
	deep := filepath.Join(t.TempDir(), strings.Repeat("deep", 30))
	if err := os.Mkdir(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	at := place{args: []string{"--data", filepath.Join(deep, "data")}}
	s := serve(t, at).withKey()
	info, err := os.Stat(filepath.Join(deep, "data", "server.sock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	s.kill() // and leaves its socket behind
	again := serve(t, at)
	regulars(t, append([]string{"key", "list"}, at.args...)...).says(t, "key_")
	again.stops()
}

func TestAServerStopsInOrder(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, at place) {
		s := serve(t, at).withKey()
		for _, path := range []string{"/healthz", "/readyz", "/metrics", "/v1/reference", "/v1/openapi.json"} {
			if answer, err := http.Get(s.url + path); err != nil || answer.StatusCode != http.StatusOK {
				t.Errorf("%s: %v, %v", path, answer, err)
			} else if err := answer.Body.Close(); err != nil || answer.Header.Get("Content-Security-Policy") == "" {
				t.Errorf("%s: %v, %v", path, answer.Header, err)
			}
		}
		// A request that is under way when the server is told to stop is answered.
		body, send := io.Pipe()
		answered := make(chan error, 1)
		go func() {
			r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodPost, s.url+"/v1/imports?name=orders.csv", body)
			if err != nil {
				answered <- err
				return
			}
			r.Header.Set("Authorization", "Bearer "+s.Key())
			r.Header.Set("Expect", "100-continue") // the body is sent once the server reads it, and so is at it
			c := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
			defer c.CloseIdleConnections()
			answer, err := c.Do(r)
			if err == nil && answer.StatusCode != http.StatusCreated {
				err = fmt.Errorf("answered %s", answer.Status)
			}
			if answer != nil {
				err = errors.Join(err, answer.Body.Close())
			}
			answered <- err
		}()
		if _, err := io.WriteString(send, "order,customer,date,amount\n1,ada,2026-10-01,10.00\n"); err != nil {
			t.Fatal(err)
		}
		if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			if strings.Contains(s.log.String(), "stopping") {
				break
			}
		}
		if _, err := io.WriteString(send, "2,bob,2026-10-02,20.50\n"); err != nil {
			t.Error(err)
		}
		_ = send.Close()
		if err := <-answered; err != nil {
			t.Errorf("the request under way: %v", err)
		}
		<-s.ended
		if s.process.ProcessState.ExitCode() != 0 {
			t.Errorf("it ended with %d: %s", s.process.ProcessState.ExitCode(), s.log)
		}
	})
}

// A server that is killed under load has lost nothing that it answered, and what it was importing is imported whole.
func TestNothingThatAServerAnsweredIsLost(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, at place) {
		key := filepath.Join(t.TempDir(), "key")
		s := serve(t, at, "--key-file", key).withKey()
		secret := s.Key()
		var file strings.Builder
		file.WriteString("order,customer,date,amount\n")
		const imported = 20_000
		for n := range imported {
			fmt.Fprintf(&file, "i%d,person %d,2026-10-01,1.00\n", n, n%500)
		}
		up, err := s.SendFile(t.Context(), "orders.csv", strings.NewReader(file.String()), url.Values{"start": {"true"}})
		if err != nil {
			t.Fatal(err)
		}
		acknowledged := map[string]bool{}
		for round := range 3 {
			acknowledge(t, s, round, acknowledged)
			s = serve(t, at, "--key-file", key)
			s.Client = client.New(s.url, secret)
		}
		deadline := time.Now().Add(2 * time.Minute)
		for up.State == "ready" || up.State == "waiting" {
			if time.Now().After(deadline) {
				t.Fatalf("the import does not end: %+v\n%s", up, s.log)
			}
			time.Sleep(50 * time.Millisecond)
			if up, err = s.Import(t.Context(), up.ID); err != nil {
				t.Fatal(err)
			}
		}
		// Killed between the last fact and its own end, it is done again, and finds all of them known.
		if up.State != "done" || up.Result.Facts.Created+up.Result.Facts.Unchanged != imported {
			t.Errorf("%+v %+v", up, up.Result)
		}
		s.stops()
		d := at.open(t)
		if n := one[int64](t, d, "SELECT count(*) FROM orders WHERE source = 'file'"); n != imported {
			t.Errorf("%d orders of the file", n)
		}
		there := references(t, d)
		for reference := range acknowledged {
			if there[reference] != 1 {
				t.Errorf("order %s was acknowledged and is there %d times", reference, there[reference])
			}
		}
		t.Logf("%d acknowledged", len(acknowledged))
		if o := regulars(t, append([]string{"check", "--quiet"}, at.args...)...); o.code != 0 {
			t.Errorf("%+v", o)
		}
	})
}

// acknowledge sends orders from some goroutines until the server is killed, and notes those it has answered.
func acknowledge(t *testing.T, s *server, round int, acknowledged map[string]bool) {
	t.Helper()
	var lock sync.Mutex
	var all sync.WaitGroup
	enough := make(chan struct{})
	var once sync.Once
	before := len(acknowledged)
	for who := range 8 {
		all.Go(func() {
			c := client.New(s.url, s.Key())
			c.Attempts = 1
			for n := 0; ; n++ {
				reference := fmt.Sprintf("%d-%d-%d", round, who, n)
				if _, err := c.PutOrder(t.Context(), anOrder(reference)); err != nil {
					return
				}
				lock.Lock()
				acknowledged[reference] = true
				if len(acknowledged)-before > 200 {
					once.Do(func() { close(enough) })
				}
				lock.Unlock()
			}
		})
	}
	select {
	case <-enough:
	case <-time.After(time.Minute):
		t.Errorf("round %d: no 200 orders in a minute: %s", round, s.log)
	}
	s.kill()
	all.Wait()
}

func references(t *testing.T, d *db.DB) map[string]int {
	t.Helper()
	there := map[string]int{}
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT reference FROM orders WHERE source = 'api'")
		if err != nil {
			return err
		}
		for rows.Next() {
			var reference string
			if err := rows.Scan(&reference); err != nil {
				return err
			}
			there[reference]++
		}
		return rows.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	return there
}

func TestTwoProcessesServeOneDatabase(t *testing.T) {
	t.Parallel()
	at := place{options: dbtest.Postgres(t)}
	at.args = []string{"--database", at.options.URL}
	key := filepath.Join(t.TempDir(), "key")
	a := serve(t, at, "--key-file", key).withKey()
	b := serve(t, at, "--key-file", key, "--engine", "mirror") // and with figures from a copy of its own
	b.Client = client.New(b.url, a.Key())

	// What one answered to a request, the other answers too.
	post := func(s *server) (int, string, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/orders", strings.NewReader(`{"reference":"once","placed_at":"2026-11-02T10:15:00Z","amount_minor":100}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+a.Key())
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "one")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.Body.Close() != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text), answer.Header.Get("Idempotency-Replayed")
	}
	status, text, _ := post(a)
	again, same, replayed := post(b)
	if status != http.StatusCreated || again != status || same != text || replayed != "true" {
		t.Errorf("%d %s, then %d %s (%s)", status, text, again, same, replayed)
	}
	// Facts of both are in the figures of either.
	for i, s := range []*server{a, b} {
		if _, err := s.PutOrder(t.Context(), anOrder(fmt.Sprint("of ", i))); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []*server{a, b} {
		if m, err := s.Measure(t.Context(), "orders", nil); err != nil || m.Measure.Value == nil || *m.Measure.Value != 2 {
			t.Errorf("%+v, %v", m.Measure, err)
		}
	}
	// An import that was begun by one which is killed is ended by the other.
	var file strings.Builder
	file.WriteString("order,customer,date,amount\n")
	for n := range 30_000 {
		fmt.Fprintf(&file, "i%d,person %d,2026-10-01,1.00\n", n, n%500)
	}
	up, err := a.SendFile(t.Context(), "orders.csv", strings.NewReader(file.String()), url.Values{"start": {"true"}})
	if err != nil {
		t.Fatal(err)
	}
	a.kill()
	for deadline := time.Now().Add(2 * time.Minute); up.State != "done" && up.State != "failed"; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the import does not end: %+v\n%s", up, b.log)
		}
		if up, err = b.Import(t.Context(), up.ID); err != nil {
			t.Fatal(err)
		}
	}
	if up.State != "done" || up.Result.Facts.Created+up.Result.Facts.Unchanged != 30_000 {
		t.Errorf("%+v %+v", up, up.Result)
	}
	b.stops()
}

func TestACheckFindsAChangedAuditTrail(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, at place) {
		s := serve(t, at).withKey()
		for n := range 3 {
			if _, err := s.PutOrder(t.Context(), anOrder(fmt.Sprint(n))); err != nil {
				t.Fatal(err)
			}
		}
		s.stops() // and seals the trail
		check := append([]string{"check", "--quiet"}, at.args...)
		regulars(t, check...).says(t)
		at.exec(t, "UPDATE audit_entries SET action = 'order.unchanged' WHERE action = 'order.created' AND place = (SELECT max(place) FROM audit_entries)")
		if o := regulars(t, check...); o.code != 1 || !strings.Contains(o.stdout, "audit trail") {
			t.Errorf("%+v", o)
		}
	})
}

func TestAnotherKeyFileIsRefused(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, at place) {
		dir := t.TempDir()
		with := func(more ...string) []string {
			return append(append([]string{"serve", "--listen", "127.0.0.1:0"}, at.args...), more...)
		}
		serve(t, at, "--key-file", filepath.Join(dir, "one")).stops()
		regulars(t, with("--key-file", filepath.Join(dir, "two"))...).refuses(t, "key file", "--forget-secrets")
		serve(t, at, "--key-file", filepath.Join(dir, "one")).stops()
		serve(t, at, "--key-file", filepath.Join(dir, "two"), "--forget-secrets").stops()
		serve(t, at, "--key-file", filepath.Join(dir, "two")).stops()
	})
}
