// Package schema is the tables that facts are kept in: the migrations that make them, on SQLite and PostgreSQL alike,
// and the class of each, which says how a cluster spreads it.
//
// What always holds, by a test that reads the real schema: a fact's primary key and every unique constraint on it begin
// with customer_id, so that everything of one customer lies on one machine; a directory's contain the column it is
// spread by; the rest is small and lies on every machine. No identity columns and no sequences: ids are made by the
// program.
//
// Migrations go forward only and add. A database newer than the program is refused.
//
// Who reads and writes a table is the package that its facts belong to; here are only the tables.
package schema
