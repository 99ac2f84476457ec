// Package customer is who the customers are: their ids, addresses and numbers, what is known of them, what they agreed
// to, and who is the same person as whom.
//
// An identity (own id, e-mail, phone, card, the id in some other system) belongs to one customer, for as long as that
// customer is not erased. Customers who turn out to be one person are merged: the one is an alias of the other, its
// facts keep its number, and readers take the root of it. A customer number below zero is nobody known: an order at the
// till or a visitor of the site; a visitor may be merged into a customer.
//
// What always holds: an identity is claimed once; a root is no alias; of two consents for the same channel and purpose
// the later one counts, and none is ever changed; an erased customer has no identity, no name, no consent and no
// attributes left, and is never found again.
//
// What is known of somebody is written in two ways: all of it, for the business, and what is of nobody else and secret to nobody,
// for themselves; copied says of each table what that is.
//
// Points, tiers and messages are not kept here.
package customer
