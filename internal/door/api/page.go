package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/spending"
)

// Paged is embedded in the input of a list.
type Paged struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most."`
	Cursor string `query:"cursor" maxLength:"400" doc:"next_cursor of the page before."`
}

// after reads the cursor back into the numbers of the last entry of the page before; ok is false on the first page.
func (p *Paged) after(numbers ...*int64) (ok bool, err error) {
	if p.Cursor == "" {
		return false, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	parts := strings.Split(string(text), ".")
	if err != nil || len(parts) != len(numbers) {
		return false, badCursor()
	}
	for i, part := range parts {
		if *numbers[i], err = strconv.ParseInt(part, 36, 64); err != nil {
			return false, badCursor()
		}
	}
	return true, nil
}

// afterText is after for lists whose order is that of a text; it is empty on the first page.
func (p *Paged) afterText() (text string, err error) {
	b, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil || !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return "", badCursor()
	}
	return string(b), nil
}

// afterKey is after for lists in the order of sources and references.
func (p *Paged) afterKey() (key spending.Key, err error) {
	if p.Cursor == "" {
		return key, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	source, reference, ok := strings.Cut(string(b), "\x00")
	if err != nil || !ok || !utf8.Valid(b) || strings.IndexByte(reference, 0) >= 0 {
		return key, badCursor()
	}
	return spending.Key{Source: source, Reference: reference}, nil
}

func badCursor() error {
	return fault.In("cursor", fault.Coded("bad_cursor", fault.Invalidf("the cursor is none that was given out for this list; begin without one")))
}

// cursor is what after reads.
func cursor(numbers ...int64) string {
	parts := make([]string, len(numbers))
	for i, n := range numbers {
		parts[i] = strconv.FormatInt(n, 36)
	}
	return cursorText(strings.Join(parts, "."))
}

// cursorText is what afterText reads.
func cursorText(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// cursorKey is what afterKey reads.
func cursorKey(k spending.Key) string { return cursorText(k.Source + "\x00" + k.Reference) }

// Listed is the answer to a list.
type Listed[T any] struct {
	Link string `header:"Link" doc:"The address of the next page, rel=\"next\"."`
	Body wire.Page[T]
}

type urlKey struct{}

// listed makes a page of up to limit entries; more has one more, where there is a next page. at is the cursor of an
// entry.
func listed[E, T any](ctx context.Context, p Paged, entries []E, at func(E) string, show func(E) T) *Listed[T] {
	out := &Listed[T]{Body: wire.Page[T]{Data: make([]T, 0, len(entries))}}
	if len(entries) > p.Limit {
		entries = entries[:p.Limit]
		out.Body.NextCursor = at(entries[p.Limit-1])
		if u, ok := ctx.Value(urlKey{}).(*url.URL); ok {
			q := u.Query()
			q.Set("cursor", out.Body.NextCursor)
			out.Link = fmt.Sprintf("<%s?%s>; rel=\"next\"", u.EscapedPath(), q.Encode())
		}
	}
	for _, e := range entries {
		out.Body.Data = append(out.Body.Data, show(e))
	}
	return out
}

// Matched is embedded in the input of what changes something that others may be changing.
type Matched struct {
	IfMatch string `header:"If-Match" doc:"The ETag of what you read: it is changed only if nobody has changed it since. Left out: whatever it is by now." maxLength:"100"`
}

// version is the one that it must have; 0: any.
func (m *Matched) version() (int64, error) {
	if m.IfMatch == "" || m.IfMatch == "*" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(m.IfMatch, "W/"), `"`), 10, 64)
	if err != nil || n <= 0 {
		return 0, fault.In("If-Match", fault.Coded(codeVersion, fault.Invalidf("If-Match is the ETag of an answer, such as \"3\"")))
	}
	return n, nil
}

// etag is the version as a header.
func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// changed refuses a version that is not the one that is there.
func changed(want, have int64) error {
	if want != 0 && want != have {
		return fault.Coded(codeVersion, fault.Conflictf("somebody changed it since you read it: it is version %d, not %d; read it again", have, want))
	}
	return nil
}

// statusOf is the HTTP status of what became of something.
func statusOf(status string) int {
	if status == "created" {
		return http.StatusCreated
	}
	return http.StatusOK
}
