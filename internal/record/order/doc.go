// Package order is what was bought and what came back: orders with their lines and payments, returns by line or by
// amount.
//
// What always holds: an order is known by what an outside system calls it (source and reference) and is recorded once,
// however often it is handed in; handed in with other content it is changed, and what it was is kept in its history.
// Its lines add up to its amount. A cancelled order keeps its lines, which then do not count. A return reduces revenue
// on its own day, and never counts as an order; it may name the order it belongs to, and its line.
//
// Amounts are minor units, paid after discounts. An order of nobody known has a customer number of its own below zero.
//
// Points, prices and stock are none of its business.
package order
