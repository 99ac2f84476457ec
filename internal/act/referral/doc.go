// Package referral knows who brought whom, and sees to it that both get what the programme gives for it.
//
// Nouns. A Code is a customer's own; whoever begins with it is a friend whom that customer, the referrer, has brought. A
// referral is pending until an order of the friend counts for it, qualified until the time for returning that order is over,
// and rewarded then: the programme's rules on "referred" give to the friend, those on "referral" to the referrer. When the
// order comes back before, the oldest of the others that is good enough counts in its place; when it comes back after, what was
// given goes back with it.
//
// What always holds: a friend is brought once, and by one; nobody brings themselves, somebody who has bought before, or who
// brought them, at whatever distance and however many do so at once; each side's part is a transaction of that customer alone,
// so a job goes from one to the other, and may stop and begin again anywhere. An order is compared with the version of the
// programme by which it was looked at when it came in, and later with the same, whatever is published meanwhile.
//
// A friend is a person by all their numbers: it does not matter with which of them the referral lies and with which the order. A
// merge is looked at when it is made and when it is taken back. Where it shows that two brought one friend, the first did, unless
// something counts for the other; where it shows that somebody brought themselves, or had bought before, nothing counts any more,
// and what was given stays.
package referral
