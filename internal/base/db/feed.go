package db

import "errors"

// ErrRestart has a transaction rolled back and run again when the function of a Write returns it: another one changed
// what this one had read. On SQLite, where nothing can come between, it is an error like any other.
var ErrRestart = errors.New("another transaction changed the same rows; try again in a moment")

// Position gives the number under which the transaction writes its rows into the feed, a table with the column serial.
// Readers of the feed take rows from their last Horizon up to the next, and so meet every row once, also of a
// transaction that commits long after later ones.
func (tx *Tx) Position(table string) (serial int64, err error) {
	if tx.serial != 0 {
		return tx.serial, nil
	}
	query := `SELECT coalesce(max(serial), 0) + 1 FROM ` + table // one writer: whoever is later has more
	if tx.session.shared() {
		query = `SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)`
	}
	err = tx.QueryRow(query).Scan(&serial)
	tx.serial = serial
	return serial, err
}

// Horizon is the number below which the feed is complete, as this transaction sees it: no row will be added there.
func (tx *Tx) Horizon(table string) (serial int64, err error) {
	query := `SELECT coalesce(max(serial), 0) + 1 FROM ` + table
	if tx.session.shared() {
		// The oldest transaction that has a number and is not over. A row of one below it is committed or gone.
		query = `SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)`
	}
	err = tx.QueryRow(query).Scan(&serial)
	return serial, err
}

// HeldBack tells for how many microseconds the oldest transaction has been running that holds the horizon back: one of
// any database of the server, as far as the user may see them.
func (tx *Tx) HeldBack() (micros int64, err error) {
	if !tx.session.shared() {
		return 0, nil
	}
	err = tx.QueryRow(`SELECT CAST(coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) * 1000000 AS BIGINT)
		FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()`).Scan(&micros)
	return micros, err
}

// Server names the instance that gives the numbers of the feed: those of another instance say nothing.
func (tx *Tx) Server() (name string, err error) {
	if !tx.session.shared() {
		return "", nil
	}
	err = tx.QueryRow(`SELECT CAST(system_identifier AS TEXT) || '/' || current_database() FROM pg_control_system()`).Scan(&name)
	return name, err
}

// Cluster says that the tables are spread over the machines of a cluster.
func (tx *Tx) Cluster() bool { return tx.session.cluster() }
