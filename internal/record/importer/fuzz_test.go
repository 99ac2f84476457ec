package importer

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
)

// FuzzRows puts any bytes through Inspect and Read: it is refused with a sentence, or every row is accounted for.
func FuzzRows(f *testing.F) {
	for _, s := range []string{
		plainOrders, badOrders, "customer_id,channel,referred\n1,google,yes\n", "customer,date,score\n1,2024-01-01,9\n", "month,channel,cost\n2024-01,google,5\n",
		" 00001 19970101  1   11.77\r\n 00002 19970112  5   77.00\r\n", "a;b\n\"1;2\n", "\xff\xfec\x00,\x00", "order,customer,date,quantity,price\nC1,\"a\n\",1/2/24,-1,(5)\n2,b,2/1/24,1,1.234\n",
		"\x1f\x8b\x08\x00\x00", "PK\x03\x04", "customer,date,amount\n" + "a,1/2/24,5\n\x00\xff,\"\n", "customer\tdate\tamount\r1\t2024-01-01\t5\r", "客户,日期,金额\n王,2024年1月1日,5元\n",
	} {
		f.Add([]byte(s), true, int64(0))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte, strict bool, asOf int64) {
		// Decoders of whole formats have their own fuzzers: what is meant here is text.
		if len(content) > 4 && (string(content[:4]) == "PK\x03\x04" || string(content[:4]) == "PAR1") {
			return
		}
		path := filepath.Join(dir, "fuzz.csv")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		opts := Options{Digits: 2, IgnoreReturns: strict, RejectZero: strict, AsOf: asOf, RejectedDir: dir}
		p, err := Inspect(context.Background(), path, opts)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("no sentence for a person: %v", err)
			}
			return
		}
		facts := int64(0)
		last := int64(0)
		account, err := p.Read(context.Background(), opts, func(b *fact.Batch) error {
			facts += int64(len(b.Sales) + len(b.Customers) + len(b.Costs))
			for i := range b.Sales {
				s := &b.Sales[i]
				if s.Row <= last {
					t.Fatalf("row %d after %d", s.Row, last)
				}
				last = s.Row
				if s.Return && (s.AmountMinor > 0 || s.Quantity > 0) || !s.Return && (s.AmountMinor < 0 || s.Quantity < 0) {
					t.Fatalf("%+v", s)
				}
				if len(s.Attributes) != len(b.Attributes) {
					t.Fatalf("%d attributes for %d names", len(s.Attributes), len(b.Attributes))
				}
			}
			return nil
		})
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Fatalf("no sentence for a person: %v", err)
		}
		checkAccount(t, account)
		if p.Kind != Answers && (facts < account.Recorded || facts > account.Recorded+account.Unidentified) {
			t.Fatalf("%d facts of %+v", facts, account)
		}
	})
}
