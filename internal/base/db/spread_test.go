package db_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
)

// shop is the first n of a few migrations: facts, a directory, a table that is whole everywhere, one that stays.
func shop(n int) fstest.MapFS {
	all := []string{
		`CREATE TABLE owner (c BIGINT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (c));
CREATE TABLE sale (c BIGINT NOT NULL, id BIGINT NOT NULL, n BIGINT NOT NULL CONSTRAINT sale_n CHECK (n >= 0), PRIMARY KEY (c, id));
CREATE UNIQUE INDEX sale_c_n ON sale (c, n);
CREATE TABLE code (code TEXT NOT NULL, c BIGINT NOT NULL, PRIMARY KEY (code));
CREATE TABLE rule (id BIGINT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (id));
CREATE TABLE feed (id BIGINT NOT NULL, PRIMARY KEY (id));`,
		`ALTER TABLE sale ADD COLUMN note TEXT NOT NULL DEFAULT '';
CREATE INDEX sale_note ON sale (note);
ALTER TABLE rule ADD COLUMN until BIGINT;
UPDATE rule SET until = 1;
CREATE TABLE visit (c BIGINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (c, id));
INSERT INTO visit VALUES (1, 1), (2, 1);`,
	}
	files := fstest.MapFS{}
	for i, text := range all[:n] {
		files[fmt.Sprintf("%05d_step.sql", i+1)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text + "\n")}
	}
	return files
}

func spread(n int) []db.Spread {
	all := []db.Spread{
		{Table: "owner", By: "c", Together: "fact"}, {Table: "sale", By: "c", Together: "fact"},
		{Table: "code", By: "code"}, {Table: "rule"},
	}
	if n > 1 {
		all = append(all, db.Spread{Table: "visit", By: "c", Together: "fact"})
	}
	return all
}

// The tests of this suite that need a cluster run where REGULARS_TEST_POSTGRES names one.
func onCluster(t *testing.T) *db.DB {
	t.Helper()
	if !dbtest.Clustered(t) {
		t.Skip("the tests' PostgreSQL is no Citus cluster: name the coordinator of one in REGULARS_TEST_POSTGRES")
	}
	d := dbtest.Open(t, dbtest.Postgres(t))
	if err := d.Migrate(t.Context(), shop(1)); err != nil {
		t.Fatal(err)
	}
	var values []string
	for i := range 200 {
		values = append(values, fmt.Sprintf("(%d, 1, 5)", i))
	}
	prepare(t, d, `INSERT INTO owner SELECT i, 'o' FROM generate_series(0, 199) i`, `INSERT INTO sale VALUES `+strings.Join(values, ", "),
		`INSERT INTO code VALUES ('a', 1), ('b', 2)`, `INSERT INTO rule VALUES (1, 'one')`)
	return d
}

func distribute(t *testing.T, d *db.DB, tables []db.Spread, want ...string) {
	t.Helper()
	done, err := d.Distribute(t.Context(), tables)
	slices.Sort(done)
	if err != nil || !slices.Equal(done, want) {
		t.Fatalf("spread %v, want %v: %v", done, want, err)
	}
}

func TestWithoutAClusterNothingIsSpread(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if d.Lends() && dbtest.Clustered(t) {
			t.Skip("the tests' PostgreSQL is a Citus cluster")
		}
		if err := d.Migrate(t.Context(), shop(1)); err != nil {
			t.Fatal(err)
		}
		done, err := d.Distribute(t.Context(), spread(1))
		want := "an SQLite database lies in one file"
		if d.Lends() {
			want = "CREATE EXTENSION citus"
		}
		if kind := fault.KindOf(err); kind != fault.Unavailable && kind != fault.Invalid || !strings.Contains(err.Error(), want) || done != nil {
			t.Errorf("spread %v: %v, want a sentence with %q", done, err, want)
		}
		if d.Distributed() {
			t.Error("the database is taken for one on a cluster")
		}
	})
}

func TestTablesAreSpreadOnceWithWhatIsInThem(t *testing.T) {
	t.Parallel()
	d := onCluster(t)
	if d.Distributed() {
		t.Error("spread already")
	}
	distribute(t, d, spread(1), "code", "owner", "rule", "sale")
	distribute(t, d, spread(1))
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		if !tx.Cluster() {
			t.Error("a transaction does not know of the cluster")
		}
		return nil
	}); err != nil || !d.Distributed() {
		t.Errorf("distributed %v: %v", d.Distributed(), err)
	}
	if n := one[int64](t, d, `SELECT count(*) FROM owner o JOIN sale s ON s.c = o.c`); n != 200 {
		t.Errorf("%d sales, want 200", n)
	}
	if n := one[int64](t, d, `SELECT count(DISTINCT nodeport) FROM citus_shards WHERE table_name IN ('owner'::regclass, 'sale'::regclass)`); n < 2 {
		t.Errorf("the facts are on %d machines", n)
	}
	if n := one[int64](t, d, `SELECT count(DISTINCT colocation_id) FROM citus_tables WHERE table_name IN ('owner'::regclass, 'sale'::regclass)`); n != 1 {
		t.Errorf("facts of one customer are not together: %d groups", n)
	}
}

func TestMigrationsGoOnOnACluster(t *testing.T) {
	t.Parallel()
	d := onCluster(t)
	distribute(t, d, spread(1), "code", "owner", "rule", "sale")
	for range 2 {
		if err := d.Migrate(t.Context(), shop(2)); err != nil {
			t.Fatal(err)
		}
	}
	distribute(t, d, spread(2), "visit")
	if n := one[int64](t, d, `SELECT count(*) FROM visit v JOIN sale s ON s.c = v.c WHERE s.note = ''`); n != 2 {
		t.Errorf("%d visits, want 2", n)
	}
}

func TestSpreadingStopsWithNothingDone(t *testing.T) {
	t.Parallel()
	d := onCluster(t)
	broken := append(spread(1), db.Spread{Table: "feed", By: "nothing", Together: "fact"})
	if _, err := d.Distribute(t.Context(), broken); err == nil {
		t.Error("spread by a column that is not there")
	}
	if n := one[int64](t, d, `SELECT count(*) FROM pg_dist_partition`); n != 0 || d.Distributed() {
		t.Errorf("%d tables were spread all the same", n)
	}
	distribute(t, d, spread(1), "code", "owner", "rule", "sale")
	other := []db.Spread{{Table: "owner", By: "name"}}
	if _, err := d.Distribute(t.Context(), other); fault.KindOf(err) != fault.Conflict {
		t.Errorf("spread in another way than before: %v", err)
	}
}

func TestConstraintsOfAClusterHaveTheirNames(t *testing.T) {
	t.Parallel()
	d := onCluster(t)
	distribute(t, d, spread(1), "code", "owner", "rule", "sale")
	for _, c := range []struct{ query, constraint string }{
		{`INSERT INTO sale VALUES (7, 1, 9)`, "sale_pkey"},
		{`INSERT INTO sale VALUES (7, 2, 5)`, "sale_c_n"},
		{`INSERT INTO sale VALUES (7, 2, -5)`, "sale_n"},
		{`INSERT INTO sale (c, id, n) VALUES (7, 2, NULL)`, "sale_n_not_null"},
		{`UPDATE sale SET n = NULL WHERE c = 7`, "sale_n_not_null"},
		{`INSERT INTO code VALUES ('a', 9)`, "code_pkey"},
		{`INSERT INTO rule VALUES (1, 'two')`, "rule_pkey"},
	} {
		if err := run(t.Context(), d, c.query); !db.Violates(err, c.constraint) {
			t.Errorf("%s: %v, want a breach of %s", c.query, err, c.constraint)
		}
	}
}

// Two that take rows of two machines in opposite order: no machine alone sees that they wait for each other.
func TestADeadlockAcrossMachinesIsRunAgain(t *testing.T) {
	t.Parallel()
	d := onCluster(t)
	distribute(t, d, spread(1), "code", "owner", "rule", "sale")
	var ids [2]int64
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		const on = `SELECT min(c) FROM generate_series(0, 199) c JOIN pg_dist_shard s ON s.shardid = get_shard_id_for_distribution_column('sale', c)
			JOIN pg_dist_placement p ON p.shardid = s.shardid WHERE p.groupid = (SELECT %s(groupid) FROM pg_dist_node WHERE shouldhaveshards)`
		if err := tx.QueryRow(fmt.Sprintf(on, "min")).Scan(&ids[0]); err != nil {
			return err
		}
		return tx.QueryRow(fmt.Sprintf(on, "max")).Scan(&ids[1])
	})
	if err != nil {
		t.Fatal(err)
	}
	var met, all sync.WaitGroup
	met.Add(2)
	both := func(first, second int64) error {
		once := sync.OnceFunc(func() { met.Done(); met.Wait() })
		return d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(`UPDATE sale SET n = n + 1 WHERE c = $1`, first); err != nil {
				return err
			}
			once()
			_, err := tx.Exec(`UPDATE sale SET n = n + 1 WHERE c = $1`, second)
			return err
		})
	}
	var other error
	all.Go(func() { other = both(ids[1], ids[0]) })
	if err := both(ids[0], ids[1]); err != nil {
		t.Error(err)
	}
	all.Wait()
	if n := one[int64](t, d, `SELECT CAST(sum(n) AS BIGINT) FROM sale WHERE c IN ($1, $2)`, ids[0], ids[1]); other != nil || n != 14 || d.Stats().Retries < 1 {
		t.Errorf("%d, want 14, after %d retries: %v", n, d.Stats().Retries, other)
	}
}
