// Package jobtest runs jobs in tests.
//
// What always holds: what was running has ended before the test does, and before its database is closed, and a runner that
// could not do its work fails the test. It waits for nothing to be done: the test knows what it waits for.
package jobtest

import (
	"context"
	"sync"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/job"
)

// Run runs jobs of the kinds until the test ends, or stop is called. A runner that does not end well fails the test.
func Run(t testing.TB, d *db.DB, kinds []job.Kind, o job.Options) (stop func()) {
	t.Helper()
	runner, err := job.New(d, kinds, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run jobs: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}
