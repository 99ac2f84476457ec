package metric

import (
	"strings"
	"testing"
)

// A row that stands for many customers is nobody whom another relation could know, or find in a group.
func TestRowsForCustomersWhoAreAlikeAreJoinedWithNothingElse(t *testing.T) {
	used := 0
	for _, d := range Catalogue([3]float64{1, 1, 1}) {
		of := map[string]bool{}
		for _, c := range d.Columns {
			table, _, _ := strings.Cut(c.Relation, ":")
			of[table] = true
		}
		for table := range of {
			if !relations[table].alike {
				continue
			}
			if used++; len(of) > 1 {
				t.Errorf("%s adds up %s beside another relation: %v", d.Key, table, of)
			}
		}
	}
	if used == 0 {
		t.Error("no measure reads a relation whose rows stand for many customers: the test tests nothing")
	}
}
