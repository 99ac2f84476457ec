package server

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
)

// metrics are what Prometheus collects.
type metrics struct {
	registry *prometheus.Registry
	took     *prometheus.HistogramVec
}

func newMetrics(store *db.DB) *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	m.took = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "regulars_http_request_seconds", Help: "Time to answer a request.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60}}, []string{"route", "method", "status"})
	counter := func(name, help string, of func(db.Stats) int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(of(store.Stats())) })
	}
	m.registry.MustRegister(m.took, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		counter("regulars_db_writes_total", "Write transactions acknowledged.", func(s db.Stats) int64 { return s.Writes }),
		counter("regulars_db_commits_total", "Commits to disk: fewer than writes where they are grouped.", func(s db.Stats) int64 { return s.Commits }),
		counter("regulars_db_retries_total", "Write transactions run again.", func(s db.Stats) int64 { return s.Retries }))
	return m
}

func (m *metrics) answered(route, method string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		method = "other" // a caller's invention is no label
	}
	m.took.WithLabelValues(route, method, strconv.Itoa(status)).Observe(took.Seconds())
}

// showMetrics answers this machine and its private network, and whoever has a key that may see jobs.
func (s *Server) showMetrics(w http.ResponseWriter, r *http.Request) {
	from := s.client(r)
	if !(from.IsLoopback() || from.IsPrivate() || !from.IsValid()) {
		who, err := s.API.Who(r)
		if err != nil || who.Require(account.JobsRead) != nil {
			http.Error(w, "Metrics are for this network, or for a key that may read jobs.", http.StatusForbidden)
			return
		}
	}
	promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}
