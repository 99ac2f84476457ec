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
func Run(tb testing.TB, d *db.DB, kinds []job.Kind, o job.Options) (stop func()) {
	tb.Helper()
	runner, err := job.New(d, kinds, o)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(tb.Context()))
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			tb.Errorf("run jobs: %v", err)
		}
	})
	tb.Cleanup(stop)
	return stop
}
