// Package db is the store of facts: one SQL text over SQLite, for which nothing is installed, and over PostgreSQL, for
// several processes or machines. What differs between the two engines ends here.
//
// What always holds:
//
//   - A Write that returned nil is durable and there once; one that returned an error left nothing. The one exception,
//     a connection or disk that broke in the middle of the commit, says so: OutcomeUnknown.
//   - A transaction is all or nothing: after one failed statement every further one fails, and so does the Write, even
//     where the function swallowed the error.
//   - A Read sees one moment (of a cluster, one of each machine) and cannot write. A Write sees what is committed; on
//     PostgreSQL (READ COMMITTED) each of its statements anew, so correctness rests on conditional statements and
//     constraints, not on a SELECT before.
//   - The function given to Read or Write may run more than once (a lost connection, a deadlock, a full disk that
//     another caller met), so it has no effect but through its Tx and on variables it sets anew. It is short, calls
//     nothing outside, and does not call Read or Write itself: on SQLite all writers wait for it.
//   - Broken constraints are faults: unique is a conflict; check, not null and foreign key are invalid. Violates tells
//     which one: unique constraints are made by CREATE UNIQUE INDEX and named so, primary keys are <table>_pkey, checks
//     are named, not null is <table>_<column>_not_null. SQLite does not tell foreign keys apart, so none has a name.
//
// Column types of the one text are BIGINT, TEXT, BOOLEAN, DOUBLE PRECISION and BYTEA, with NOT NULL also on primary
// keys. A time.Time is bound and scanned as BIGINT, UTC microseconds. Text compares and sorts by code point on both;
// ORDER BY a column that may be null says NULLS FIRST or LAST.
//
// It knows no table of its own: migrations are the callers'.
package db
