package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The load on a server.
const (
	connections = 32
	loadTime    = 8 * time.Second
	warmTime    = 2 * time.Second
	eventsEach  = 500
)

// benchServer starts the program as a server on a new folder and calls it over loopback with a load generator of its
// own, in this process, on the same cores. Beside it stands a server that does nothing but read the body and answer: how
// many requests the machine can carry at all.
func benchServer(ctx context.Context, program string, o options) error {
	fmt.Printf("\nRequests over HTTP, %d connections, generator included; best of %d runs of %v\n", connections, o.runs, loadTime)
	empty, err := emptyServer(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "regulars-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left is in the folder of temporary files
	if err := benchPlace(ctx, program, filepath.Join(dir, "data"), empty, o); err != nil || o.database == "" {
		return err
	}
	fmt.Println("  on PostgreSQL:")
	return benchPlace(ctx, program, filepath.Join(dir, "data"), empty, o, "--database", o.database)
}

func benchPlace(ctx context.Context, program, dir, empty string, o options, place ...string) error {
	served, err := startServer(ctx, program, dir, place...)
	if err != nil {
		return err
	}
	defer served.stop()
	fmt.Printf("  memory at rest, after the start      %8.0f MB (aim 150)\n", served.megabytes())
	var best [3]load
	for range o.runs {
		for i, one := range []struct {
			url, path string
			body      func(b *bytes.Buffer, n int64)
		}{{empty, "/v1/orders", orderBody}, {served.url, "/v1/orders", orderBody}, {served.url, "/v1/events/batch", eventsBody}} {
			l, err := generate(ctx, one.url+one.path, served.key, one.body)
			if err != nil {
				return err
			}
			if l.rate > best[i].rate {
				best[i] = l
			}
		}
	}
	fmt.Printf("  POST, read and answered, no more     %8.0f a second\n", best[0].rate)
	fmt.Printf("  POST /v1/orders, durable             %8.0f a second (aim 3000)   ratio %.2f   p50 %.1f ms   p99 %.1f ms (aim 50)\n",
		best[1].rate, best[1].rate/best[0].rate, milliseconds(best[1].p50), milliseconds(best[1].p99))
	fmt.Printf("  POST /v1/events/batch, %d each      %8.0f events a second (aim 20000)   p99 %.1f ms\n",
		eventsEach, best[2].rate*eventsEach, milliseconds(best[2].p99))
	fmt.Printf("  memory after all that                %8.0f MB\n", served.megabytes())
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// load is what a server did.
type load struct {
	rate     float64 // requests a second
	p50, p99 time.Duration
}

var loaded atomic.Int64 // numbers what is sent, over all runs

// generate sends requests over all connections and measures those after the warming up.
func generate(ctx context.Context, url, key string, body func(*bytes.Buffer, int64)) (load, error) {
	return generateEach(func(client *http.Client, b *bytes.Buffer, n int64) error {
		b.Reset()
		body(b, n)
		return post(ctx, client, url, key, b)
	})
}

// generateEach does something over all connections, and measures it after the warming up.
func generateEach(do func(client *http.Client, b *bytes.Buffer, n int64) error) (load, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: true}}
	defer client.CloseIdleConnections()
	began := time.Now()
	from, until := began.Add(warmTime), began.Add(warmTime+loadTime)
	took := make([][]time.Duration, connections)
	failed := make(chan error, connections)
	var all sync.WaitGroup
	for c := range connections {
		all.Go(func() {
			var b bytes.Buffer
			for {
				at := time.Now()
				if at.After(until) {
					return
				}
				if err := do(client, &b, loaded.Add(1)); err != nil {
					failed <- err
					return
				}
				if at.After(from) {
					took[c] = append(took[c], time.Since(at))
				}
			}
		})
	}
	all.Wait()
	select {
	case err := <-failed:
		return load{}, err
	default:
	}
	times := slices.Concat(took...)
	slices.Sort(times)
	if len(times) == 0 {
		return load{}, errors.New("nothing was answered")
	}
	const percent = 100
	return load{rate: float64(len(times)) / loadTime.Seconds(), p50: times[len(times)/2], p99: times[len(times)*99/percent]}, nil
}

func post(ctx context.Context, client *http.Client, url, key string, body io.Reader) error {
	_, err := ask(ctx, client, url, key, body)
	return err
}

// ask posts and gives the answer.
func ask(ctx context.Context, client *http.Client, url, key string, body io.Reader) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s: %s", answer.Status, text)
	}
	return text, errors.Join(err, answer.Body.Close())
}

const benchPeople = 1000

func orderBody(b *bytes.Buffer, n int64) {
	fmt.Fprintf(b, `{"reference":"%d","customer":{"reference":"C%d"},"placed_at":"2026-11-02T10:15:00Z","lines":[{"product":"p%d","category":"c","amount_minor":1000},{"product":"p%d","category":"c","quantity":2,"amount_minor":500}]}`,
		n, n%benchPeople, n%200, n%200+1)
}

func eventsBody(b *bytes.Buffer, n int64) {
	b.WriteString(`{"events":[`)
	for i := range eventsEach {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, `{"reference":"%d-%d","customer":{"reference":"C%d"},"name":"Product Viewed","happened_at":"2026-11-02T10:15:00Z","product":"p%d"}`,
			n, i, (n+int64(i))%benchPeople, i%200)
	}
	b.WriteString("]}")
}

// emptyServer reads a body and answers with as much as the real one.
func emptyServer(ctx context.Context) (string, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	answer := []byte(`{"id":"ord_8sbgsgdgqpv4a8sbgsgdgqpv49","customer":"cus_8sbgsgdgqpv49","status":"created"}`)
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write(answer)
	})}
	go func() { _ = server.Serve(l) }()
	return "http://" + l.Addr().String(), nil
}

// served is a running server.
type served struct {
	url, key string
	process  *os.Process
	ended    chan error
}

func startServer(ctx context.Context, program, dir string, place ...string) (*served, error) {
	at := []string{"--data", dir}
	if len(place) > 0 {
		at = place
	}
	cmd := exec.CommandContext(ctx, program, append([]string{"serve", "--listen", "127.0.0.1:0", "--rate", "1000000", "--log-level", "error"}, at...)...) //nolint:gosec // built by us
	cmd.Dir = filepath.Dir(dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &served{process: cmd.Process, ended: make(chan error, 1)}
	lines := bufio.NewScanner(out)
	for s.url == "" && lines.Scan() {
		if _, url, ok := strings.Cut(lines.Text(), " at http://"); ok {
			s.url = "http://" + strings.TrimSpace(url)
		}
	}
	if s.url == "" {
		return nil, errors.Join(errors.New("the server did not say where it listens"), cmd.Wait())
	}
	go func() {
		for lines.Scan() { // it is not to wait for a reader
		}
		s.ended <- cmd.Wait()
	}()
	key, err := exec.CommandContext(ctx, program, append([]string{"key", "create", "--scope", "all"}, at...)...).Output() //nolint:gosec // built by us
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	s.key = strings.TrimSpace(string(key))
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, s.url+"/v1/business", strings.NewReader(`{"time_zone":"Europe/Athens","currency":"EUR"}`))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	return s, answer.Body.Close()
}

func (s *served) stop() {
	_ = s.process.Signal(os.Interrupt) // it may have ended
	if err := <-s.ended; err != nil {
		fmt.Fprintln(os.Stderr, "bench: the server ended with", err)
	}
}

// megabytes is the memory that the process holds.
func (s *served) megabytes() float64 {
	if runtime.GOOS != "linux" {
		return 0
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			const kilo = 1024
			return kb / kilo
		}
	}
	return 0
}
