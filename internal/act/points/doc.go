// Package points is the ledger of units: points, stamps, cash-back in money, and the qualifying units of tiers.
//
// An account is one customer's in one unit. What comes in at once is a lot: it has a cause, a moment from which it can be
// spent, one at which it expires, and what is left of it. Entries say what moved, and are never changed. A hold sets units
// aside for somebody who is paying; a debt is a lot whose remainder is below zero.
//
// What always holds:
//
//   - Issued = available + pending + held + spent + expired + reversed + in transit, less debt; with transfers, what was
//     received is issued too and what was sent is gone. The database refuses anything else, of each lot and each account.
//   - A balance is the sum of its lots' remainders. Units are taken from the lot that expires soonest, then the oldest, the
//     never-expiring last; the lots checked are the lots deducted.
//   - Available is never below zero. Only a reversal or a correction makes a debt, and only where the unit allows it; what
//     comes in next fills it, be it earned, received or given back. Spending makes none.
//   - A hold resolves once: committed in full or part, cancelled, or timed out. What it holds does not expire meanwhile.
//   - A reversal never exceeds what is left to reverse. It takes from its own lot, then from others as spending would, then
//     debt; where the unit allows none, what was nowhere to be found is waived, and taken as soon as it comes back into
//     that lot. Nobody keeps the units of what was bought and returned by holding or spending them in between.
//   - An operation has its effects once: the same key with the same input gives the same receipt, with another input it is
//     refused. An operation that is refused leaves nothing behind, not even its key.
//   - Time alone expires and activates, and ends holds: reading filters by time. Settling writes down what time has done, in
//     an operation of its own, and changes no balance.
//
// No operation touches facts of two customers. A transfer is a hold on the giver, then the credit of the receiver under
// the transfer's key, then the giver's commit, each a transaction, continued by a job that is safe to repeat; so is what
// several customers spend together. Customers who are one person keep an account each: a person's balance is their sum,
// and a person spends from several of them as a household does.
//
// It knows no rules of earning, tiers or rewards. Causes, actors and keys hold ids, never names or addresses.
package points
