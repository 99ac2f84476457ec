// Package backup writes all facts into one file, and makes a store of such a file again, on either engine from either:
// so it is the way from SQLite to PostgreSQL too.
//
// What always holds:
//
//   - A backup is of one moment, however much is written meanwhile, and is there whole or not at all.
//   - Nothing is restored before the file's checksum has been found right, and only into a store without facts. What
//     was interrupted leaves nothing that looks whole.
//   - A store that was restored is another store: it has an id of its own, so that copies of the old one do not take it
//     for theirs. The feed of changes, which is for them, is left out.
//   - Memory does not grow with the facts.
//
// The file is a zstd file, to be read by any program that knows zstd, in ten years too: a JSON line that says what it
// is, then for each table a JSON line with its columns and its rows as PostgreSQL's COPY writes text, up to a line \.,
// and in the end a JSON line with the number of rows of each table. Behind it, in a frame that zstd skips, stands the
// SHA-256 of all before.
package backup
