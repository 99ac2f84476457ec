package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// The members of the programme that is measured.
const (
	benchMembers = 100_000
	bulkEach     = 10_000
)

// benchUnits measures the ledger over HTTP: units that are earned, and units that are held and committed, of 100,000
// members and of one who is everybody's.
func benchUnits(ctx context.Context, program string, o options) error {
	fmt.Printf("\nUnits over HTTP, %d connections, %d members, generator included; best of %d runs of %v\n", connections, benchMembers, o.runs, loadTime)
	dir, err := os.MkdirTemp("", "regulars-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left is in the folder of temporary files
	if err := benchUnitsAt(ctx, program, filepath.Join(dir, "data"), o, [2]float64{2000, 2000}); err != nil || o.database == "" {
		return err
	}
	fmt.Println("  on PostgreSQL:")
	return benchUnitsAt(ctx, program, filepath.Join(dir, "data"), o, [2]float64{2000, 500}, "--database", o.database)
}

func benchUnitsAt(ctx context.Context, program, dir string, o options, aims [2]float64, place ...string) error {
	served, err := startServer(ctx, program, dir, place...)
	if err != nil {
		return err
	}
	defer served.stop()
	if err := served.members(ctx); err != nil {
		return err
	}
	anybody := func(int64) int64 { return rand.Int64N(benchMembers) } //nolint:gosec // no secret
	one := func(int64) int64 { return 7 }
	for _, c := range []struct {
		what string
		who  func(int64) int64
		do   func(ctx context.Context, client *http.Client, b *bytes.Buffer, who int64) error
		each float64 // operations of the ledger in one
		aim  float64
	}{
		{"earned, durable", anybody, served.earn, 1, aims[0]},
		{"held and committed", anybody, served.holdAndCommit, 2, aims[0]},
		{"earned, all by one member", one, served.earn, 1, aims[1]},
		{"held and committed, all by one", one, served.holdAndCommit, 2, aims[1]},
	} {
		var best load
		for range o.runs {
			l, err := generateEach(func(client *http.Client, b *bytes.Buffer, n int64) error { return c.do(ctx, client, b, c.who(n)) })
			if err != nil {
				return err
			}
			if l.rate > best.rate {
				best = l
			}
		}
		fmt.Printf("  %-33s %8.0f operations a second (aim %.0f)   p50 %.1f ms   p99 %.1f ms (aim 50)\n", c.what, best.rate*c.each, c.aim,
			milliseconds(best.p50), milliseconds(best.p99))
	}
	return nil
}

// members makes the unit and the members, each with enough to spend.
func (s *served) members(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, s.url+"/v1/units/points", strings.NewReader(`{"kind":"spendable","expiry":{"kind":"after","n":12,"every":"months"}}`))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the unit was not made: %s, %w", answer.Status, err)
	}
	for first := 0; first < benchMembers; first += bulkEach {
		var b bytes.Buffer
		for i := range bulkEach {
			fmt.Fprintf(&b, `{"type":"customer","reference":"M%d"}`+"\n", first+i)
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/v1/bulk", &b)
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+s.key)
		r.Header.Set("Content-Type", "application/x-ndjson")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			return err
		}
		if err := answer.Body.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (s *served) earn(ctx context.Context, client *http.Client, b *bytes.Buffer, who int64) error {
	b.Reset()
	fmt.Fprintf(b, `{"customer":{"reference":"M%d"},"unit":"points","units":100,"reason":"bench"}`, who)
	return post(ctx, client, s.url+"/v1/adjustments", s.key, b)
}

// holdAndCommit needs units: who has none yet earns some first.
func (s *served) holdAndCommit(ctx context.Context, client *http.Client, b *bytes.Buffer, who int64) error {
	hold := func() ([]byte, error) {
		b.Reset()
		fmt.Fprintf(b, `{"customer":{"reference":"M%d"},"unit":"points","units":1}`, who)
		return ask(ctx, client, s.url+"/v1/holds", s.key, b)
	}
	answer, err := hold()
	if err != nil && strings.Contains(err.Error(), "too_few_units") {
		if err = s.earn(ctx, client, b, who); err == nil {
			answer, err = hold()
		}
	}
	if err != nil {
		return err
	}
	var held struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(answer, &held); err != nil {
		return fmt.Errorf("what was held: %w", err)
	}
	b.Reset()
	b.WriteString(`{}`)
	return post(ctx, client, s.url+"/v1/holds/"+held.ID+"/commit", s.key, b)
}
