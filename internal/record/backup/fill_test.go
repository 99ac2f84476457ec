package backup_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/record/schema"
	"regulars/internal/record/schema/schematest"
)

// odd are texts that a format of lines and columns could stumble over.
var odd = []string{"", " ", `\N`, `\.`, "\\", "a\tb", "a\nb", "a\r\nb", `\t\n`, "Ελλάδα", "顾客", "😀", "'; DROP TABLE orders; --", strings.Repeat("long ", 2000)}

// inLedger are values of the ledger that agree with each other; all other units are none.
var inLedger = map[string]any{
	"point_units.kind": "qualifying", "point_accounts.due_us": 5, "point_accounts.issued_units": 7, "point_accounts.spent_units": 7, "point_lots.source": "earn",
	"point_lots.waits_for": "", "point_lots.active_us": -5, "point_lots.expires_us": 1000, "point_lots.issued_units": 7, "point_lots.left_units": 3,
	"point_lots.held_units": 4, "point_lots.whole_parts": 9, "point_lots.returned_parts": 2, "point_operations.kind": "spend",
	"point_operations.cause": "order:\t1", "point_operations.actor": "user:\n1", "point_operations.units": 7, "point_operations.undone_units": 2,
	"point_entries.kind": "issue", "point_entries.units": 7, "point_holds.kind": "transfer", "point_holds.state": "committed", "point_holds.units": 7,
	"point_holds.committed_units": 7, "point_holds.to_customer": -1, "point_holds.resolved_us": 1, "point_hold_lots.units": 7,
	"point_pools.state": "granted", "point_pools.units": 7, "point_pools.ended_us": nil, "point_pool_parts.units": 7,
}

// constrained are values of columns that may not have any.
func constrained(table, column string, r *rand.Rand) (value any, ok bool) {
	pick := func(of ...any) (any, bool) { return of[r.IntN(len(of))], true }
	if strings.HasPrefix(table, "point_") {
		if value, ok := inLedger[table+"."+column]; ok {
			return value, true
		}
		return 0, strings.HasSuffix(column, "_units")
	}
	switch table + "." + column {
	case "surprises.state":
		return pick("draft", "planned", "cancelled")
	case "surprises.seed":
		return "", true
	case "surprises.gifts", "surprises.held":
		return pick(0, 1)
	case "surprises.qualified":
		return pick(2, math.MaxInt64)
	case "gifts.state":
		return pick("given", "held_out", "not_drawn", "missed")
	case "gifts.greeting":
		return pick("none", "waiting", "sent", "skipped")
	case "draws.state":
		return pick("published", "frozen", "cancelled")
	case "draws.commitment", "draws.list_hash":
		return strings.Repeat("0a", 32), true
	case "draws.seed":
		return "", true
	case "draw_entrants.free_entries":
		return pick(0, 1)
	case "draw_purchases.state":
		return pick("bought", "returned", "forgone")
	case "draw_entrants.bought_entries", "draw_purchases.entries", "draw_purchases.units", "draw_awards.entries":
		return pick(1, math.MaxInt64)
	case "referrals.state":
		return pick("pending", "qualified", "rewarded", "void")
	case "package_batches.units", "package_batches.codes", "package_codes.customer_id", "package_codes.used_us":
		return pick(1, math.MaxInt64)
	case "package_batches.question":
		return pick("", "nps")
	case "package_batches.stopped_us":
		return pick(nil, 1)
	case "referrals.due_us":
		return pick(0, math.MaxInt64)
	case "fraud_flags.state":
		return "open", true
	case "fraud_flags.decided_us":
		return 0, true
	case "by_hand_requests.state":
		return pick("declined", "withdrawn")
	case "by_hand_requests.units":
		return pick(1, math.MinInt64)
	case "by_hand_requests.decided_us":
		return pick(1, math.MaxInt64)
	case "by_hand_requests.moved_customer", "by_hand_requests.operation_id":
		return nil, true
	case "rewards.left_count":
		return pick(nil, 0, math.MaxInt64)
	case "reward_codes.kind":
		return pick("unique", "pool")
	case "redemptions.state":
		return pick("issued", "used", "refunded", "void")
	case "redemptions.limited":
		return pick("no", "counted", "back")
	case "programme_versions.state":
		return pick("draft", "retired")
	case "redemptions.units", "reward_uses.uses", "programme_awards.units", "programme_uses.uses", "programme_uses.units", "by_hand_sums.units", "programme_budgets.spent_units":
		return pick(0, math.MaxInt64)
	case "push_phones.failures":
		return pick(0, math.MaxInt64)
	case "letter_choices.letter":
		return pick("weekly", "monthly", "changes")
	case "memberships.left_us":
		return pick(nil, 1)
	case "customers.kind":
		return pick("person", "organisation")
	case "customers.birth_month":
		return pick(nil, 1, 12)
	case "customers.birth_day":
		return pick(nil, 1, 31)
	case "orders.state":
		return pick("placed", "paid", "fulfilled", "cancelled")
	case "answers.kind":
		return pick("nps", "csat", "ces", "case")
	case "returns.amount_minor":
		return -r.Int64N(1000), true
	case "subscriptions.cancelled_us", "initiatives.ended_day":
		return pick(nil, math.MaxInt64)
	case "uploads.state":
		return pick("ready", "waiting", "done", "failed")
	case "webhook_endpoints.reason":
		return pick("", "staff", "gone", "failing")
	case "subscriptions.started_us", "initiatives.started_day":
		return r.Int64N(1000), true
	}
	return nil, false
}

// value is one of the type, n a number that no other row has.
func value(c db.Column, n int, key bool, r *rand.Rand) any {
	switch c.Type {
	case "BIGINT":
		if key {
			return n
		}
		return []int64{0, 1, -1, math.MaxInt64, math.MinInt64, r.Int64()}[r.IntN(6)]
	case "DOUBLE PRECISION":
		return []float64{0, 0.1, -1e300, math.SmallestNonzeroFloat64, math.MaxFloat64, r.Float64()}[r.IntN(6)]
	case "BOOLEAN":
		return r.IntN(2) == 0
	case "BYTEA":
		return [][]byte{{}, {0}, {0xff, '\n', '\t', '\\'}, make([]byte, 3000)}[r.IntN(4)]
	}
	if key {
		return fmt.Sprint(odd[n%len(odd)], n)
	}
	return odd[r.IntN(len(odd))]
}

// fill writes rows into every table but those of what goes by itself, which is in no backup.
func fill(t *testing.T, d *db.DB, rows int) {
	t.Helper()
	schematest.Migrate(t, d)
	r := rand.New(rand.NewPCG(1, 2))
	for _, table := range schema.Tables() {
		if table.Passing {
			continue
		}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			columns, err := tx.Columns(table.Name)
			if err != nil {
				return err
			}
			var names []string
			for _, c := range columns {
				names = append(names, c.Name)
			}
			insert := db.NewInsert("INSERT INTO "+table.Name+" ("+strings.Join(names, ", ")+")", len(names), "")
			for n := range rows {
				var args []any
				for i, c := range columns {
					v, ok := constrained(table.Name, c.Name, r)
					if !ok {
						// Keys come first; a different number in each of them makes every row another.
						v = value(c, n*100+i, i < 4 || c.Name == "given_us", r)
					}
					if !ok && nullable(c.Name) && r.IntN(3) == 0 {
						v = nil
					}
					args = append(args, v)
				}
				if _, err := insert.Exec(tx, args); err != nil {
					return fmt.Errorf("%s: %w", table.Name, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	set(t, d, "feed_floor", "12345")
}

func set(t *testing.T, d *db.DB, key, value string) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO settings (key, value, updated_us) VALUES ($1, $2, $3)", key, value, tx.Now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func nullable(column string) bool {
	return slices.Contains(strings.Fields(`birth_year referred organisation_id paid_us duration_ms score replied_us
		replied_local_us solved_us solved_local_us due_us due_local_us finished_us cancelled_local_us previous_until_us failing_since_us cost_minor`), column)
}

// content is every row of a table, in order, in words.
func content(t *testing.T, d *db.DB, table string) (lines []string) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		lines = nil
		columns, err := tx.Columns(table)
		if err != nil {
			return err
		}
		var names []string
		for _, c := range columns {
			names = append(names, c.Name)
		}
		rows, err := tx.Query("SELECT " + strings.Join(names, ", ") + " FROM " + table)
		if err != nil {
			return err
		}
		values, targets := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			targets[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(targets...); err != nil {
				return err
			}
			line := ""
			for i, v := range values {
				if n, ok := v.(int64); ok && columns[i].Type == "BOOLEAN" {
					v = n != 0
				}
				if columns[i].Type == "BYTEA" {
					v = fmt.Sprintf("%x", v)
				}
				line += fmt.Sprintf("%s=%v|", names[i], v)
			}
			lines = append(lines, line)
		}
		return rows.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}
