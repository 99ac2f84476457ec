package api_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/secret"
	"regulars/internal/door/api"
	"regulars/internal/intake"
	"regulars/internal/record/business"
	"regulars/internal/record/schema/schematest"
)

// direct is a door without a network, for many requests.
type direct struct {
	api *api.API
	key string
}

// fuzzed opens a door to an empty store that any number of bodies are thrown at.
func fuzzed(tb testing.TB) *direct {
	tb.Helper()
	d := schematest.Open(tb, schematest.SQLite(tb))
	s := &direct{}
	if err := d.Write(tb.Context(), func(tx *db.Tx) (err error) {
		if _, err := business.Agree(tx, business.Business{Zone: time.UTC, Currency: "EUR", Country: "GR"}); err != nil {
			return err
		}
		_, s.key, err = account.CreateKey(tx, account.System("test"), account.NewKey{Name: "test", Scopes: []account.Permission{account.All}})
		return err
	}); err != nil {
		tb.Fatal(err)
	}
	s.api = api.New(api.Options{Store: d, Facts: &intake.Current{DB: d}, Keys: account.NewAuthenticator(d, nil), Box: secret.New(bytes.Repeat([]byte{3}, 32)),
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Rate: api.Rate{PerSecond: 1e9, Burst: 1e9}})
	return s
}

func (s *direct) serve(tb testing.TB, method, path, body string) (int, http.Header, []byte) {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := s.ask(r)
	return w.Code, w.Header(), w.Body.Bytes()
}

func (s *direct) ask(r *http.Request) *httptest.ResponseRecorder {
	r.Header.Set("Authorization", "Bearer "+s.key)
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, r)
	return w
}
