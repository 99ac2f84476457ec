// Package client calls the API of a Regulars server. Its types are the very ones that the server reads and writes.
//
//	c := client.New("https://loyalty.example.com", key)
//	written, err := c.PutOrder(ctx, client.Order{Reference: "1001", PlacedAt: time.Now(), AmountMinor: client.Minor(1250)})
//
// What always holds: an error that the server explained is a *Problem, found by errors.As. A request that may be sent
// again without harm is, after a pause, when the connection broke or the server says that it is busy: everything but
// POST, and POST too, since each carries an Idempotency-Key of its own. The context bounds all of it.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	spread "math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"regulars/internal/door/api/wire"
)

// Problem is why the server did not do something.
type Problem = wire.Problem

// Client calls one server with one key. It is safe for concurrent use.
type Client struct {
	base string
	key  string
	// HTTP is used for the calls; it may be changed before the first.
	HTTP *http.Client
	// Attempts is how often a request is made at most; 0: 5.
	Attempts int
}

// New makes a client of the server at the address.
func New(address, key string) *Client {
	const patience = time.Minute
	return &Client{base: strings.TrimRight(address, "/"), key: key, HTTP: &http.Client{Timeout: patience}}
}

// Minor is an amount where one may be left out.
func Minor(amount int64) *int64 { return &amount }

const (
	usualAttempts = 5
	firstPause    = 200 * time.Millisecond
	longestPause  = 30 * time.Second
	answerMost    = 256 << 20
)

// call is a request.
type call struct {
	method, path string
	query        url.Values
	ifMatch      string
	body         any // encoded as JSON; nil: none
}

// answer is what came back with 2xx.
type answer struct {
	status int
	head   http.Header
	body   []byte
}

// do makes the request, again where that does no harm, and decodes the answer into the target, unless it is nil.
func (c *Client) do(ctx context.Context, r call, target any) (a answer, err error) {
	var body []byte
	if r.body != nil {
		if body, err = json.Marshal(r.body); err != nil {
			return a, fmt.Errorf("encode the request: %w", err)
		}
	}
	var repeat string
	if r.method == http.MethodPost {
		var b [16]byte
		if _, err := rand.Read(b[:]); err != nil {
			return a, fmt.Errorf("make an Idempotency-Key: %w", err)
		}
		repeat = hex.EncodeToString(b[:])
	}
	attempts := c.Attempts
	if attempts == 0 {
		attempts = usualAttempts
	}
	pause := firstPause
	for {
		var wait time.Duration
		a, wait, err = c.once(ctx, r, body, repeat)
		attempts--
		if err == nil || wait < 0 || attempts <= 0 || ctx.Err() != nil {
			break
		}
		// Not all at once, after the server was away.
		wait = max(wait, pause/2+spread.N(pause)) //nolint:gosec // no secret
		pause = min(2*pause, longestPause)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return a, err
		}
	}
	if err == nil && target != nil && len(a.body) > 0 {
		if err = json.Unmarshal(a.body, target); err != nil {
			err = fmt.Errorf("decode the answer to %s %s: %w", r.method, r.path, err)
		}
	}
	return a, err
}

// once makes the request once. When it failed, wait says how long to wait before the next attempt; below 0: none is to
// be made.
func (c *Client) once(ctx context.Context, r call, body []byte, repeat string) (a answer, wait time.Duration, err error) {
	const never = -1
	address := c.base + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, r.method, address, bytes.NewReader(body))
	if err != nil {
		return a, never, fmt.Errorf("call %s: %w", r.path, err)
	}
	if r.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if repeat != "" {
		request.Header.Set("Idempotency-Key", repeat)
	}
	if r.ifMatch != "" {
		request.Header.Set("If-Match", r.ifMatch)
	}
	return c.send(request)
}

// send sends a request and reads the answer.
func (c *Client) send(request *http.Request) (a answer, wait time.Duration, err error) {
	const never = -1
	request.Header.Set("Authorization", "Bearer "+c.key)
	request.Header.Set("Accept", "application/json")
	response, err := c.HTTP.Do(request)
	if err != nil {
		return a, 0, fmt.Errorf("call %s %s: %w", request.Method, request.URL.Path, err)
	}
	defer response.Body.Close() //nolint:errcheck // it has been read
	a = answer{status: response.StatusCode, head: response.Header}
	if a.body, err = io.ReadAll(io.LimitReader(response.Body, answerMost)); err != nil {
		return a, 0, fmt.Errorf("read the answer to %s %s: %w", request.Method, request.URL.Path, err)
	}
	if response.StatusCode < http.StatusMultipleChoices {
		return a, 0, nil
	}
	p := &Problem{}
	if json.Unmarshal(a.body, p) != nil || p.Code == "" {
		p = &Problem{Status: response.StatusCode, Code: "unexplained", Title: http.StatusText(response.StatusCode)}
	}
	if !mayPass(p) {
		return a, never, p
	}
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return a, time.Duration(seconds) * time.Second, p
}

// mayPass says that the same request may be answered otherwise in a moment.
func mayPass(p *Problem) bool {
	switch p.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return p.Code == "idempotency_key_in_flight"
}

// Code is the code of the problem that an error is; empty where the server did not explain it.
func Code(err error) string {
	var p *Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// Page is one page of a list.
type Page[T any] = wire.Page[T]

// Lists are the options of a list.
type Lists struct {
	Limit  int    // of a page; 0: 50
	Cursor string // NextCursor of the page before
}

func (l Lists) query() url.Values {
	q := url.Values{}
	if l.Limit != 0 {
		q.Set("limit", strconv.Itoa(l.Limit))
	}
	if l.Cursor != "" {
		q.Set("cursor", l.Cursor)
	}
	return q
}

// tag is a version as If-Match has it; 0: whatever it is.
func tag(version int64) string {
	if version == 0 {
		return ""
	}
	return `"` + strconv.FormatInt(version, 10) + `"`
}

// Key is the key that the calls are made with.
func (c *Client) Key() string { return c.key }
