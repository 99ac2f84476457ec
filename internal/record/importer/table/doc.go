// Package table cuts UTF-8 text into rows and cells: delimited text with quotes, or columns kept apart by blanks.
//
// A Reader works on windows of the text that another goroutine fills ahead of it; cells point into the window and
// are valid until Advance is called. Nothing is allocated for a row.
//
// What always holds: every line of the text belongs to exactly one row or is blank; Line is the number of the row's
// first line as an editor shows it; a quote that is never closed costs one row, not the rest of the file: the line
// it stands on is returned with a Flaw, and reading goes on with the next line. A quoted cell may hold line ends,
// up to 1 MiB of them; a row may have 16 MiB.
//
// Lenient where it is harmless: text after a closing quote is kept, blanks before an opening quote are skipped, a
// lone CR inside a line is text. Find guesses the delimiter of a sample.
//
// The package knows nothing of what columns mean.
package table
