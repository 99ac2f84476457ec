// Package cli is the command line: it reads arguments, calls what does the work, and prints.
//
// What always holds: results go to standard output and everything said about the work to standard error, so that
// output can be piped; mistakes end with one sentence and exit code 1 (2 for arguments that make no sense); a file
// named with --out is written whole or not at all, and never over an input.
//
// It computes nothing itself.
package cli
