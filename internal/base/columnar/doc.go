// Package columnar is the embedded column store, DuckDB, behind a door of our own: open a database, load rows fast,
// query through database/sql, and turn Parquet files into a stream the readers of files understand.
//
// It is the only package that imports DuckDB. It knows nothing of loyalty: tables and SQL are its callers'.
//
// What always holds: memory is bounded by Options; a database opened with an empty path lives in memory and leaves
// nothing behind; a file is opened by one process at a time, and the error says so.
//
// It does not keep the truth. Whatever is in here can be made again from the facts.
package columnar
