package customer

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema"
	"regulars/internal/record/schema/schematest"
)

// TestEveryTableIsDecidedUpon fails when a table of facts is new: somebody has to say what of it a person may take of themselves.
func TestEveryTableIsDecidedUpon(t *testing.T) {
	t.Parallel()
	decided := copied()
	for _, table := range schema.Tables() {
		w, is := decided[table.Name]
		delete(decided, table.Name)
		switch left := w.rows || w.columns != nil || w.state != ""; {
		case is != (table.Class == schema.Fact):
			t.Errorf("%s is a %s; decided is %t: say in copied what a person may take of it, and why no more", table.Name, table.Class, is)
		case left != (w.why != ""):
			t.Errorf("%s leaves something out: %t; and says why: %q", table.Name, left, w.why)
		}
	}
	for name := range decided {
		t.Errorf("%s is decided upon, and there is no such table", name)
	}
}

// TestColumnsOfOthersAreLeftOut reads the real tables: a column whose name says that it holds somebody else, a key, or words of
// staff is left out, but for those that are known to be harmless. What is left out is there.
func TestColumnsOfOthersAreLeftOut(t *testing.T) {
	t.Parallel()
	harmless := []string{"returns.reason", "subscriptions.reason"} // of what the customer did
	telling := []string{"actor", "reason", "answer", "key", "spend_key", "public_key", "secret", "endpoint", "evidence", "hash", "body", "code"}
	harmless = append(harmless, "redemptions.code", // it is theirs, to be shown
		"referrals.order_customer_id") // a number of their own
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		for table, w := range copied() {
			var columns []string
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
				rows, err := tx.Query("SELECT * FROM " + table + " WHERE 1 = 0")
				if err != nil {
					return err
				}
				columns, err = rows.Columns()
				if err != nil {
					return err
				}
				return rows.Close()
			}); err != nil {
				t.Fatal(err)
			}
			for _, c := range w.columns {
				if !slices.Contains(columns, c) {
					t.Errorf("%s has no column %s", table, c)
				}
			}
			for _, c := range columns {
				other := c != "customer_id" && strings.Contains(c, "customer") || slices.Contains(telling, c) || strings.HasSuffix(c, "_by") ||
					strings.HasPrefix(c, "writer") || slices.Contains([]string{"referrer_id", "giver_id", "organisation_id"}, c)
				bytes := c == "hash" // of bytes, which are never written
				if other && !bytes && !w.rows && !slices.Contains(w.columns, c) && !slices.Contains(harmless, table+"."+c) {
					t.Errorf("%s.%s may hold somebody else, or a key: leave it out, or say here that it is harmless", table, c)
				}
			}
		}
	})
}

func TestWhomElseATextNames(t *testing.T) {
	t.Parallel()
	me, other := fact.PublicID(fact.CustomerPrefix, 7), fact.PublicID(fact.CustomerPrefix, 8)
	order := fact.PublicID(fact.OrderPrefix, 8, 7)
	for text, want := range map[string]string{
		"":                                     "",
		"order:7":                              "order:7",
		"referral:" + other:                    "referral:…",
		"referral:" + me:                       "referral:" + me,
		order:                                  order,
		"usr_0pq6v1pg03hbe and cus_short":      "… and cus_short",
		`"cause": "transfer/8/9/end", "n": 1`:  `"cause": "transfer", "n": 1`,
		`{\"cause\":\"pool/8/9a\"}`:            `{\"cause\":\"pool\"}`,
		"the pool/8 of https://x.y/transfer/8": "the pool/8 of https://x.y/transfer/8",
		fmt.Sprintf("%s,%s", me, other):        me + ",…",
	} {
		if got := Unnamed(text, []int64{6, 7}); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
