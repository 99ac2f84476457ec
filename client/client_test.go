package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"regulars/client"
)

// script is a server that answers each request with the next of its answers, the last one again and again.
type script struct {
	lock    sync.Mutex
	answers []answer
	keys    []string
	bodies  []string
}

type answer struct {
	status int
	head   map[string]string
	body   string
	breaks bool // the connection breaks off instead
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.lock.Lock()
	defer s.lock.Unlock()
	a := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Header.Get("Authorization") != "Bearer rk_live_x" {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	s.keys, s.bodies = append(s.keys, r.Header.Get("Idempotency-Key")), append(s.bodies, string(body))
	if a.breaks {
		panic(http.ErrAbortHandler)
	}
	for name, value := range a.head {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

func serve(t *testing.T, answers ...answer) (*script, *client.Client) {
	t.Helper()
	s := &script{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, client.New(server.URL+"/", "rk_live_x")
}

const written = `{"id":"ord_1","status":"created"}`

func problem(status int, code string) answer {
	text, _ := json.Marshal(client.Problem{Status: status, Code: code, Title: "No", Detail: "It is not so."}) //nolint:errchkjson // it is of texts
	return answer{status: status, body: string(text)}
}

func TestWhatMayPassIsSentAgainAsTheSame(t *testing.T) {
	t.Parallel()
	for what, first := range map[string]answer{
		"unavailable":      problem(503, "unavailable"),
		"too many":         problem(429, "too_many_requests"),
		"in flight":        problem(409, "idempotency_key_in_flight"),
		"a proxy's answer": {status: 502, body: "<html>Bad gateway</html>"},
		"a broken line":    {breaks: true},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s, c := serve(t, first, first, answer{status: 201, body: written})
			w, err := c.PutOrder(t.Context(), client.Order{Reference: "1", PlacedAt: time.Unix(0, 0).UTC(), AmountMinor: client.Minor(5)})
			if err != nil || w.ID != "ord_1" || w.Status != "created" {
				t.Fatalf("%+v, %v", w, err)
			}
			if len(s.keys) != 3 || s.keys[0] == "" || s.keys[0] != s.keys[1] || s.keys[1] != s.keys[2] || s.bodies[0] != s.bodies[2] {
				t.Errorf("%q %q", s.keys, s.bodies)
			}
		})
	}
}

func TestWhatDoesNotPassIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for _, first := range []answer{problem(422, "invalid"), problem(409, "conflict"), problem(401, "unknown_key"), problem(404, "not_found"), problem(500, "internal")} {
		s, c := serve(t, first)
		_, err := c.PutOrder(t.Context(), client.Order{Reference: "1"})
		var p *client.Problem
		if !errors.As(err, &p) || p.Status != first.status || p.Detail != "It is not so." || client.Code(err) != p.Code {
			t.Errorf("%v", err)
		}
		if len(s.keys) != 1 {
			t.Errorf("%d: it was sent %d times", first.status, len(s.keys))
		}
	}
	if client.Code(io.EOF) != "" {
		t.Error("any error has a code")
	}
}

func TestTwoRequestsAreTwo(t *testing.T) {
	t.Parallel()
	s, c := serve(t, answer{status: 201, body: written})
	for range 2 {
		if _, err := c.PutOrder(t.Context(), client.Order{Reference: "1"}); err != nil {
			t.Fatal(err)
		}
	}
	if s.keys[0] == s.keys[1] {
		t.Errorf("both have the key %s", s.keys[0])
	}
}

func TestTheServersWaitIsWaited(t *testing.T) {
	t.Parallel()
	busy := problem(429, "too_many_requests")
	busy.head = map[string]string{"Retry-After": "1"}
	_, c := serve(t, busy, answer{status: 200, body: `{"currency":"EUR"}`})
	began := time.Now()
	b, err := c.Business(t.Context())
	if took := time.Since(began); err != nil || b.Currency != "EUR" || took < time.Second {
		t.Errorf("%+v, %v after %v", b, err, took)
	}
}

func TestTheContextAndTheAttemptsBoundIt(t *testing.T) {
	t.Parallel()
	s, c := serve(t, problem(503, "unavailable"))
	c.Attempts = 2
	if _, err := c.Business(t.Context()); client.Code(err) != "unavailable" || len(s.keys) != 2 {
		t.Errorf("%v after %d", err, len(s.keys))
	}
	c.Attempts = 1000
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := c.Business(ctx); err == nil || time.Since(began) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}
