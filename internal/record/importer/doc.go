// Package importer reads files of orders, customers, survey answers, costs and products as their owners have them, and yields
// typed, validated facts. It knows nothing of where they go.
//
// Inspect finds out how a file is to be read: compression, encoding, delimiter, header, what each column is, how
// dates and numbers are written. The Plan it returns says all of that, with sample rows, so that it can be shown.
// Plan.Read then reads the whole file by the plan and hands on batches of facts.
//
// What always holds. Every row is accounted for exactly once, in this order: unreadable; without a known customer;
// later than the as-of moment; ignored (a return where returns are ignored, a cancelled order, or one that came back
// and whose sale the file does not have); rejected, with
// the reason; recorded. The parts of an Account add up to its rows. Equal rows are two facts. Lines with nothing in
// them are no rows. Unreadable and rejected rows are written beside the file, as they were read, with line number and
// reason. A sale without a known customer is emitted all the same, unless one of the later words applies to it too,
// so that daily totals can be kept. Money is exact. Memory does not grow with the file.
//
// What is decided once for a column (decimal mark, order of day and month, 17850.0 meaning 17850) is decided by the
// sample at the head of the file, and by reading all of it first where the sample leaves day and month or the decimal
// mark open; what stays open is said in Plan.Notes. A cell that does not follow its column makes its row unreadable; an id
// that does not is read as it stands, and the first one is said in Account.Notes.
// An amount that repeats the total of its order counts in the first of the order's rows, and a row in the state of a
// return is one only beside the row of its sale: for both, the last million orders at least are remembered.
// An empty date or state of a row is that of the row before where both have the same order id.
//
// What is said of a file for a person to read (Note, DateLayout, Reason, Column) is data, put into words by whoever
// shows it. Errors are English sentences, and so is the reason in a file of rejected rows.
//
// The files it writes hold cells as they were read. They are not made safe for spreadsheets that run formulas.
package importer
