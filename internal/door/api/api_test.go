package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/act/club"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/secret"
	"regulars/internal/base/webhook"
	"regulars/internal/door/api"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/measure/mirror"
	"regulars/internal/record/business"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/understand/analysis"
	"regulars/internal/understand/forecast"
)

// shop is an open door, and a developer with a key who may everything.
type shop struct {
	t     *testing.T
	d     *db.DB
	api   *api.API
	hooks *webhook.Webhooks
	url   string
	key   string
	*client.Client
}

// each runs the test on both engines, with the business set up.
func each(t *testing.T, test func(t *testing.T, s *shop)) {
	t.Helper()
	schematest.Each(t, func(t *testing.T, d *db.DB) { test(t, newShop(t, d)) })
}

// onSQLite is for what has nothing to do with the engine.
func onSQLite(t *testing.T) *shop {
	t.Helper()
	return newShop(t, schematest.Open(t, schematest.SQLite(t)))
}

func newShop(t *testing.T, d *db.DB) *shop {
	t.Helper()
	athens, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := business.Agree(tx, business.Business{Name: "Café", Zone: athens, Currency: "EUR", Country: "GR"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return openShop(t, d, api.Options{})
}

// openShop opens the door to the store; what the options leave out is filled in.
func openShop(t *testing.T, d *db.DB, o api.Options) *shop {
	t.Helper()
	teller, err := webhook.NewTeller(slices.Concat(intake.Types(), forecast.Types()))
	if err != nil {
		t.Fatal(err)
	}
	o.Store, o.Facts, o.Keys = d, &intake.Current{DB: d, Teller: teller}, account.NewAuthenticator(d, nil)
	o.Box = secret.New(bytes.Repeat([]byte{3}, 32))
	o.Hooks = webhook.New(d, o.Box, teller, webhook.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Pauses: []time.Duration{0, time.Millisecond, time.Millisecond}})
	o.Analyses = analysis.New(d, func(ctx context.Context, v mirror.View) (*mirror.Source, error) {
		if d.Lends() {
			return mirror.Direct(ctx, d, v)
		}
		f, err := mirror.Follow(ctx, d, mirror.Options{Memory: "256MB", Threads: 1})
		if err != nil {
			return nil, err
		}
		t.Cleanup(func() { _ = f.Close() })
		if _, err := f.Refresh(ctx); err != nil {
			return nil, err
		}
		return f.Source(ctx, v)
	}, club.LoadMeasures)
	o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	s := &shop{t: t, d: d, api: api.New(o), hooks: o.Hooks}
	server := httptest.NewServer(s.api)
	t.Cleanup(server.Close)
	s.url = server.URL
	s.key = s.newKey(account.All)
	s.Client = client.New(s.url, s.key)
	return s
}

// newKey makes a key with the scopes.
func (s *shop) newKey(scopes ...account.Permission) (text string) {
	s.t.Helper()
	return s.keyOf(account.NewKey{Name: "test", Scopes: scopes})
}

func (s *shop) keyOf(want account.NewKey) (text string) {
	s.t.Helper()
	err := s.d.Write(s.t.Context(), func(tx *db.Tx) (err error) {
		_, text, err = account.CreateKey(tx, account.System("test"), want)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

// request is a request written by hand.
type request struct {
	method, path, body string
	head               map[string]string
	noKey              bool
}

// call makes it and gives the answer.
func (s *shop) call(r request) (status int, head http.Header, body []byte) {
	s.t.Helper()
	h, err := http.NewRequestWithContext(context.WithoutCancel(s.t.Context()), r.method, s.url+r.path, strings.NewReader(r.body))
	if err != nil {
		s.t.Fatal(err)
	}
	if !r.noKey {
		h.Header.Set("Authorization", "Bearer "+s.key)
	}
	if r.body != "" {
		h.Header.Set("Content-Type", "application/json")
	}
	for name, value := range r.head {
		h.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(h)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err = io.ReadAll(answer.Body); err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, body
}

// refused makes a request and wants a problem.
func (s *shop) refused(what string, r request, status int, code, field string) {
	s.t.Helper()
	got, head, body := s.call(r)
	var p wire.Problem
	if err := json.Unmarshal(body, &p); err != nil {
		s.t.Errorf("%s: %d %s, which is no problem: %v", what, got, body, err)
		return
	}
	if got != status || p.Status != status || p.Code != code || head.Get("Content-Type") != "application/problem+json" {
		s.t.Errorf("%s: %d %s %s, want %d %s", what, got, head.Get("Content-Type"), body, status, code)
	}
	if p.Detail == "" || p.Title == "" || p.Type != "/v1/problems#"+code {
		s.t.Errorf("%s: it is not explained: %s", what, body)
	}
	at := ""
	if len(p.Errors) > 0 {
		at = p.Errors[0].Field
	}
	if at != field {
		s.t.Errorf("%s: it is about %q, want %q: %s", what, at, field, body)
	}
}

func placed() time.Time { return time.Date(2026, 11, 2, 10, 15, 0, 0, time.UTC) }

const goodOrder = `{"reference":"1","placed_at":"2026-11-02T10:15:00Z","amount_minor":100}`
