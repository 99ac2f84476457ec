package report_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/measure/report"
	"regulars/internal/record/business"
	"regulars/internal/record/fact"
	"regulars/internal/record/importer"
	"regulars/internal/record/sample"
	"regulars/internal/record/schema/schematest"
)

// TestAllRoadsShowTheSamePicture sets the picture of a file beside those of the same facts in a store: through the copy
// of SQLite, through that of PostgreSQL, and by PostgreSQL itself. They differ in what belongs to the file alone.
func TestAllRoadsShowTheSamePicture(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := sample.Write(t.Context(), dir, sample.Options{Customers: 400, Seed: 5, Lines: true}); err != nil {
		t.Fatal(err)
	}
	made, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(made) != 4 {
		t.Fatalf("files: %v, %v", made, err)
	}
	for name, c := range map[string]struct {
		files []string
		cases []func(*report.Options)
	}{
		"sample": {made, []func(*report.Options){
			func(o *report.Options) { o.Settings = metric.Settings{Period: metric.ByMonth, By: "channel"} },
			func(o *report.Options) { o.Settings = metric.Settings{Period: metric.ByWeek, By: "segment"} },
			func(o *report.Options) {
				o.Kind = mirror.ByProduct
				o.Settings = metric.Settings{AsOf: time.Date(2025, 9, 1, 12, 0, 0, 0, time.UTC).UnixMicro(), Period: metric.ByQuarter, RFM: metric.RFMRank}
			},
		}},
		"CDNOW": {[]string{sharedFile(t, "cdnow_master.txt.gz")}, []func(*report.Options){
			func(o *report.Options) { o.Settings = metric.Settings{Period: metric.ByMonth} },
		}},
	} {
		var asked []report.Options
		var wanted []*report.Picture
		for _, set := range c.cases {
			var o report.Options
			set(&o)
			o.Import.AsOf = o.Settings.AsOf
			want, _ := picture(t, o, c.files...)
			o.Import.Digits = 2
			asked, wanted = append(asked, o), append(wanted, want)
		}
		for _, engine := range []struct {
			name    string
			options func(testing.TB) db.Options
		}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
			t.Run(name+" on "+engine.name, func(t *testing.T) {
				t.Parallel()
				roads := roadsTo(t, kept(t, engine.options(t), c.files))
				for i, o := range asked {
					for road, open := range roads {
						source, err := open(t.Context(), mirror.View{Kind: o.Kind, AsOf: o.Settings.AsOf})
						must(t, err)
						got, err := report.FromStore(t.Context(), source, business.Business{}, o)
						must(t, err)
						must(t, source.Close())
						samePicture(t, road, got, wanted[i])
					}
				}
			})
		}
	}
}

// roadsTo are the ways to the facts of a store.
func roadsTo(t *testing.T, d *db.DB) map[string]func(context.Context, mirror.View) (*mirror.Source, error) {
	t.Helper()
	roads := map[string]func(context.Context, mirror.View) (*mirror.Source, error){}
	if d.Lends() {
		roads["database"] = func(ctx context.Context, v mirror.View) (*mirror.Source, error) { return mirror.Direct(ctx, d, v) }
	}
	if d.Distributed() { // it keeps no copy
		return roads
	}
	f, err := mirror.Follow(t.Context(), d, mirror.Options{Path: filepath.Join(t.TempDir(), "copy.duckdb"), Memory: "1GB"})
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	_, err = f.Refresh(t.Context())
	must(t, err)
	roads["copy"] = f.Source
	return roads
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// kept puts the facts of files into a store.
func kept(t *testing.T, o db.Options, files []string) *db.DB {
	t.Helper()
	d := dbtest.Open(t, o)
	schematest.Migrate(t, d)
	l := mirrortest.New(d)
	read := importer.Options{Digits: 2, RejectedDir: t.TempDir()}
	for _, path := range files {
		plan, err := importer.Inspect(t.Context(), path, read)
		must(t, err)
		_, err = plan.Read(t.Context(), read, func(b *fact.Batch) error { return l.Load(t.Context(), b) })
		must(t, err)
	}
	return d
}

// samePicture compares the JSON of two pictures, but for what belongs to files.
func samePicture(t *testing.T, road string, got, want *report.Picture) {
	t.Helper()
	lines := func(p report.Picture) []string {
		p.FactsAsOf, p.Facts.RowCounts, p.Parameters.Currency, p.Facts.Currency = "", nil, "", ""
		text, err := json.MarshalIndent(p, "", " ")
		must(t, err)
		return strings.Split(string(text), "\n")
	}
	if got.FactsAsOf == "" || got.Facts.RowCounts != nil || len(got.Measures) == 0 {
		t.Errorf("%s: not the picture of a store", road)
	}
	g, w := lines(*got), lines(*want)
	wrong := 0
	for i := range max(len(g), len(w)) {
		if a, b := at(g, i), at(w, i); a != b {
			if wrong++; wrong < 10 {
				t.Errorf("%s: line %d of the JSON is %s, of the file %s", road, i, a, b)
			}
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}
