package mirror_test

import (
	"testing"

	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/measure/mirror"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/schema/schematest"
)

// A cluster is asked directly: it writes no feed, so that a copy would fall behind and not know.
func TestNoCopyIsKeptOfACluster(t *testing.T) {
	t.Parallel()
	if !dbtest.Clustered(t) {
		t.Skip("the tests' PostgreSQL is no Citus cluster: name the coordinator of one in REGULARS_TEST_POSTGRES")
	}
	d := dbtest.Open(t, dbtest.Postgres(t))
	schematest.Migrate(t, d)
	load(t, mirrortest.New(d), orders(50, of("anna")))
	if f, err := mirror.Follow(t.Context(), d, mirror.Options{}); fault.KindOf(err) != fault.Invalid || f != nil {
		t.Errorf("a copy follows a cluster: %v", err)
	}
	s, err := mirror.Direct(t.Context(), d, mirror.View{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	same(t, "sales", table(t, s, "SELECT count(*), count(DISTINCT customer_id) FROM sales"), "50 1")
}
