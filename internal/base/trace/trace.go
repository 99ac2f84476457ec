// Package trace gives a request or a job an id, by which a person who was told of trouble finds it in the log.
//
// Errors that are not meant for whoever asks end here: Failed writes them under that id, once. What holds: without an id
// everything goes to the usual log, so that nothing is lost because somebody forgot to give one.
//
// It sends nothing anywhere; tracing over several programs is the server's to set up.
package trace

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"log/slog"
	"strings"
)

type key struct{}

type traced struct {
	id  string
	log *slog.Logger
}

// With gives what is done in the context an id.
func With(ctx context.Context, id string, log *slog.Logger) context.Context {
	return context.WithValue(ctx, key{}, &traced{id: id, log: log.With("request_id", id)})
}

// NewID makes an id.
func NewID() string {
	var b [10]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // it never fails
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// ID is the id; empty where none was given.
func ID(ctx context.Context) string {
	if t, ok := ctx.Value(key{}).(*traced); ok {
		return t.id
	}
	return ""
}

// Log is the log of what is done in the context.
func Log(ctx context.Context) *slog.Logger {
	if t, ok := ctx.Value(key{}).(*traced); ok {
		return t.log
	}
	return slog.Default()
}

// Failed writes an error and what caused it to the log.
func Failed(ctx context.Context, err error) {
	text := err.Error()
	if cause := errors.Unwrap(err); cause != nil && !strings.Contains(text, cause.Error()) {
		text += ": " + cause.Error()
	}
	Log(ctx).ErrorContext(ctx, "failed", "error", text)
}
