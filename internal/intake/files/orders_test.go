package files_test

import (
	"slices"
	"testing"

	"regulars/internal/intake/files"
)

const shop = `
order,customer,date,product,category,quantity,price,Colour
1,ada,2026-03-01 10:00,beans,coffee,2,4.50,
1,ada,2026-03-01 10:00,filter,paper,1,2.00,white
2,bob,2026-03-02 09:30,beans,coffee,1,4.50,
3,ada,2026-03-03 12:00,cup,,1,9.00,blue
1,bob,2026-03-04 08:00,beans,coffee,1,4.50,
,eve,2026-03-05 08:00,tea,,1,3.00,
,eve,2026-03-05 08:00,tea,,1,3.00,
,,2026-03-05 11:00,tea,,1,3.00,
`

func TestOrdersBecomeWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store) {
		t.Helper()
		if got := s.take(shop); got != (files.Tally{Created: 7}) {
			t.Errorf("a first import: %+v", got)
		}
		s.want(map[string]int64{
			countOrders: 7, countLines: 8, sumLines: 3800, sumUnknown: 300, countHistory: 0,
			"SELECT count(*) FROM customers": 3,
			// Two customers with one order id have two orders, and equal rows are two facts.
			"SELECT count(*) FROM orders WHERE reference = '1' OR reference LIKE '1 @%'":  2,
			"SELECT count(*) FROM orders WHERE reference LIKE 'sale-%'":                   3,
			"SELECT count(*) FROM orders WHERE reference LIKE '%eve%'":                    0,
			"SELECT count(*) FROM sale_lines WHERE attributes = '{\"Colour\":\"white\"}'": 1,
			"SELECT count(*) FROM imports WHERE finished_us IS NOT NULL AND position = 7": 1,
		})
		if got := s.take(shop); got != (files.Tally{Unchanged: 7}) {
			t.Errorf("the same file again: %+v", got)
		}
		s.want(map[string]int64{countOrders: 7, countLines: 8, countHistory: 0})
	})
}

// The rows of a file may come in any order, lines of one order far apart.
func TestShuffledRowsAreTheSameFacts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store) {
		t.Helper()
		s.take(shop)
		before := s.facts()
		shuffled := `
order,customer,date,product,category,quantity,price,Colour
,,2026-03-05 11:00,tea,,1,3.00,
1,ada,2026-03-01 10:00,filter,paper,1,2.00,white
,eve,2026-03-05 08:00,tea,,1,3.00,
1,bob,2026-03-04 08:00,beans,coffee,1,4.50,
3,ada,2026-03-03 12:00,cup,,1,9.00,blue
2,bob,2026-03-02 09:30,beans,coffee,1,4.50,
,eve,2026-03-05 08:00,tea,,1,3.00,
1,ada,2026-03-01 10:00,beans,coffee,2,4.50,
`
		if got := s.take(shuffled); got != (files.Tally{Unchanged: 7}) {
			t.Errorf("shuffled: %+v", got)
		}
		if after := s.facts(); !slices.Equal(before, after) {
			t.Errorf("before\n%q\nafter\n%q", before, after)
		}
	})
}

func TestAChangedFileChangesOrders(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store) {
		t.Helper()
		s.take(shop)
		changed := `
order,customer,date,product,category,quantity,price,Colour
1,ada,2026-03-01 10:00,beans,coffee,3,4.50,
1,ada,2026-03-01 10:00,filter,paper,1,2.00,white
2,bob,2026-03-02 09:30,beans,coffee,1,4.50,
4,ada,2026-03-06 12:00,cup,,1,9.00,red
`
		if got := s.take(changed); got != (files.Tally{Created: 1, Updated: 1, Unchanged: 1}) {
			t.Errorf("changed: %+v", got)
		}
		s.want(map[string]int64{countOrders: 8, countLines: 9, sumLines: 5150, countHistory: 1,
			"SELECT count(*) FROM fact_history WHERE content LIKE '%1100%'": 1})
	})
}

// A line may be of another moment than its order; the order is of the first.
func TestLinesKeepTheirMoments(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store) {
		t.Helper()
		s.take(`
order,customer,date,amount
7,ada,2026-03-02,5.00
8,bob,2026-02-28,1.00
7,ada,2026-03-01,4.00
`)
		const day = "SELECT count(*) FROM orders WHERE reference = '7' AND day = 20513" // 2026-03-01
		s.want(map[string]int64{countOrders: 2, countLines: 3, day: 1, "SELECT count(DISTINCT day) FROM sale_lines WHERE amount_minor > 100": 2})
	})
}

func TestReturns(t *testing.T) {
	t.Parallel()
	sales := `
order,customer,date,product,quantity,price
1,ada,2026-03-01,beans,2,4.50
2,,2026-03-01,beans,1,4.50
3,bob,2026-03-02,cup,1,9.00
`
	returns := `
order,customer,date,product,quantity,price
1,ada,2026-02-01,beans,-1,4.50
2,,2026-03-04,beans,-1,4.50
3,,2026-03-04,cup,-1,9.00
9,bob,2026-03-05,tea,-1,3.00
,bob,2026-03-06,tea,-1,3.00
,bob,2026-03-06,tea,-1,3.00
1,ada,2026-03-07,discount,1,-0.50
`
	each(t, func(t *testing.T, s *store) {
		t.Helper()
		// The returns come first here; in the store they find their orders all the same, also one that is dated before it.
		if got := s.take(returns, sales); got != (files.Tally{Created: 9}) {
			t.Errorf("together: %+v", got)
		}
		counts := map[string]int64{
			countOrders: 3, countReturns: 6, countLines: 10, countLinked: 3, sumLines: -500,
			// A return of nobody known is not the known customer's, whatever its order id.
			sumUnknown: -900,
			"SELECT count(*) FROM returns WHERE reference LIKE 'sale-%'": 2,
		}
		s.want(counts)
		if got := s.take(returns, sales); got != (files.Tally{Unchanged: 9}) {
			t.Errorf("again: %+v", got)
		}
		if got := s.take(returns); got != (files.Tally{Unchanged: 6}) {
			t.Errorf("the returns alone: %+v", got)
		}
		s.want(counts)
	})
}

// Returns that come before their orders are taken in belong to none; with their orders given, they find them.
func TestReturnsFindTheirOrdersLater(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store) {
		t.Helper()
		returns := "order,customer,date,amount\n1,ada,2026-03-03,-2.00\n2,,2026-03-03,-1.00\n"
		orders := "order,customer,date,amount\n1,ada,2026-03-01,4.00\n2,,2026-03-01,3.00\n"
		if got := s.take(returns); got != (files.Tally{Created: 2}) {
			t.Errorf("returns alone: %+v", got)
		}
		s.want(map[string]int64{countLinked: 0})
		if got := s.take(orders, returns); got != (files.Tally{Created: 2, Updated: 1, Unchanged: 1}) {
			t.Errorf("with their orders: %+v", got)
		}
		if got := s.take(orders, returns); got != (files.Tally{Unchanged: 4}) {
			t.Errorf("again: %+v", got)
		}
		s.want(map[string]int64{countOrders: 2, countReturns: 2, countLines: 4, countLinked: 1, sumLines: 400})
	})
}

// What stands in two files is one fact; where they differ, the one taken last counts.
func TestRowsInTwoFiles(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store) {
		t.Helper()
		january := "order,customer,date,amount\n1,ada,2026-01-01,4.00\n2,ada,2026-01-31,5.00\n,bob,2026-01-31,1.00\n"
		february := "order,customer,date,amount\n2,ada,2026-01-31,5.50\n3,ada,2026-02-01,6.00\n,bob,2026-01-31,1.00\n,bob,2026-01-31,1.00\n"
		if got := s.take(january, february); got != (files.Tally{Created: 5, Updated: 1, Unchanged: 1}) {
			t.Errorf("two files: %+v", got)
		}
		s.want(map[string]int64{countOrders: 5, sumLines: 1750, countHistory: 1})
	})
}
