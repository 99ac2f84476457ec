// Package upload takes in files that were sent over the wire: it keeps them, finds out how they are to be read, and has
// a job take them in when somebody says so.
//
// What always holds:
//
//   - A file is kept in the store, in packed parts, until it is taken in or given up, so that any process can do it and
//     one that is killed is followed by another, which goes on where it stopped.
//   - Nothing of a file is taken in before Start.
//   - Rows that could not be used are kept as a file of their own, to be mended and sent again, for thirty days.
//   - What is sent is bounded, packed and unpacked.
//
// How files are read and taken in is importer's and files' to say.
package upload
