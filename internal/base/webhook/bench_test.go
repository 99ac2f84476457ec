package webhook_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/job"
	"regulars/internal/base/webhook"
)

// BenchmarkDeliver sends messages to a receiver on this machine, with all that is written about each.
func BenchmarkDeliver(b *testing.B) {
	for name, options := range map[string]func() db.Options{
		"sqlite":   func() db.Options { return dbtest.SQLite(b) },
		"postgres": func() db.Options { return db.Options{URL: dbtest.NewServer(b).URL} },
	} {
		b.Run(name, func(b *testing.B) {
			d := dbtest.Open(b, options())
			migrate(b, d)
			var came atomic.Int64
			all := make(chan struct{})
			receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				if came.Add(1) == int64(b.N) {
					close(all)
				}
			}))
			defer receiver.Close()
			w := webhook.New(d, box(), teller(b), webhook.Options{Allow: loopback})
			if err := d.Write(b.Context(), func(tx *db.Tx) error {
				_, _, err := w.Create(tx, webhook.Change{URL: &receiver.URL})
				if err != nil {
					return err
				}
				for range b.N {
					if err := w.Tell(tx, webhook.Event{Type: "order.created", Data: map[string]string{"id": "ord_1"}}); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				b.Fatal(err)
			}
			r, err := job.New(d, w.Kinds(), job.Options{})
			if err != nil {
				b.Fatal(err)
			}
			ctx, stop := context.WithCancel(context.WithoutCancel(b.Context()))
			var over sync.WaitGroup
			b.ResetTimer()
			over.Go(func() {
				if err := r.Run(ctx); err != nil {
					b.Error(err)
				}
			})
			<-all
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
			stop()
			over.Wait()
		})
	}
}
