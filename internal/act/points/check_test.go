package points_test

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
)

// The database refuses what breaks an invariant; what it cannot see by itself, the checks find.
func TestWhatBreaksTheLedgerIsRefusedOrFound(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, _ *clock) {
		l, who := points.New(zone), people(t, d, 1)[0]
		unit(t, d, points.Unit{Code: "points", AllowsDebt: true})
		earn(t, d, l, who, "a", 100)
		write(t, d, func(tx *db.Tx) error {
			if _, err := l.Hold(tx, act(who, "h"), 10, time.Hour); err != nil {
				return err
			}
			if _, err := l.Spend(tx, act(who, "s"), 20); err != nil {
				return err
			}
			_, err := l.Reverse(tx, act(who, "r"), points.Return{Of: "order:a"})
			return err
		})
		sound(t, d)
		for _, text := range []string{
			"UPDATE point_accounts SET left_units = left_units + 1",
			"UPDATE point_accounts SET repaid_units = owed_units + 1, left_units = left_units - 1",
			"UPDATE point_lots SET left_units = left_units + 1",
			"UPDATE point_lots SET left_units = -1, spent_units = spent_units + left_units + 1 WHERE source = 'earn'",
			"UPDATE point_lots SET left_units = left_units + 1 WHERE source = 'debt'",
			"UPDATE point_lots SET called_units = issued_units + 1",
			"UPDATE point_lots SET returned_parts = whole_parts + 1",
			"UPDATE point_operations SET undone_units = units + 1 WHERE kind = 'spend'",
			"UPDATE point_operations SET actor = ''",
			"UPDATE point_entries SET units = 0",
			"UPDATE point_holds SET resolved_us = 1",
			"UPDATE point_holds SET committed_units = units + 1",
		} {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err == nil {
				t.Errorf("allowed: %s", text)
			}
		}
		sound(t, d)
		for _, c := range []struct{ key, text string }{
			{"points_lots", "UPDATE point_lots SET spent_units = spent_units + 1, reversed_units = reversed_units - 1 WHERE source = 'earn'"},
			{"points_lots", "UPDATE point_entries SET units = units + 1 WHERE kind = 'spend'"},
			{"points_lots", "DELETE FROM point_entries WHERE kind = 'issue'"},
			{"points_accounts", "UPDATE point_accounts SET spent_units = spent_units + 1, reversed_units = reversed_units - 1"},
			{"points_accounts", "UPDATE point_accounts SET issued_units = issued_units - 1, received_units = received_units + 1"},
			{"points_accounts", "DELETE FROM point_accounts"},
			{"points_due", "UPDATE point_accounts SET holds_us = 253402300799999999, due_us = 253402300799999999"},
			{"points_holds", "UPDATE point_holds SET units = units + 1"},
			{"points_holds", "UPDATE point_holds SET state = 'cancelled', resolved_us = 1"},
			{"points_entries", "DELETE FROM point_operations WHERE kind = 'spend'"},
			{"points_reversals", "UPDATE point_operations SET units = units + 5 WHERE kind = 'spend'"},
			{"points_reversals", "UPDATE point_lots SET called_units = called_units - 1 WHERE source = 'earn'"},
		} {
			failed := errorOf(t, d, c.text)
			if !strings.Contains(failed, c.key) {
				t.Errorf("%s: found by %q, not by %s", c.text, failed, c.key)
			}
		}
		sound(t, d) // all of it was taken back
	})
}

// errorOf damages the ledger, asks which checks find it, and puts it back.
func errorOf(t *testing.T, d *db.DB, text string) (found string) {
	t.Helper()
	type row struct {
		table string
		rows  []map[string]any
	}
	tables := []string{"point_accounts", "point_lots", "point_operations", "point_entries", "point_holds"}
	var kept []row
	write(t, d, func(tx *db.Tx) error {
		kept = nil
		for _, table := range tables {
			rows, err := tx.Maps("SELECT * FROM " + table)
			if err != nil {
				return err
			}
			kept = append(kept, row{table, rows})
		}
		_, err := tx.Exec(text)
		return err
	})
	for _, c := range points.Checks() {
		f, err := c.Run(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		if f.N > 0 {
			found += c.Key + " "
			if f.Example == "" {
				t.Errorf("%s names no example", c.Key)
			}
		}
	}
	write(t, d, func(tx *db.Tx) error {
		for _, k := range kept {
			if _, err := tx.Exec("DELETE FROM " + k.table); err != nil {
				return err
			}
			for _, r := range k.rows {
				if err := put(tx, k.table, r); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return found
}
