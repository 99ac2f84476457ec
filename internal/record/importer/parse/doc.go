// Package parse reads the text of one cell: a number, an amount of money, a date with or without a time of day.
//
// How a column is written (decimal mark, order of day and month, kind of serial number) is decided over many cells
// by NumberVotes and DateVotes; NumberStyle and DateStyle are the decisions and read cells by them.
//
// What always holds: numbers are exact decimals, never floats on the way; a cell either follows the style of its
// column or is not read at all: nothing is guessed for a single cell once the column is decided; reading allocates
// nothing; no input makes a reader panic.
//
// Wall-clock times become instants through a Clock. In the hour that a clock change skips, and in the hour that it
// repeats, the offset in force before the change counts; the local time of a skipped hour is then the one the
// clocks really showed at that instant.
//
// The package knows nothing of files, columns or what a cell is for.
package parse
