package files_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/fraud"
	"regulars/internal/base/db"
	"regulars/internal/record/sample"
)

// A business as it is has next to no flags; what is planted into it is found, and nothing else.
func TestTheSampleIsHardlyFlagged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	today := time.Now().UTC().Truncate(24 * time.Hour)
	if _, err := sample.Write(t.Context(), dir, sample.Options{Customers: 1200, Days: 200, Seed: 3, End: today}); err != nil {
		t.Fatal(err)
	}
	text := func(name string) string {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	orders, customers := text(sample.OrdersFile+".csv"), text(sample.CustomersFile)
	each(t, func(t *testing.T, s *store) {
		t.Helper()
		s.take("customers:"+customers, orders)
		look := func() (all []fraud.Flag) {
			t.Helper()
			if _, err := s.in.Fraud().Look(t.Context(), s.d); err != nil {
				t.Fatal(err)
			}
			s.read(func(tx *db.Tx) (err error) { all, err = fraud.List(tx, fraud.Filter{}, 0, 1000); return err })
			return all
		}
		before := look()
		if len(before) > 1 {
			t.Errorf("the sample has %d flags: %+v", len(before), before)
		}
		var planted strings.Builder
		planted.WriteString("customer,date,order,total\n")
		for n := range 9 {
			fmt.Fprintf(&planted, "planted,%s,p%d,4.50\n", today.AddDate(0, 0, -2).Format(time.DateOnly), n)
		}
		s.take(planted.String())
		after := look()
		if len(after) != len(before)+1 || after[0].Kind != fraud.ManyOrders || after[0].Evidence.Orders != 9 {
			t.Errorf("the flags are %+v", after)
		}
	})
}
