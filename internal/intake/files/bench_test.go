package files_test

import (
	"os"
	"path/filepath"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/intake"
	"regulars/internal/intake/files"
	"regulars/internal/record/business"
	"regulars/internal/record/importer"
	"regulars/internal/record/schema/schematest"
)

// Large real files are imported whole: lines a second of Online Retail, orders a second of CDNOW.
func BenchmarkImport(b *testing.B) {
	for _, name := range []string{"cdnow_master.txt.gz", "online_retail.csv.gz"} {
		path := sharedFile(b, name)
		for _, engine := range []struct {
			name    string
			options func(testing.TB) db.Options
		}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
			b.Run(name+"/"+engine.name, func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					d := dbtest.Open(b, engine.options(b))
					schematest.Migrate(b, d)
					b.StartTimer()
					o := importer.Options{Digits: 2}
					plan, err := importer.Inspect(b.Context(), path, o)
					if err != nil {
						b.Fatal(err)
					}
					in, err := intake.New(b.Context(), d, business.Business{})
					if err != nil {
						b.Fatal(err)
					}
					results, err := files.Import(b.Context(), d, in, []*importer.Plan{plan}, files.Options{Source: "file", Import: o, Folder: b.TempDir()})
					if err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(float64(results[0].Rows.Rows)/b.Elapsed().Seconds(), "rows/s")
					b.ReportMetric(float64(results[0].Facts.All())/b.Elapsed().Seconds(), "facts/s")
				}
			})
		}
	}
}

// sharedFile is a large real file, or the test is skipped with the reason.
func sharedFile(tb testing.TB, name string) string {
	tb.Helper()
	dir := os.Getenv("REGULARS_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("%s is not here: put it into ../shared/data or name its folder in REGULARS_SHARED_DATA", name)
	}
	return path
}
