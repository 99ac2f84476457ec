// Package check looks for what must never be: facts that contradict each other, or that lead nowhere. The writing side
// keeps all of it in every transaction; what is found here is a mistake of the program, a damaged disk, or somebody's
// hand in the tables.
//
// What always holds: a check only reads, sees the facts as they are at one moment, and so may run beside those who
// write. It says how many breaches there are and names one. Each check is one entry in the list of Facts, with its
// sentence in the texts under check.KEY; higher floors put theirs behind them.
//
// Nothing is mended here: how depends on what happened.
package check
