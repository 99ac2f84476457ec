package db_test

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
)

// TestChildWrites writes with many goroutines and prints each acknowledged key, until it is killed.
func TestChildWrites(t *testing.T) {
	d := dbtest.InChild(t)
	if d == nil {
		return
	}
	round, err := strconv.Atoi(os.Getenv("REGULARS_DB_ROUND"))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for who := range 16 {
		all.Go(func() {
			for i := 0; ; i++ {
				key := (round*100+who)*1_000_000 + i
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					if _, err := tx.Exec(`INSERT INTO entry VALUES ($1, $2)`, key, tx.Now); err != nil {
						return err
					}
					if key%7 == 0 { // a neighbour in the group that fails, now and then
						_, err := tx.Exec(`INSERT INTO balance VALUES (1, 0)`)
						return err
					}
					_, err := tx.Exec(`UPDATE balance SET n = n + 1 WHERE id = $1`, who)
					return err
				})
				if err == nil {
					// One system call, and so in the pipe or not, whenever the process is killed.
					if _, err := fmt.Fprintf(os.Stdout, "key %d\n", key); err != nil {
						return
					}
				}
			}
		})
	}
	all.Wait()
}

// A process that writes is killed at random moments: what it acknowledged is there once, what is there is whole, and
// the next process goes on. On PostgreSQL the server is killed too.
func TestNothingAcknowledgedIsLostInACrash(t *testing.T) {
	t.Parallel()
	dbtest.EachKilled(t, crash)
}

func crash(t *testing.T, o db.Options, server *dbtest.Server) {
	t.Helper()
	d, err := db.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	prepare(t, d, `CREATE TABLE entry (key BIGINT NOT NULL, at BIGINT NOT NULL)`,
		`CREATE TABLE balance (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)`)
	for who := range 16 {
		if err := run(t.Context(), d, `INSERT INTO balance VALUES ($1, 0)`, who); err != nil {
			t.Fatal(err)
		}
	}
	acknowledged := map[int]bool{}
	began := time.Now()
	for round := range dbtest.CrashRounds(t, 20) {
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		before := len(acknowledged)
		killed(t, o, server, round, acknowledged)
		if len(acknowledged) == before {
			t.Errorf("round %d acknowledged nothing", round)
		}
		if d, err = db.Open(t.Context(), o); err != nil {
			t.Fatalf("round %d: after the crash: %v", round, err)
		}
		tally(t, d, `SELECT key FROM entry`, acknowledged, nil)
		// In one statement: what the killed process sent last may still be on its way into PostgreSQL.
		if off := one[int](t, d, `SELECT (SELECT count(*) FROM entry) - (SELECT sum(n) FROM balance)`); off != 0 {
			t.Errorf("round %d: %d more entries than movements: a transaction is there in part", round, off)
		}
		if t.Failed() {
			break
		}
	}
	t.Logf("%d acknowledged writes in %v", len(acknowledged), time.Since(began).Round(time.Millisecond))
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// killed runs a process that writes, kills it at a random moment, and collects what it acknowledged.
func killed(t *testing.T, o db.Options, server *dbtest.Server, round int, acknowledged map[int]bool) {
	t.Helper()
	c := dbtest.Child(t, "TestChildWrites", o)
	c.Env = append(c.Env, "REGULARS_DB_ROUND="+strconv.Itoa(round))
	dbtest.Crash(t, c, server, func(line string) {
		var key int
		if _, err := fmt.Sscanf(line, "key %d", &key); err == nil {
			acknowledged[key] = true
		}
	})
}

// tally checks that the acknowledged keys are there once and the refused ones not at all.
func tally(t *testing.T, d *db.DB, query string, yes, no map[int]bool) {
	t.Helper()
	found := map[int]int{}
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		clear(found)
		rows, err := tx.Query(query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key int
			if err := rows.Scan(&key); err != nil {
				return err
			}
			found[key]++
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	for key, n := range found {
		if n > 1 {
			t.Errorf("%d is there %d times", key, n)
		}
		if no[key] {
			t.Errorf("%d is there, and its caller was told no", key)
		}
	}
	for key := range yes {
		if found[key] == 0 {
			t.Errorf("%d was acknowledged and is not there", key)
		}
	}
}
