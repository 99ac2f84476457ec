package roster

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/schema/schematest"
)

// Several who open the list while orders come in leave it equal to the facts: none writes over what a later one reckoned.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(s *shop) {
		var who []int64
		for n := range 6 {
			who = append(who, s.comes(fmt.Sprint("c", n), customer.Profile{}))
		}
		k := &Keeper{DB: s.d, Soon: 1000}
		s.fresh(k)
		stop, done := make(chan struct{}), sync.WaitGroup{}
		for range 3 {
			done.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						if _, err := k.Fresh(s.Context()); err != nil {
							s.Error(err)
							return
						}
					}
				}
			})
		}
		for n := range 40 {
			s.buys(who[n%len(who)], n%9, int64(n))
		}
		close(stop)
		done.Wait()
		s.fresh(k)
		var orders, spent int64
		for _, e := range s.list(Filter{}, BySpent) {
			orders += e.Orders
			spent += e.SpentMinor
		}
		if orders != 40 || spent != 39*40/2 {
			s.Errorf("%d orders of %d", orders, spent)
		}
	})
}

// A page is read in the order of an index, and a page of few is not: neither are all sorted, nor all looked at for few.
func TestAPageOfTheListIsReadByAnIndex(t *testing.T) {
	t.Parallel()
	d := schematest.Open(t, schematest.SQLite(t))
	for by, index := range map[Sort]string{Newest: "sqlite_autoindex", ByLast: "customer_summaries_last", ByMany: "customer_summaries_orders", BySpent: "customer_summaries_spent", ByName: "customer_summaries_name"} {
		for what, c := range map[string]struct {
			filter Filter
			after  Place
			sorts  bool
		}{"all": {Filter{}, Place{}, false}, "a page behind": {Filter{}, Place{Figure: 3, Name: "x", Customer: 5}, false}, "few": {Filter{Few: true, Trait: "city"}, Place{}, by != Newest}} {
			q, args := page(&c.filter, by, c.after, 51)
			var plan []string
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				rows, err := tx.Maps("EXPLAIN QUERY PLAN "+q, args...)
				for _, r := range rows {
					plan = append(plan, fmt.Sprint(r["detail"]))
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			text := strings.Join(plan, "; ")
			if sorts := strings.Contains(text, "TEMP B-TREE"); sorts != c.sorts || !c.sorts && by != Newest && !strings.Contains(text, index) {
				t.Errorf("%s by %s: %s", what, by, text)
			}
		}
	}
}
