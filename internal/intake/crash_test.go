package intake_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/intake"
	"regulars/internal/record/business"
	"regulars/internal/record/order"
	"regulars/internal/record/schema"
)

const roundVariable = "REGULARS_INTAKE_ROUND"

// TestChildTakesFactsIn takes orders in, with many goroutines, and prints each that was acknowledged, until it is
// killed. Each is handed in twice, by two goroutines, as a shop does that has heard nothing.
func TestChildTakesFactsIn(t *testing.T) {
	d := dbtest.InChild(t)
	if d == nil {
		return
	}
	in, err := intake.New(t.Context(), d, business.Business{})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for who := range 16 {
		all.Go(func() {
			for n := 0; ; n++ {
				key := fmt.Sprintf("%s-%d-%d", os.Getenv(roundVariable), who/2, n)
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					out, err := in.Order(tx, crashOrder(in, key))
					if err == nil && out.Err != nil {
						err = out.Err
					}
					return err
				})
				switch {
				case err == nil:
					// One system call, and so in the pipe or not, whenever the process is killed.
					if _, err := fmt.Fprintf(os.Stdout, "order %s\n", key); err != nil {
						return
					}
				case strings.Contains(err.Error(), "recorded"):
					t.Error(err) // a conflict, where there is none
					return
				}
			}
		})
	}
	all.Wait()
}

// crashOrder is an order of two lines, whose customer is made by it.
func crashOrder(in *intake.Intake, key string) intake.Order {
	return intake.Order{Customer: own("customer " + key[:len(key)-1]), Order: order.Order{
		Source: "shop", Reference: key, Placed: in.At(noon), Summed: true,
		Lines: []order.Line{{Product: "p" + key[len(key)-1:], Quantity: 1, AmountMinor: 100}, {Quantity: 2, AmountMinor: 50}},
	}}
}

// A process that takes facts in is killed at random moments, and on PostgreSQL the server too: what was acknowledged is
// there once, and nothing is there in part.
func TestNothingTakenInIsLostInACrash(t *testing.T) {
	t.Parallel()
	dbtest.EachKilled(t, crash)
}

func crash(t *testing.T, o db.Options, server *dbtest.Server) {
	t.Helper()
	rounds := 35
	if server != nil { // which takes its time to start
		rounds = 15
	}
	acknowledged := map[string]bool{}
	began := time.Now()
	for round := range dbtest.CrashRounds(t, rounds) {
		d, err := schema.Open(t.Context(), o)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		before := len(acknowledged)
		c := dbtest.Child(t, "TestChildTakesFactsIn", o)
		c.Env = append(c.Env, fmt.Sprintf("%s=%d", roundVariable, round))
		dbtest.Crash(t, c, server, func(line string) {
			if key, ok := strings.CutPrefix(line, "order "); ok {
				acknowledged[key] = true
			}
		})
		if len(acknowledged) == before {
			t.Errorf("round %d acknowledged nothing", round)
		}
		whole(t, o, acknowledged)
		if t.Failed() {
			break
		}
	}
	t.Logf("%d acknowledged orders in %v", len(acknowledged), time.Since(began).Round(time.Millisecond))
}

// whole checks that every acknowledged order is there, once, with all that belongs to it, and so is every other.
func whole(t *testing.T, o db.Options, acknowledged map[string]bool) {
	t.Helper()
	d, err := schema.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("after the crash: %v", err)
	}
	s := &shop{t: t, d: d}
	there := map[string]int{}
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		clear(there)
		rows, err := tx.Query("SELECT reference FROM orders")
		if err != nil {
			return err
		}
		for rows.Next() {
			var key string
			if err := rows.Scan(&key); err != nil {
				return err
			}
			there[key]++
		}
		return rows.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	for key := range acknowledged {
		if there[key] == 0 {
			t.Errorf("order %s was acknowledged and is not there", key)
		}
	}
	for key, n := range there {
		if n > 1 {
			t.Errorf("order %s is there %d times", key, n)
		}
	}
	s.sound()
	// In one statement each: what the killed process sent last may still be on its way into PostgreSQL.
	for what, query := range map[string]string{
		"orders without both lines": `SELECT 2 * (SELECT count(*) FROM orders) - (SELECT count(*) FROM sale_lines)`,
		"orders that the feed does not tell of": `SELECT count(*) FROM orders o WHERE NOT EXISTS (SELECT 1 FROM changes c
			WHERE c.customer_id = o.customer_id AND c.fact_id = o.order_id)`,
		"customers without an identity": `SELECT (SELECT count(*) FROM customers) - (SELECT count(*) FROM identities)`,
	} {
		if n := s.number(query); n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
