package idempotency_test

import (
	"bytes"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/idempotency"
	"regulars/internal/base/secret"
)

var box = secret.New(bytes.Repeat([]byte{7}, 32))

// migrate makes the tables of the store: base knows no schema, and reads the files.
func migrate(t *testing.T, d *db.DB) {
	t.Helper()
	if err := d.Migrate(t.Context(), os.DirFS("../../record/schema/migrations")); err != nil {
		t.Fatal(err)
	}
}

func TestARequestIsDoneOnceAndAnsweredAlike(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		s := &idempotency.Store{DB: d, Box: box}
		begin := func(owner, key, body string) (idempotency.State, *idempotency.Claim, idempotency.Answer) {
			t.Helper()
			state, claim, answer, err := s.Begin(t.Context(), owner, key, []byte(body))
			if err != nil {
				t.Fatal(err)
			}
			return state, claim, answer
		}
		state, claim, _ := begin("key_1", "a", "body")
		if state != idempotency.Mine {
			t.Fatalf("the first is %d", state)
		}
		if state, _, _ := begin("key_1", "a", "body"); state != idempotency.InFlight {
			t.Errorf("while it is done: %d", state)
		}
		if state, _, _ := begin("key_1", "a", "other"); state != idempotency.Other {
			t.Errorf("another body meanwhile: %d", state)
		}
		want := idempotency.Answer{Status: 201, Header: map[string]string{"ETag": `"1"`}, Body: []byte(`{"id":"x"}`)}
		if err := s.Finish(t.Context(), claim, want); err != nil {
			t.Fatal(err)
		}
		state, _, got := begin("key_1", "a", "body")
		if state != idempotency.Answered || got.Status != 201 || got.Header["ETag"] != `"1"` || !bytes.Equal(got.Body, want.Body) {
			t.Errorf("afterwards: %d, %+v", state, got)
		}
		if state, _, _ := begin("key_1", "a", "other"); state != idempotency.Other {
			t.Errorf("another body afterwards: %d", state)
		}
		if state, _, _ := begin("key_2", "a", "other"); state != idempotency.Mine {
			t.Errorf("the same key of another owner: %d", state)
		}
		if err := s.LetGo(t.Context(), claim); err != nil { // too late: it is answered
			t.Fatal(err)
		}
		if state, _, _ := begin("key_1", "a", "body"); state != idempotency.Answered {
			t.Errorf("let go after the end: %d", state)
		}
	})
}

func TestAFailedOrKilledRequestMayBeMadeAgain(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o := dbtest.SQLite(t)
			if engine == "postgres" {
				o = dbtest.Postgres(t)
			}
			var ahead atomic.Int64
			o.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			d := dbtest.Open(t, o)
			migrate(t, d)
			s := &idempotency.Store{DB: d, Box: box}
			begin := func(key, body string) (idempotency.State, *idempotency.Claim) {
				t.Helper()
				state, claim, _, err := s.Begin(t.Context(), "me", key, []byte(body))
				if err != nil {
					t.Fatal(err)
				}
				return state, claim
			}
			_, claim := begin("failed", "x")
			if err := s.LetGo(t.Context(), claim); err != nil {
				t.Fatal(err)
			}
			if state, _ := begin("failed", "other"); state != idempotency.Mine {
				t.Errorf("after a failure: %d", state)
			}
			_, killed := begin("killed", "x")
			ahead.Store(int64(61 * time.Second))
			if state, _ := begin("killed", "other"); state != idempotency.Other {
				t.Errorf("another body after a minute: %d", state)
			}
			state, again := begin("killed", "x")
			if state != idempotency.Mine {
				t.Fatalf("the same after a minute: %d", state)
			}
			// The first one was only slow, and comes back: the one who has it now counts.
			if err := s.Finish(t.Context(), killed, idempotency.Answer{Status: 500}); err != nil {
				t.Fatal(err)
			}
			if state, _ := begin("killed", "x"); state != idempotency.InFlight {
				t.Errorf("a late answer counted: %d", state)
			}
			if err := s.Finish(t.Context(), again, idempotency.Answer{Status: 201}); err != nil {
				t.Fatal(err)
			}
			ahead.Store(int64(25 * time.Hour))
			if err := s.Purge(t.Context()); err != nil {
				t.Fatal(err)
			}
			if state, _ := begin("killed", "other"); state != idempotency.Mine {
				t.Errorf("after a day: %d", state)
			}
		})
	}
}

func TestOfManyAtOnceOneIsDone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		s := &idempotency.Store{DB: d, Box: box}
		var mine atomic.Int64
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				state, _, _, err := s.Begin(t.Context(), "me", "k", []byte("x"))
				if err != nil || state != idempotency.Mine && state != idempotency.InFlight {
					t.Errorf("%d, %v", state, err)
				}
				if state == idempotency.Mine {
					mine.Add(1)
				}
			})
		}
		all.Wait()
		if mine.Load() != 1 {
			t.Errorf("%d of them are to do it", mine.Load())
		}
	})
}
