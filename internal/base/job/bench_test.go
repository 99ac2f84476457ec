package job_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/job"
)

// BenchmarkAdd adds a job in a transaction of its own from 32 callers, and BenchmarkRun runs jobs that do nothing.
func BenchmarkAdd(b *testing.B) {
	onBoth(b, func(b *testing.B, d *db.DB) {
		b.Helper()
		addMany(b, d, b.N, 1)
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
	})
}

func BenchmarkRun(b *testing.B) {
	for _, waiting := range []int{0, 100_000} {
		b.Run(fmt.Sprint(waiting, " for later"), func(b *testing.B) {
			onBoth(b, func(b *testing.B, d *db.DB) {
				b.Helper()
				addMany(b, d, waiting, 500, func(j *job.Job) { j.NotBefore = time.Now().Add(time.Hour) })
				addMany(b, d, b.N, 500)
				var ran atomic.Int64
				all := make(chan struct{})
				r, err := job.New(d, []job.Kind{{Name: "a", Concurrency: 64, Forget: true, Run: func(context.Context, *job.Run) error {
					if ran.Add(1) == int64(b.N) {
						close(all)
					}
					return nil
				}}}, job.Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.ResetTimer()
				ctx, stop := context.WithCancel(context.WithoutCancel(b.Context()))
				var over sync.WaitGroup
				over.Go(func() {
					if err := r.Run(ctx); err != nil {
						b.Error(err)
					}
				})
				<-all
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
				stop()
				over.Wait()
			})
		})
	}
}

func onBoth(b *testing.B, bench func(b *testing.B, d *db.DB)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) {
		d := dbtest.Open(b, dbtest.SQLite(b))
		migrate(b, d)
		bench(b, d)
	})
	b.Run("postgres", func(b *testing.B) {
		d := dbtest.Open(b, db.Options{URL: dbtest.NewServer(b).URL}) // one that waits for its disk
		migrate(b, d)
		bench(b, d)
	})
}

func addMany(b *testing.B, d *db.DB, n, each int, change ...func(*job.Job)) {
	b.Helper()
	var next atomic.Int64
	var wait sync.WaitGroup
	for range 32 {
		wait.Go(func() {
			for next.Add(int64(each)) <= int64(n+each-1) {
				jobs := make([]job.Job, min(each, n))
				for i := range jobs {
					jobs[i] = job.Job{Kind: "a", Payload: payload{i}}
					for _, c := range change {
						c(&jobs[i])
					}
				}
				if err := d.Write(b.Context(), func(tx *db.Tx) error { _, err := job.AddAll(tx, jobs); return err }); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
}
