package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"regulars/internal/base/fault"
)

// Spread says where the rows of a table lie once the database is spread over the machines of a cluster.
type Spread struct {
	Table string
	// By is the column whose value decides on which machine a row lies; empty: the table is whole on every machine.
	By string
	// Together names the tables whose rows of the same value lie on the same machine: tables of one name. Empty: none.
	Together string
}

// Distributed says that the tables are spread over the machines of a cluster.
func (d *DB) Distributed() bool {
	s, ok := d.engine.(*server)
	return ok && s.spread.Load()
}

// Spreadable refuses a database whose tables cannot be spread, and says what is missing.
func (d *DB) Spreadable(ctx context.Context) error {
	s, ok := d.engine.(*server)
	if !ok {
		return fault.Invalidf("an SQLite database lies in one file on one machine; " +
			"keep the data in a PostgreSQL database, which Citus can spread over several")
	}
	return s.spreadable(ctx)
}

// Distribute spreads the tables, with what is in them, over the machines of the Citus cluster whose coordinator serves
// the database, and tells which it spread: those that were not yet. All of them or none are, whatever stops it. Tables
// that are not named stay on the coordinator. Other programs that have the database open are to be started again.
func (d *DB) Distribute(ctx context.Context, tables []Spread) (done []string, err error) {
	if err := d.Spreadable(ctx); err != nil {
		return nil, err
	}
	s, ok := d.engine.(*server)
	if !ok {
		return nil, errors.New("only a server has a cluster, as was found out above")
	}
	err = s.migrate(ctx, func(pool *sql.DB) error {
		return s.again(ctx, func() (again bool, err error) {
			done, err = s.distribute(ctx, pool, tables)
			return passing(err), err
		})
	})
	if err != nil {
		return nil, err
	}
	return done, s.look(ctx)
}

// look finds out whether tables of the database are spread.
func (s *server) look(ctx context.Context) error {
	var citus, spread bool
	err := s.pool.QueryRowContext(ctx, `SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL`).Scan(&citus)
	if err == nil && citus {
		err = s.pool.QueryRowContext(ctx, `SELECT count(*) > 0 FROM pg_catalog.pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid
			WHERE p.partmethod = 'h' AND c.relnamespace = current_schema()::regnamespace`).Scan(&spread)
	}
	if err != nil {
		return s.explain(ctx, err)
	}
	s.spread.Store(spread)
	return nil
}

// spreadable refuses a server that is no coordinator of a cluster with machines to spread rows over.
func (s *server) spreadable(ctx context.Context) error {
	var created, available bool
	if err := s.pool.QueryRowContext(ctx, `SELECT count(*) > 0, (SELECT count(*) > 0 FROM pg_available_extensions WHERE name = 'citus')
		FROM pg_extension WHERE extname = 'citus'`).Scan(&created, &available); err != nil {
		return s.explain(ctx, err)
	}
	switch {
	case !created && !available:
		return fault.Unavailablef("the database server has no Citus, the extension that spreads tables over machines; install it on every machine " +
			"of the cluster (packages are at docs.citusdata.com), put citus first into shared_preload_libraries, start the servers again, " +
			"run  CREATE EXTENSION citus  in the database on each, and repeat")
	case !created:
		return fault.Unavailablef("the database %q does not use Citus yet; run  CREATE EXTENSION citus  in it on every machine of the cluster, "+
			"then on the coordinator  SELECT citus_add_node('host', port)  for each of the others, and repeat", s.config.Database)
	}
	var coordinator bool
	var machines int
	if err := s.pool.QueryRowContext(ctx, `SELECT citus_is_coordinator(), (SELECT count(*) FROM pg_dist_node
		WHERE isactive AND shouldhaveshards AND noderole = 'primary')`).Scan(&coordinator, &machines); err != nil {
		return s.explain(ctx, err)
	}
	switch {
	case machines == 0:
		return fault.Unavailablef("the cluster has no machine to put rows on yet; run  SELECT citus_add_node('host', port)  " +
			"on the coordinator for each of the others, and repeat")
	case !coordinator:
		return fault.Unavailablef("the database server at %s is not the coordinator of its cluster; give the coordinator's address", s.config.Host)
	}
	return nil
}

// distribute does it in one transaction.
func (s *server) distribute(ctx context.Context, pool *sql.DB, tables []Spread) (done []string, err error) {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing to roll back after a commit; else the connection was lost, and it with it
	have, err := s.spreads(ctx, tx)
	if err != nil {
		return nil, err
	}
	// A table's first neighbour, beside which the others are put; one that was spread by an earlier version is best.
	neighbours := map[string]string{}
	for _, t := range tables {
		if _, is := have[t.Table]; is && t.Together != "" && neighbours[t.Together] == "" {
			neighbours[t.Together] = t.Table
		}
	}
	// Whole tables first, so that nothing has been done in parallel yet that would keep them from being made.
	tables = slices.Clone(tables)
	slices.SortStableFunc(tables, func(a, b Spread) int { return order(a.By != "", b.By != "") })
	for _, t := range tables {
		switch by, is := have[t.Table]; {
		case is && by == t.By:
			continue
		case is:
			return nil, fault.Conflictf("the table %s is spread over the cluster by %q, and is to be by %q; "+
				"somebody spread it by hand: undo that with  SELECT undistribute_table('%s')  and repeat", t.Table, by, t.By, t.Table)
		}
		if err := s.spreadOne(ctx, tx, t, neighbours); err != nil {
			return nil, err
		}
		done = append(done, t.Table)
	}
	if err := tx.Commit(); err != nil {
		return nil, s.explain(ctx, err)
	}
	return done, nil
}

// order puts false before true.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// spreads tells by which column the tables are spread that are; empty for those that are whole on every machine.
func (s *server) spreads(ctx context.Context, tx *sql.Tx) (map[string]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT c.relname, CASE WHEN p.partmethod = 'h' THEN column_to_column_name(p.logicalrelid, p.partkey)
		WHEN p.repmodel = 't' THEN '' ELSE 'nothing' END
		FROM pg_catalog.pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid WHERE c.relnamespace = current_schema()::regnamespace`)
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	defer rows.Close() //nolint:errcheck // closed below; this is for the way out before
	have := map[string]string{}
	for rows.Next() {
		var table, by string
		if err := rows.Scan(&table, &by); err != nil {
			return nil, fmt.Errorf("read how tables are spread: %w", err)
		}
		have[table] = by
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, s.explain(ctx, err)
	}
	return have, nil
}

func (s *server) spreadOne(ctx context.Context, tx *sql.Tx, t Spread, neighbours map[string]string) error {
	var err error
	if t.By == "" {
		_, err = tx.ExecContext(ctx, `SELECT create_reference_table($1::regclass)`, t.Table)
	} else {
		beside := "none"
		if t.Together != "" && neighbours[t.Together] != "" {
			beside = neighbours[t.Together]
		}
		_, err = tx.ExecContext(ctx, `SELECT create_distributed_table($1::regclass, $2, colocate_with => $3)`, t.Table, t.By, beside)
		if t.Together != "" && beside == "none" {
			neighbours[t.Together] = t.Table
		}
	}
	if err == nil { // the rows have been copied to where they belong, and lie hidden here still
		_, err = tx.ExecContext(ctx, `SELECT truncate_local_data_after_distributing_table($1::regclass)`, t.Table)
	}
	switch {
	case err == nil:
		return nil
	case sqlstate(err) == "42P07":
		return &fault.Fault{Kind: fault.Conflict, Cause: err, Message: "a machine of the cluster has a table " + t.Table + " of its own, made when the " +
			"program was given that machine's address; drop it and the others there, and repeat"}
	}
	return fmt.Errorf("spread the table %s: %w", t.Table, s.explain(ctx, err))
}
