package api_test

import (
	"strings"
	"sync"
	"testing"

	"regulars/client"
)

// A household spends together: in proportion or as asked, granted or not, and each keeps what is left of theirs.
func TestAHouseholdSpendsTogether(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		s.counts(nil)
		s.member("ann", 100)
		s.member("bob", 50)
		s.member("cy", 0)
		have := func(ann, bob int64) {
			t.Helper()
			if a, b := s.available("ann"), s.available("bob"); a != ann || b != bob {
				t.Errorf("ann has %d and bob %d, want %d and %d", a, b, ann, bob)
			}
		}
		both := []*client.CustomerRef{member("ann"), member("bob")}
		p, err := s.OpenPool(ctx, client.NewPool{Customer: member("cy"), Unit: "points", Units: 30, Givers: both, Cause: "basket:7"})
		if err != nil || p.State != "ready" || p.Units != 30 || len(p.Shares) != 2 || p.Shares[0].Units+p.Shares[1].Units != 30 || p.Cause != "basket:7" {
			t.Fatalf("%+v, %v", p, err)
		}
		have(80, 40)
		var wait sync.WaitGroup
		for range 8 { // pressed at once it is granted once
			wait.Go(func() {
				if got, err := s.GrantPool(ctx, p.ID); err != nil || got.State != "done" && got.State != "granted" {
					t.Errorf("%+v, %v", got, err)
				}
			})
		}
		wait.Wait()
		have(80, 40)
		if got, err := s.Pool(ctx, p.ID); err != nil || got.State != "done" {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := s.CancelPool(ctx, p.ID); client.Code(err) != "pool_state" {
			t.Errorf("cancelled what was spent: %v", err)
		}
		p, err = s.OpenPool(ctx, client.NewPool{Customer: member("ann"), Unit: "points", Shares: []client.PoolShare{{Customer: member("ann"), Units: 5}, {Customer: member("bob"), Units: 40}}})
		if err != nil || p.State != "ready" {
			t.Fatalf("%+v, %v", p, err)
		}
		have(75, 0)
		if p, err = s.CancelPool(ctx, p.ID); err != nil || p.State != "cancelled" {
			t.Errorf("%+v, %v", p, err)
		}
		have(80, 40)
		if p, err = s.OpenPool(ctx, client.NewPool{Customer: member("ann"), Unit: "points", Shares: []client.PoolShare{{Customer: member("ann"), Units: 5}, {Customer: member("bob"), Units: 41}}}); err != nil || p.State != "refused" {
			t.Errorf("more than bob has: %+v, %v", p, err)
		}
		have(80, 40)
		for what, bad := range map[string]client.NewPool{
			"nobody gives":   {Customer: member("ann"), Unit: "points", Units: 5},
			"both ways":      {Customer: member("ann"), Unit: "points", Units: 5, Givers: both, Shares: []client.PoolShare{{Customer: member("ann"), Units: 5}}},
			"neither":        {Customer: member("ann"), Unit: "points"},
			"one twice":      {Customer: member("ann"), Unit: "points", Shares: []client.PoolShare{{Customer: member("ann"), Units: 5}, {Customer: member("ann"), Units: 6}}},
			"nobody known":   {Customer: member("ann"), Unit: "points", Units: 5, Givers: []*client.CustomerRef{member("zoe")}},
			"more than both": {Customer: member("ann"), Unit: "points", Units: 500, Givers: both},
			"no such unit":   {Customer: member("ann"), Unit: "stars", Units: 5, Givers: both},
		} {
			if got, err := s.OpenPool(ctx, bad); err == nil || client.Code(err) == "internal" || strings.Contains(err.Error(), "SELECT") {
				t.Errorf("%s: %+v, %v", what, got, err)
			}
		}
		have(80, 40)
	})
}
