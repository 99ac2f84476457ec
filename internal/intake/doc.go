// Package intake is the one door for facts: whatever comes from a file, an API, a shop's webhook or a hand comes in
// here, and all that follows from it happens in the same transaction, in the order it is written down.
//
// What always holds: every call is safe to repeat, and says what it did: created, unchanged, updated, refused, or the
// conflict and why. A call that returns an error has its transaction rolled back; one that refuses a fact has written
// nothing of that fact. Facts of several customers may be given together, as a file has them, but what belongs to one
// person is never made to depend on what belongs to another.
//
// Callers find out who a customer is by identities (own id, e-mail, phone, card, the id in some system): intake makes
// the customer where there is none yet.
package intake
