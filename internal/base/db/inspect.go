package db

import "strings"

// Column is a column of a table; its type is in the words of the one text.
type Column struct{ Name, Type string }

// Columns lists the columns of a table in their order; none where there is no such table.
func (tx *Tx) Columns(table string) (columns []Column, err error) {
	query := `SELECT name, type FROM pragma_table_info($1) ORDER BY cid`
	if tx.session.shared() {
		query = `SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
			WHERE attrelid = to_regclass(quote_ident($1)) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`
	}
	rows, err := tx.Query(query, table)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var c Column
		if err := rows.Scan(&c.Name, &c.Type); err != nil {
			return nil, err
		}
		c.Type = strings.ToUpper(c.Type)
		columns = append(columns, c)
	}
	return columns, rows.Close()
}

// Schema is the version of the schema as the transaction sees it; 0 where nothing was ever migrated.
func (tx *Tx) Schema() (version int64, err error) {
	const made = "goose_db_version" // by the library, on the first migration
	columns, err := tx.Columns(made)
	if err != nil || len(columns) == 0 {
		return 0, err
	}
	err = tx.QueryRow(`SELECT coalesce(max(version_id), 0) FROM ` + made + ` WHERE is_applied`).Scan(&version)
	return version, err
}

// Hold keeps others from writing into the tables until the transaction ends: for what fills or rewrites them whole.
func (tx *Tx) Hold(tables ...string) error {
	if !tx.session.shared() || len(tables) == 0 {
		return nil // one writer
	}
	_, err := tx.Exec("LOCK TABLE " + strings.Join(tables, ", ") + " IN SHARE ROW EXCLUSIVE MODE")
	return err
}

// Damage looks through the files of the database, as far as the engine can, and tells what is wrong with them: nothing,
// or up to most descriptions in the engine's words.
func (tx *Tx) Damage(most int) (found []string, err error) {
	query := "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok' LIMIT $1"
	if tx.session.shared() {
		// A server checks its pages when it reads them, where checksums are on, and counts what it found.
		query = `SELECT 'the index ' || c.relname || ' is not valid' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
			WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace
			UNION ALL SELECT checksum_failures || ' pages had a wrong checksum' FROM pg_stat_database
			WHERE datname = current_database() AND checksum_failures > 0 LIMIT $1`
	}
	rows, err := tx.Query(query, most)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, err
		}
		found = append(found, line)
	}
	return found, rows.Close()
}
