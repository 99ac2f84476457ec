package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/base/fault"
	"regulars/internal/base/trace"
	"regulars/internal/door/api/wire"
)

// kinds is the table from kinds of faults to answers.
var kinds = map[fault.Kind]struct {
	status      int
	code, title string
}{
	fault.Internal:    {http.StatusInternalServerError, "internal", "Something went wrong here"},
	fault.Invalid:     {http.StatusUnprocessableEntity, "invalid", "Invalid request"},
	fault.NotFound:    {http.StatusNotFound, "not_found", "Not found"},
	fault.Conflict:    {http.StatusConflict, "conflict", "It contradicts what is there"},
	fault.Forbidden:   {http.StatusForbidden, "forbidden", "Not allowed"},
	fault.Unavailable: {http.StatusServiceUnavailable, "unavailable", "Not available now"},
	fault.Unknown:     {http.StatusUnauthorized, "unauthenticated", "Who is asking?"},
}

// statuses of faults whose code says more than their kind.
var statuses = map[string]int{
	codeVersion:       http.StatusPreconditionFailed,
	codeMeanwhile:     http.StatusPreconditionFailed,
	codeVersionNeeded: http.StatusPreconditionRequired,
	codeTooMany:       http.StatusTooManyRequests,
	codeReused:        http.StatusUnprocessableEntity,
	codeTooLarge:      http.StatusRequestEntityTooLarge,
	codeMediaType:     http.StatusUnsupportedMediaType,
	codeMethod:        http.StatusMethodNotAllowed,
	codeBroken:        http.StatusBadRequest,
	codeTooSlow:       http.StatusRequestTimeout,
	"too_many_tries":  http.StatusTooManyRequests,
}

// Codes that programs meet.
const (
	codeVersion       = "version_mismatch"
	codeMeanwhile     = "changed_meanwhile"
	codeVersionNeeded = "version_required"
	codeTooMany       = "too_many_requests"
	codeReused        = "idempotency_key_reused"
	codeInFlight      = "idempotency_key_in_flight"
	codeTooLarge      = "too_large"
	codeMediaType     = "unsupported_media_type"
	codeMethod        = "method_not_allowed"
	codeBroken        = "malformed"
	codeUnknownField  = "unknown_field"
	codeRequired      = "required"
	codeWrong         = "wrong_value"
	codeTooSlow       = "too_slow"
)

// problem is what is answered to an error; what is not meant for whoever asks goes to the log.
func problem(ctx context.Context, err error) *wire.Problem {
	var p *wire.Problem
	if errors.As(err, &p) {
		return p
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		err = fault.Unavailablef("it took too long, or was given up; try again: %w", err)
	}
	var f *fault.Fault
	if !errors.As(err, &f) {
		f = &fault.Fault{Kind: fault.Internal, Message: "This should not have happened. It has been written to the log under the id of this request."}
	}
	k := kinds[f.Kind]
	p = &wire.Problem{Title: k.title, Status: k.status, Code: k.code, Detail: sentence(f.Message), RequestID: trace.ID(ctx)}
	if f.Code != "" {
		p.Code = f.Code
		if status, ok := statuses[f.Code]; ok {
			p.Status = status
		}
	}
	if f.Field != "" {
		p.Errors = []wire.ProblemField{{Field: f.Field, Code: p.Code, Detail: f.Message}}
	}
	p.Type = "/v1/problems#" + p.Code
	if p.Status >= http.StatusInternalServerError {
		trace.Failed(ctx, err)
	}
	return p
}

// sentence begins large and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if s[0] >= 'a' && s[0] <= 'z' {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}

var required = regexp.MustCompile(`^expected required property (\S+) to be present$`)

var unmarshal = regexp.MustCompile(`into Go struct field \w+\.(\S+) of type`)

// refused is what huma found wrong before the handler was called.
func refused(ctx context.Context, status int, message string, errs []error) *wire.Problem {
	switch {
	case status == http.StatusInternalServerError && strings.Contains(message, "body"):
		// It broke off, or is not packed as it says.
		status, errs = http.StatusBadRequest, nil
	case status == http.StatusInternalServerError && len(errs) == 1:
		return problem(ctx, errs[0])
	}
	f := &fault.Fault{Kind: fault.Invalid, Message: "The request cannot be understood: " + message}
	switch status {
	case http.StatusRequestEntityTooLarge:
		f.Code, f.Message = codeTooLarge, "the body is larger than this address takes; send less at once"
	case http.StatusUnsupportedMediaType:
		f.Code, f.Message = codeMediaType, "send JSON, with Content-Type: application/json"
	case http.StatusBadRequest:
		f.Code, f.Message = codeBroken, "the body is missing, did not arrive whole, or is no JSON"
	case http.StatusRequestTimeout:
		f.Code, f.Message = codeTooSlow, "the body took too long to arrive"
	case http.StatusUnprocessableEntity:
		f.Message = "some fields are wrong"
	}
	p := problem(ctx, f)
	if status != http.StatusUnprocessableEntity {
		p.Status = status
	}
	for _, err := range errs {
		if err == nil {
			continue
		}
		p.Errors = append(p.Errors, field(err))
	}
	if len(p.Errors) > 0 && p.Code == "invalid" {
		p.Detail = sentence(p.Errors[0].Field + ": " + p.Errors[0].Detail)
		if len(p.Errors) > 1 {
			p.Detail = "Several fields are wrong; see errors."
		}
	}
	return p
}

// field tells of one field what huma found wrong. The value is not repeated: it may be somebody's.
func field(err error) wire.ProblemField {
	var d huma.ErrorDetailer
	if !errors.As(err, &d) {
		return wire.ProblemField{Code: codeBroken, Detail: "it is no JSON: " + err.Error()}
	}
	detail := d.ErrorDetail()
	at := strings.TrimPrefix(strings.TrimPrefix(detail.Location, "body"), ".")
	for _, place := range []string{"query.", "path.", "header."} {
		at = strings.TrimPrefix(at, place)
	}
	f := wire.ProblemField{Field: at, Code: codeWrong, Detail: detail.Message}
	if m := unmarshal.FindStringSubmatch(detail.Message); m != nil { // what passed as JSON, and does not fit
		return wire.ProblemField{Field: m[1], Code: codeWrong, Detail: "it is beyond its bounds, or of the wrong kind"}
	}
	switch m := required.FindStringSubmatch(detail.Message); {
	case m != nil:
		f.Code, f.Detail = codeRequired, "it is required"
		if f.Field != "" {
			f.Field += "."
		}
		f.Field += m[1]
	case detail.Message == "unexpected property" || detail.Message == "unknown query parameter":
		f.Code, f.Detail = codeUnknownField, "there is no such field; check its spelling"
	case strings.HasPrefix(detail.Message, "required "):
		f.Code, f.Detail = codeRequired, "it is required"
	}
	return f
}

// write answers with a problem, outside of huma.
func write(w http.ResponseWriter, p *wire.Problem) {
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // who has gone needs no answer
}

// nothing answers where there is no such address, or not by this method.
func (a *API) nothing(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := a.mux.Handler(other); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		write(w, problem(r.Context(), fault.NotFoundf("there is nothing at this address; see /v1/reference")))
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	write(w, problem(r.Context(), fault.Coded(codeMethod, fault.Invalidf("this address takes %s", strings.Join(allowed, ", ")))))
}
