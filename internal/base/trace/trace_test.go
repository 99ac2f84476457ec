package trace_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"regulars/internal/base/fault"
	"regulars/internal/base/trace"
)

func TestAnErrorIsFoundUnderTheIDOfItsRequest(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	id := trace.NewID()
	if len(id) != 16 || id == trace.NewID() {
		t.Errorf("the id %q", id)
	}
	ctx := trace.With(t.Context(), id, slog.New(slog.NewTextHandler(&log, nil)))
	if trace.ID(ctx) != id || trace.ID(context.Background()) != "" {
		t.Error("the id is lost")
	}
	trace.Failed(ctx, &fault.Fault{Kind: fault.Unavailable, Message: "the database is busy", Cause: errors.New("SQLITE_BUSY (5)")})
	for _, want := range []string{id, "the database is busy", "SQLITE_BUSY (5)"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in the log: %s", want, log.String())
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 1 {
		t.Errorf("%d lines", n)
	}
}
