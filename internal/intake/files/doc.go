// Package files takes files of orders, customers, answers and costs into the store, through intake.
//
// A file is read by the importer into a stage first: a table on disk from which facts come in an order that the content
// alone decides, whole orders at a time. Then they are taken in by some hundreds a transaction, and how far the taking
// has come moves in the same transaction.
//
// What always holds: a run that was stopped, however, goes on behind the last transaction that was committed. A file
// that is taken in again finds everything unchanged, also with its rows in another order. Every row is accounted for as
// the importer does; a fact that intake refuses or finds in conflict is in the file of rejected rows, with the reason.
// Memory does not grow with the file.
//
// Each file says what an order is: where two files name the same order of the same customer with other lines, the file
// that is taken last counts, and what was there before is in the order's history. A row without an order id is known by
// its customer, moment, amount and place among equal ones of its file.
package files
