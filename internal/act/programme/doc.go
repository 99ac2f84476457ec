// Package programme is the loyalty programme: one document that says what customers earn, for what, and why not.
//
// The document is published in versions. An order is looked at by the version that was in force when it came in, with what
// was known of the customer then: that is kept, so that a return, a correction or a cancellation is looked at in the same
// way. What an order is worth is a function of the order less its returns. Whenever one of them changes, what it should have
// given is worked out anew and the difference is posted: more is earned, less is reversed out of the lots that it went into.
//
// What always holds:
//
//   - What was given for an order, and not taken back, is what its rules give for what is left of it. Handed in twice, cut
//     into many returns, cancelled and placed again: the sum is the same.
//   - Budgets and limits move in the same transaction as the award, both ways, and are never exceeded.
//   - Every order has an explanation: which rules gave what, and which did not, and why.
//   - Conditions are CEL over named fields; one that cannot be understood is refused when the document is, with its place.
//
// It posts by the ledger (act/points), and never touches its tables.
package programme
