package server

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/trace"
)

// readiness is whether requests can be answered.
type readiness struct{ stopping atomic.Bool }

// healthy says that the process runs: whoever gets no answer starts it anew.
func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) {
	say(w, http.StatusOK, map[string]string{"status": "ok"})
}

const readyTime = 2 * time.Second

// isReady says whether requests should be sent here: the database answers, and the server is not on its way out.
func (s *Server) isReady(w http.ResponseWriter, r *http.Request) {
	if s.ready.stopping.Load() {
		say(w, http.StatusServiceUnavailable, map[string]string{"status": "stopping"})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	err := s.Store.Read(ctx, func(tx *db.Tx) error {
		_, err := tx.Schema()
		return err
	})
	if err != nil {
		trace.Failed(r.Context(), err)
		say(w, http.StatusServiceUnavailable, map[string]string{"status": "unavailable", "database": "does not answer"})
		return
	}
	say(w, http.StatusOK, map[string]string{"status": "ready"})
}

func say(w http.ResponseWriter, status int, what map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(what) // who has gone needs no answer
}
