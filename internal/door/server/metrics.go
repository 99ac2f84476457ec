package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"regulars/internal/act/notice"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
)

// metrics are what Prometheus collects.
type metrics struct {
	registry *prometheus.Registry
	took     *prometheus.HistogramVec
	notices  *prometheus.CounterVec
}

func newMetrics(store *db.DB) *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	m.took = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "regulars_http_request_seconds", Help: "Time to answer a request.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60}}, []string{"route", "method", "status"})
	m.notices = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "regulars_notices_total", Help: "Attempts of this process to tell members on their phones, and what became of them: " +
		"sent, retried, failed (given up), gone (the phone is not told any more)."}, []string{"kind", "outcome"})
	counter := func(name, help string, of func(db.Stats) int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(of(store.Stats())) })
	}
	m.registry.MustRegister(m.took, m.notices, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		counter("regulars_db_writes_total", "Write transactions acknowledged.", func(s db.Stats) int64 { return s.Writes }),
		counter("regulars_db_commits_total", "Commits to disk: fewer than writes where they are grouped.", func(s db.Stats) int64 { return s.Commits }),
		counter("regulars_db_retries_total", "Write transactions run again.", func(s db.Stats) int64 { return s.Retries }))
	m.registry.MustRegister(&work{store: store,
		jobs:      prometheus.NewDesc("regulars_jobs", "Jobs that there are.", []string{"kind", "state"}, nil),
		overdue:   prometheus.NewDesc("regulars_jobs_overdue_seconds", "For how long the job has been due that has waited longest.", []string{"kind"}, nil),
		processes: prometheus.NewDesc("regulars_processes", "Processes that run jobs on the database.", nil, nil)})
	return m
}

// work counts jobs when it is asked.
type work struct {
	store                    *db.DB
	jobs, overdue, processes *prometheus.Desc
}

func (w *work) Describe(to chan<- *prometheus.Desc) {
	to <- w.jobs
	to <- w.overdue
	to <- w.processes
}

func (w *work) Collect(to chan<- prometheus.Metric) {
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var counts []job.Count
	var processes []job.Process
	var now time.Time
	err := w.store.Read(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now
		if counts, err = job.Counts(tx); err == nil {
			processes, err = job.Processes(tx)
		}
		return err
	})
	if err != nil {
		to <- prometheus.NewInvalidMetric(w.jobs, err)
		return
	}
	for _, c := range counts {
		to <- prometheus.MustNewConstMetric(w.jobs, prometheus.GaugeValue, float64(c.Jobs), c.Kind, string(c.State))
		if c.State == job.Waiting {
			to <- prometheus.MustNewConstMetric(w.overdue, prometheus.GaugeValue, max(0, now.Sub(c.Oldest).Seconds()), c.Kind)
		}
	}
	to <- prometheus.MustNewConstMetric(w.processes, prometheus.GaugeValue, float64(len(processes)))
}

func (m *metrics) answered(route, method string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		method = "other" // a caller's invention is no label
	}
	m.took.WithLabelValues(route, method, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *metrics) told(kind string, became notice.Became) {
	m.notices.WithLabelValues(kind, string(became)).Inc()
}

// showMetrics answers this machine and its private network, and whoever has a key that may see jobs.
func (s *Server) showMetrics(w http.ResponseWriter, r *http.Request) {
	from := s.client(r)
	if near := from.IsLoopback() || from.IsPrivate() || !from.IsValid(); !near {
		who, err := s.API.Who(r)
		if err != nil || who.Require(account.JobsRead) != nil {
			http.Error(w, "Metrics are for this network, or for a key that may read jobs.", http.StatusForbidden)
			return
		}
	}
	promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}
