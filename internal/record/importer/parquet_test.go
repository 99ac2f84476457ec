package importer

import (
	"archive/zip"
	"context"
	"os"
	"path/filepath"
	"testing"

	"regulars/internal/base/columnar"
)

func TestParquet(t *testing.T) {
	t.Parallel()
	csv := put(t, "orders.csv", "order,customer,date,amount,note\n1,a,2024-01-13 08:26:00,5.5,\"x, y\"\n2,,2024-01-14 00:00:00,-1,\n")
	path := filepath.Join(t.TempDir(), "orders.parquet")
	if err := columnar.CSVToParquet(context.Background(), csv, path); err != nil {
		t.Fatal(err)
	}
	e := take(t, path, Options{Digits: 2})
	if e.plan.Format != "parquet" || len(e.sales) != 2 || e.account.Unidentified != 1 {
		t.Fatalf("%+v %+v", e.plan, e.account)
	}
	if got := saleWords(e.sales[0]); got != "2 1 a 2024-01-13 08:26 1 550" || e.sales[0].Attributes[0] != "x, y" {
		t.Errorf("%s %q", got, e.sales[0].Attributes)
	}
	refuse(t, put(t, "broken.parquet", "PAR1 and nothing else"), Options{}, "Parquet")
}

// TestZipBomb has a sheet that unpacks a thousandfold.
func TestZipBomb(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bomb.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for _, name := range []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		zeros := make([]byte, 1<<20)
		for range 80 {
			if _, err := w.Write(zeros); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	refuse(t, path, Options{}, "zip bomb")
}
