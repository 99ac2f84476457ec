package cli_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"regulars/client"
)

// A server that is killed while many facts come in by one request has kept each that it answered; sent again, all of
// them are there once.
func TestNothingOfManyThatWasAnsweredIsLost(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, at place) {
		key := filepath.Join(t.TempDir(), "key")
		s := serve(t, at, "--key-file", key).withKey()
		secret := s.Key()
		const many, enough = 5000, 700
		killed := make(chan struct{})
		all := func(yield func(any) bool) {
			for n := range many {
				if n == many/2 {
					<-killed // so that it is in the middle of them, however fast it is
				}
				if !yield(anOrder(fmt.Sprint(n))) {
					return
				}
			}
		}
		answered := 0
		err := s.SendMany(t.Context(), all, func(r client.BulkResult) error {
			if r.Status != "created" || r.Line != answered+1 {
				return fmt.Errorf("%+v", r)
			}
			if answered++; answered == enough {
				s.kill()
				close(killed)
			}
			return nil
		})
		if answered < enough || answered == many || err == nil {
			t.Fatalf("%d answered, %v", answered, err)
		}
		s = serve(t, at, "--key-file", key)
		s.Client = client.New(s.url, secret)
		line := 0
		if err := s.SendMany(t.Context(), all, func(r client.BulkResult) error {
			// What was answered is there. More may be: it was kept, and the answer did not arrive.
			if line++; line <= answered && r.Status != "unchanged" || r.Status != "created" && r.Status != "unchanged" {
				return fmt.Errorf("%+v, of %d answered", r, answered)
			}
			return nil
		}); err != nil || line != many {
			t.Errorf("%d answered, %v", line, err)
		}
		s.stops()
		if n := one[int64](t, at.open(t), "SELECT count(*) FROM orders"); n != many {
			t.Errorf("%d orders, want %d", n, many)
		}
		t.Logf("%d answered before the kill", answered)
	})
}
