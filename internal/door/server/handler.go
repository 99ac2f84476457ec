package server

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"regulars/internal/base/trace"
)

// handler puts the doors side by side, and before them what is the same for all.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/v1/", s.withSession(s.API))
	mux.Handle("/my/", s.portal)
	mux.Handle("GET /my", http.RedirectHandler("/my/", http.StatusMovedPermanently))
	mux.Handle("/", s.Console)
	mux.HandleFunc("GET /healthz", s.healthy)
	mux.HandleFunc("GET /readyz", s.isReady)
	mux.HandleFunc("GET /metrics", s.showMetrics)
	packed, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.EnableZstd(true), gzhttp.PreferZstd(true))
	if err != nil {
		panic(err) // the options are ours
	}
	h := unpack(mux)
	h = packed(h)
	h = s.protect(h)
	h = s.watch(h)
	if s.o.Traces {
		h = otelhttp.NewHandler(h, "http")
	}
	return h
}

// watch gives a request its id, and writes to log and metrics what became of it.
func (s *Server) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		id := r.Header.Get("X-Request-Id")
		if !isID(id) {
			id = trace.NewID()
		}
		w.Header().Set("X-Request-Id", id)
		ctx := trace.With(r.Context(), id, s.o.Log)
		r = r.WithContext(ctx)
		c := &counted{ResponseWriter: w}
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler { //nolint:errorlint // by that very value
					panic(v)
				}
				trace.Log(ctx).Error("panic", "panic", v, "stack", string(debug.Stack()))
				if c.status == 0 {
					http.Error(c, "This should not have happened. It is in the log under the id of this request.", http.StatusInternalServerError) //nolint:gocritic // what is below is done in any case
				}
			}
			s.finished(ctx, r, c, time.Since(began))
		}()
		next.ServeHTTP(c, r)
	})
}

func (s *Server) finished(ctx context.Context, r *http.Request, c *counted, took time.Duration) {
	pattern := r.Pattern
	if inner := s.API.Pattern(r); inner != "" {
		pattern = inner
	}
	if pattern == "" {
		pattern = "none"
	}
	if c.status == 0 {
		c.status = http.StatusOK
	}
	s.metrics.answered(pattern, r.Method, c.status, took)
	level := slog.LevelInfo
	if strings.HasSuffix(pattern, "z") || strings.HasSuffix(pattern, "/metrics") {
		level = slog.LevelDebug
	}
	trace.Log(ctx).LogAttrs(ctx, level, "request", slog.String("method", r.Method), slog.String("route", pattern),
		slog.Int("status", c.status), slog.Int64("bytes", c.bytes), slog.Float64("ms", float64(took.Microseconds())/1000))
}

const idSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// isID says that a caller's id can stand in the log: it is short and of harmless signs.
func isID(id string) bool {
	const least, most = 8, 64
	if len(id) < least || len(id) > most {
		return false
	}
	for _, c := range id {
		if !strings.ContainsRune(idSigns, c) {
			return false
		}
	}
	return true
}

// protect says to browsers what they may do with an answer.
func (s *Server) protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "+
			"connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if s.secure(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// secure says that the browser speaks TLS, to here or to a proxy before it.
func (s *Server) secure(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(s.o.PublicURL, "https://")
}

// Bounds on unpacking what callers have packed: the window of zstd, which is memory.
const windowMost = 8 << 20

// unpack reads bodies that are compressed. How large they may become is bounded by who reads them.
func unpack(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body io.ReadCloser
		var err error
		switch encoding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); encoding {
		case "", "identity":
			next.ServeHTTP(w, r)
			return
		case "gzip":
			body, err = gzip.NewReader(r.Body)
		case "zstd":
			var d *zstd.Decoder
			d, err = zstd.NewReader(r.Body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(windowMost), zstd.WithDecoderLowmem(true))
			if err == nil {
				body = d.IOReadCloser()
			}
		default:
			w.Header().Set("Accept-Encoding", "gzip, zstd")
			http.Error(w, "Send the body plain, or packed with gzip or zstd.", http.StatusUnsupportedMediaType)
			return
		}
		if err != nil {
			http.Error(w, "The body is not packed as Content-Encoding says.", http.StatusBadRequest)
			return
		}
		defer body.Close() //nolint:errcheck // what is to be read has been
		r.Body, r.ContentLength = body, -1
		r.Header.Del("Content-Encoding")
		next.ServeHTTP(w, r)
	})
}

// client is whom a request comes from. A proxy that is trusted is believed on whom it speaks for.
func (s *Server) client(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	from := at.Addr().Unmap()
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(chain) - 1; i >= 0 && s.trusts(from); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(chain[i]))
		if err != nil {
			break
		}
		from = next.Unmap()
	}
	return from
}

func (s *Server) trusts(a netip.Addr) bool {
	for _, p := range s.o.Trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// counted keeps what was answered.
type counted struct {
	http.ResponseWriter

	status int
	bytes  int64
}

func (c *counted) WriteHeader(status int) {
	if c.status == 0 && status >= http.StatusOK {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *counted) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(b)
	c.bytes += int64(n)
	return n, err
}

// Flush, Hijack and Unwrap let through what the connection can.
func (c *counted) Flush() {
	if f, ok := c.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// Hijack takes the connection over.
func (c *counted) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if h, ok := c.ResponseWriter.(http.Hijacker); ok {
		return h.Hijack()
	}
	return nil, nil, errors.ErrUnsupported
}

// Unwrap is for http.ResponseController.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }
