package files_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/intake/files"
	"regulars/internal/record/importer"
)

// TestMembers takes in who is a member: said again nothing changes, taken back they have left, and who joined here stays one.
func TestMembers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store) {
		t.Helper()
		members := func() []string {
			return s.lines(`SELECT c.reference, m.joined_us / 1000000, m.how, CASE WHEN m.left_us IS NULL THEN 1 ELSE 0 END
				FROM memberships m JOIN customers c ON c.customer_id = m.customer_id ORDER BY 1`)
		}
		const file = "customers:customer,is member,member since\nada,yes,2026-01-02\nbob,no,\ncy,,2026-02-03\n"
		if got := s.take(file); got != (files.Tally{Created: 3}) {
			t.Errorf("%+v", got)
		}
		want := []string{"ada 1767312000 import 1", "cy 1770076800 import 1"}
		if got := members(); !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		if got := s.take(file); got != (files.Tally{Unchanged: 3}) {
			t.Errorf("again: %+v", got)
		}
		if err := s.d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE memberships SET how = 'web' WHERE joined_us = 1770076800000000")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got := s.take("customers:customer,is member,member since\nada,no,\ncy,no,\n"); got != (files.Tally{Updated: 1, Unchanged: 1}) {
			t.Errorf("taken back: %+v", got)
		}
		if got := members(); !slices.Equal(got, []string{"ada 1767312000 import 0", "cy 1770076800 web 1"}) {
			t.Errorf("%q", got)
		}
	})
}

func TestCustomers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store) {
		t.Helper()
		customers := "customers:customer,channel,referred,City\nada,web,yes,London\nbob,,no,\nada,shop,,\n"
		if got := s.take(customers); got != (files.Tally{Created: 2, Updated: 1}) {
			t.Errorf("customers: %+v", got)
		}
		// What is empty leaves what is there, and an order makes nobody anew.
		if got := s.take("customers:customer,channel,referred,City\nada,,,\nbob,,,Skopje\n", "customer,date,amount\nada,2026-03-01,1.00\n"); got !=
			(files.Tally{Created: 1, Updated: 1, Unchanged: 1}) {
			t.Errorf("again: %+v", got)
		}
		want := []string{`ada shop 1 {"City":"London"}`, `bob  0 {"City":"Skopje"}`}
		if got := s.lines("SELECT reference, channel, CASE WHEN referred THEN 1 ELSE 0 END, attributes FROM customers ORDER BY 1"); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	answers := "answers:customer,date,nps,service,comment,Branch\n" +
		"ada,2026-03-01 10:00,9,5,good,north\nada,2026-03-01 10:00,9,5,good,north\n,2026-03-02 10:00,3,,,south\nbob,2026-03-03 10:00,,4,,\n"
	each(t, func(t *testing.T, s *store) {
		t.Helper()
		first := s.take(answers)
		if first.Created != first.All() || first.All() != 8 {
			t.Errorf("answers: %+v", first)
		}
		if got := s.take(answers); got != (files.Tally{Unchanged: 8}) {
			t.Errorf("again: %+v", got)
		}
		corrected := strings.Replace(answers, "bob,2026-03-03 10:00,,4", "bob,2026-03-03 10:00,,2", 1)
		if got := s.take(corrected); got != (files.Tally{Unchanged: 7, Updated: 1}) {
			t.Errorf("corrected: %+v", got)
		}
		s.want(map[string]int64{"SELECT count(*) FROM answers": 8, "SELECT count(*) FROM answers WHERE kind = 'nps' AND score = 9": 2,
			"SELECT count(*) FROM answers WHERE customer_id < 0": 2, "SELECT count(*) FROM answers WHERE reference LIKE '%ada%'": 0})
	})
}

func TestCosts(t *testing.T) {
	t.Parallel()
	costs := "costs:date,channel,kind,amount\n2026-03-01,web,acquisition,100.00\n2026-03-01,web,acquisition,100.00\n2026-03-01,,retention,-5.00\n"
	each(t, func(t *testing.T, s *store) {
		t.Helper()
		if got := s.take(costs); got != (files.Tally{Created: 3}) {
			t.Errorf("costs: %+v", got)
		}
		if got := s.take(costs); got != (files.Tally{Unchanged: 3}) {
			t.Errorf("again: %+v", got)
		}
		if got := s.take(strings.Replace(costs, ",-5.00", ",-7.00", 1)); got != (files.Tally{Unchanged: 2, Updated: 1}) {
			t.Errorf("corrected: %+v", got)
		}
		s.want(map[string]int64{"SELECT CAST(sum(amount_minor) AS BIGINT) FROM costs": 19300})
	})
}

// A fact that cannot be kept is in the file of rejected rows, with all rows it is made of, and the totals add up.
func TestWhatIsRefusedIsRejected(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 301)
	text := "order,customer,date,amount,product\n1,ada,2026-03-01,1.00,tea\n2,ada,2026-03-01,1.00," + long + "\n3,ada,2026-03-01,none,tea\n" +
		"4," + long + ",2026-03-01,1.00,tea\n2,ada,2026-03-02,2.00,tea\n"
	each(t, func(t *testing.T, s *store) {
		t.Helper()
		paths, kinds := written(t, text)
		for range 2 {
			results, err := s.run(t.Context(), 2, paths, kinds)
			if err != nil {
				t.Fatal(err)
			}
			r := &results[0]
			if r.Facts.Refused != 2 || r.Facts.All() != 3 {
				t.Errorf("facts %+v", r.Facts)
			}
			if a := r.Rows; a.Rows != 5 || a.Recorded != 1 || a.Rejected != 3 || a.Unreadable != 1 || a.Reasons["not_kept"] != 3 {
				t.Errorf("rows %+v", a)
			}
		}
		rejected, err := os.ReadFile(paths[0] + importer.RejectedSuffix)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(rejected)), "\n")
		if len(lines) != 5 {
			t.Fatalf("rejected:\n%s", rejected)
		}
		for i, begins := range []string{"line,reason,", "3,\"order 2: line 1: ", "4,the amount is missing", "5,\"the id ", "6,\"order 2: line 1: "} {
			if !strings.HasPrefix(lines[i], begins) {
				t.Errorf("line %d is %q, want it to begin with %q", i, lines[i], begins)
			}
		}
		s.want(map[string]int64{countOrders: 1, sumLines: 100, "SELECT count(*) FROM customers": 1})
	})
}
