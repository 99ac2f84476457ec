// Package referral knows who brought whom, and sees to it that both get what the programme gives for it.
//
// Nouns. A Code is a customer's own; whoever begins with it is a friend whom that customer, the referrer, has brought. A
// referral is pending until an order of the friend counts for it, qualified until the time for returning that order is over,
// and rewarded then: the programme's rules on "referred" give to the friend, those on "referral" to the referrer. When the
// order comes back, before or after, it goes back with it.
//
// What always holds: a friend is brought once, and by one; nobody brings themselves, somebody who has bought before, or who
// brought them, at whatever distance; each side's part is a transaction of that customer alone, so a job goes from one to the
// other, and may stop and begin again anywhere.
package referral
