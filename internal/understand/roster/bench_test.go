package roster

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/measure/metric"
	"regulars/internal/record/schema/schematest"
)

// BenchmarkAFilteredPage measures a page and the count of a filter, over as many customers as REGULARS_CUSTOMERS says.
func BenchmarkAFilteredPage(b *testing.B) {
	many, err := strconv.Atoi(os.Getenv("REGULARS_CUSTOMERS"))
	if err != nil {
		many = 20_000
	}
	d := schematest.Open(b, schematest.SQLite(b))
	segments := metric.Segments()
	const part = 10_000
	for from := 0; from < many; from += part {
		if err := d.Write(b.Context(), func(tx *db.Tx) error {
			var args []any
			for n := from; n < min(many, from+part); n++ {
				orders := int64(n*7919%23) * int64(n%3)
				args = append(args, int64(n+1)<<20, fmt.Sprintf("%c%06d", 'a'+n*31%26, n*13%many), around+"city="+fmt.Sprint("town ", n%997)+around+"country=gr"+around, []string{"", around + "email" + around}[n%2], []string{"", around + "sms" + around}[n%5/4],
					n%2 == 0, int64(18000+n*17%2600), orders, orders*int64(n%4999), segments[n%len(segments)])
			}
			_, err := insert.Exec(tx, args)
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
	rare := Filter{Trait: "city", Value: "town 17"}
	for _, c := range []struct {
		name   string
		filter Filter
		by     Sort
	}{
		{"all, by money", Filter{}, BySpent},
		{"a segment, by last order", Filter{Segment: "champions"}, ByLast},
		{"one of a thousand towns, by name", rare, ByName},
		{"nobody, by orders", Filter{Trait: "city", Value: "nowhere"}, ByMany},
		{"several at once, by money", Filter{Segment: "lost", Agreed: "email", Orders: Span{From: to(int64(3))}, LastBefore: to(int64(20000))}, BySpent},
	} {
		b.Run(c.name, func(b *testing.B) {
			var longest time.Duration
			for b.Loop() {
				began := time.Now()
				if err := d.Read(b.Context(), func(tx *db.Tx) error {
					f := c.filter
					n, err := Count(tx, &f)
					if err != nil {
						return err
					}
					f.Few = n <= FewMost
					_, err = List(tx, &f, c.by, Place{}, 51)
					return err
				}); err != nil {
					b.Fatal(err)
				}
				longest = max(longest, time.Since(began))
			}
			b.ReportMetric(float64(longest.Milliseconds()), "ms-longest")
		})
	}
}
