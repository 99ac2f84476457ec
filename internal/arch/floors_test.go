package arch

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// floors, the lowest first.
var floors = []string{"base", "record", "measure", "understand", "act", "prove", "intake", "door"}

// sideways are the imports allowed within base: it is the ground, so it stays as flat as it can.
// Every package of base may import fault as well.
var sideways = map[string][]string{
	"chart":       {"locale"},
	"channel":     {"config", "locale"},
	"job":         {"db", "locale"},
	"account":     {"channel", "config", "db", "job", "locale", "secret", "setting"},
	"idempotency": {"db", "secret"},
	"setting":     {"db"},
	"webhook":     {"channel", "config", "db", "job", "secret"},
	"db":          {"config"},
}

// owners are the outside modules that one package alone imports, or those named, with the reason.
var owners = []struct{ module, owner, reason string }{
	{"github.com/duckdb/duckdb-go", "internal/base/columnar",
		"analytic SQL runs on PostgreSQL too, so nothing but columnar may know which engine answers"},
	{"modernc.org/sqlite", "internal/base/db", "what differs between the stores' engines ends in db"},
	{"github.com/jackc/pgx", "internal/base/db", "what differs between the stores' engines ends in db"},
	{"github.com/pressly/goose", "internal/base/db", "migrations go through db, which knows how each engine is locked for them"},
	{"github.com/grafana/sobek", "internal/base/chart",
		"the JavaScript engine draws charts and nothing else; replacing it must stay one package's work"},
	{"github.com/alecthomas/kong", "internal/door/cli", "only the command line speaks in options"},
	{"github.com/xuri/excelize", "internal/record/importer internal/base/workbook", "formats of files end at the reader and at the writer"},
}

// place is where a package stands: its floor (-1: outside the house) and its folder on that floor.
type place struct {
	floor  int
	folder string // floor/folder, e.g. "measure/report"
}

func placeOf(pkg string) place {
	parts := strings.Split(pkg, "/")
	if len(parts) < 2 || parts[0] != "internal" {
		return place{floor: -1}
	}
	folder := parts[1]
	if len(parts) > 2 {
		folder += "/" + parts[2]
	}
	return place{floor: slices.Index(floors, parts[1]), folder: folder}
}

// breaches lists every import that the floors forbid, with the reason.
func breaches(all []source) []string {
	var found []string
	folders := map[string]map[string]string{} // folder -> folder it imports -> the file that does
	for _, s := range all {
		from := placeOf(s.pkg())
		if strings.HasPrefix(s.path, "internal/") && from.floor < 0 && s.pkg() != "internal/arch" &&
			!strings.HasPrefix(s.pkg(), "internal/arch/") {
			found = append(found, fmt.Sprintf("%s stands on no floor: the floors are %s", s.path, strings.Join(floors, ", ")))
			continue
		}
		for _, imported := range s.imports {
			found = append(found, outside(s, imported)...)
			inner, ours := strings.CutPrefix(imported, module+"/")
			if !ours || from.floor < 0 {
				continue
			}
			found = append(found, inside(s, from, inner)...)
			to := placeOf(inner)
			if to.floor == from.floor && to.folder != from.folder && !s.test {
				if folders[from.folder] == nil {
					folders[from.folder] = map[string]string{}
				}
				folders[from.folder][to.folder] = s.path
			}
		}
	}
	return append(found, circles(folders)...)
}

// outside judges the import of a module that has an owner.
func outside(s source, imported string) []string {
	var found []string
	for _, o := range owners {
		if imported != o.module && !strings.HasPrefix(imported, o.module+"/") {
			continue
		}
		if !slices.ContainsFunc(strings.Fields(o.owner), func(owner string) bool { return s.pkg() == owner || strings.HasPrefix(s.pkg(), owner+"/") }) {
			found = append(found, fmt.Sprintf("%s imports %s, which only %s may: %s", s.path, imported, o.owner, o.reason))
		}
	}
	return found
}

// inside judges the import of a package of ours by a package on a floor.
func inside(s source, from place, imported string) []string {
	// The embedded scripts and styles stand below everything: they import nothing.
	if imported == "web" {
		return nil
	}
	// The client is for programs outside; the doors are tested with it.
	if imported == "client" && s.test && floors[from.floor] == "door" {
		return nil
	}
	to := placeOf(imported)
	switch {
	case strings.HasSuffix(imported, "test") && !s.test && !strings.HasSuffix(s.pkg(), "test"):
		return []string{fmt.Sprintf("%s imports %s, which is for tests: what helps tests is in no program", s.path, imported)}
	case to.floor < 0:
		return []string{fmt.Sprintf("%s imports %s, which is outside the floors: nothing in the program builds on it",
			s.path, imported)}
	case to.floor > from.floor:
		return []string{fmt.Sprintf("%s imports %s, upward from %s to %s: a floor knows nothing of the floors above it, "+
			"so that each can be understood and tested without them", s.path, imported, floors[from.floor], floors[to.floor])}
	case from.floor == 0 && to.folder != from.folder && to.folder != "base/fault":
		_, name, _ := strings.Cut(from.folder, "/")
		_, target, _ := strings.Cut(to.folder, "/")
		if !slices.Contains(sideways[name], target) {
			return []string{fmt.Sprintf("%s imports %s: packages of base stand side by side; a new direction between them "+
				"is written into the list in floors_test.go, with thought", s.path, imported)}
		}
	}
	return nil
}

// circles finds folders of one floor that import each other, directly or in a ring. Go refuses a ring of packages;
// a ring of folders through different packages it does not see, and it is as hard to understand.
func circles(folders map[string]map[string]string) []string {
	var found []string
	done := map[string]bool{}
	var visit func(folder string, trail []string)
	visit = func(folder string, trail []string) {
		if at := slices.Index(trail, folder); at >= 0 {
			ring := append(slices.Clone(trail[at:]), folder)
			found = append(found, fmt.Sprintf("%s: folders of one floor in a ring (closed by %s); one of them must move or "+
				"give up its import", strings.Join(ring, " -> "), folders[ring[len(ring)-2]][folder]))
			return
		}
		if done[folder] {
			return
		}
		for _, next := range slices.Sorted(maps.Keys(folders[folder])) {
			visit(next, append(trail, folder))
		}
		done[folder] = true
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		visit(folder, nil)
	}
	return found
}

func TestEveryImportGoesDown(t *testing.T) {
	t.Parallel()
	for _, breach := range breaches(tree(t)) {
		t.Error(breach)
	}
}

func TestTheRulesOfTheFloorsHold(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		imports map[string][]string
		want    string // a part of the one breach; empty: none
	}{
		{"down is free", map[string][]string{
			"internal/door/cli/a.go":       {"regulars/internal/measure/report", "regulars/internal/base/fault", "fmt"},
			"internal/measure/report/a.go": {"regulars/internal/record/fact"},
		}, ""},
		{"sideways without a ring", map[string][]string{
			"internal/measure/report/a.go": {"regulars/internal/measure/metric"},
			"internal/measure/metric/a.go": {"regulars/internal/measure/mirror"},
		}, ""},
		{"main calls the door", map[string][]string{"main.go": {"regulars/internal/door/cli"}}, ""},
		{"bench may look anywhere", map[string][]string{"bench/main.go": {"regulars/internal/base/columnar"}}, ""},
		{"embedded scripts", map[string][]string{"internal/base/chart/a.go": {"regulars/web"}}, ""},
		{"upward", map[string][]string{"internal/record/fact/a.go": {"regulars/internal/measure/metric"}},
			"upward from record to measure"},
		{"upward in a test", map[string][]string{"internal/base/stats/a_test.go": {"regulars/internal/door/cli"}},
			"upward from base to door"},
		{"upward past intake", map[string][]string{"internal/prove/replay/a.go": {"regulars/internal/intake"}},
			"upward from prove to intake"},
		{"out of the house", map[string][]string{"internal/door/cli/a.go": {"regulars/bench"}}, "outside the floors"},
		{"a floor nobody knows", map[string][]string{"internal/helpers/a.go": nil}, "stands on no floor"},
		{"base sideways", map[string][]string{"internal/base/stats/a.go": {"regulars/internal/base/locale"}},
			"side by side"},
		{"base sideways, listed", map[string][]string{"internal/base/chart/a.go": {"regulars/internal/base/locale"}}, ""},
		{"base to fault", map[string][]string{"internal/base/stats/a.go": {"regulars/internal/base/fault"}}, ""},
		{"what helps tests, in a test", map[string][]string{"internal/record/fact/a_test.go": {"regulars/internal/base/db/dbtest"}}, ""},
		{"what helps tests, in what helps tests", map[string][]string{"internal/record/schema/schematest/a.go": {"regulars/internal/base/db/dbtest"}}, ""},
		{"what helps tests, in the program", map[string][]string{"internal/record/fact/a.go": {"regulars/internal/base/db/dbtest"}}, "is for tests"},
		{"within a folder", map[string][]string{"internal/base/db/dbtest/a.go": {"regulars/internal/base/db"}}, ""},
		{"a ring of folders through different packages", map[string][]string{
			"internal/measure/metric/a.go":      {"regulars/internal/measure/report/shape"},
			"internal/measure/report/a.go":      {"regulars/internal/measure/survey"},
			"internal/measure/survey/deep/b.go": {"regulars/internal/measure/metric"},
		}, "measure/metric -> measure/report -> measure/survey -> measure/metric"},
		{"a ring in tests is allowed", map[string][]string{
			"internal/measure/metric/a_test.go": {"regulars/internal/measure/report"},
			"internal/measure/report/a.go":      {"regulars/internal/measure/metric"},
		}, ""},
		{"DuckDB elsewhere", map[string][]string{"internal/measure/metric/a.go": {"github.com/duckdb/duckdb-go/v2"}},
			"only internal/base/columnar may"},
		{"DuckDB at home", map[string][]string{"internal/base/columnar/a.go": {"github.com/duckdb/duckdb-go/v2"}}, ""},
		{"PostgreSQL elsewhere", map[string][]string{"internal/record/order/a.go": {"github.com/jackc/pgx/v5"}},
			"only internal/base/db may"},
		{"PostgreSQL in the tests' store", map[string][]string{"internal/base/db/dbtest/a.go": {"github.com/jackc/pgx/v5"}}, ""},
		{"the JavaScript engine elsewhere", map[string][]string{"bench/a.go": {"github.com/grafana/sobek/parser"}},
			"only internal/base/chart may"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := breaches(made(t, c.imports))
			switch {
			case c.want == "" && len(got) > 0:
				t.Errorf("allowed, yet refused: %q", got)
			case c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)):
				t.Errorf("got %q, want one breach with %q", got, c.want)
			}
		})
	}
}
