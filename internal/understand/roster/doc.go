// Package roster is the list of customers as it is chosen from and sorted: by segment, last order, number of orders, money
// spent, consents and attributes.
//
// Nouns. A summary is one row a person: what all the numbers of the person come to. The Keeper keeps summaries equal to the
// facts. A Filter chooses persons; a Condition is a part of one that another package brings, such as being a member.
//
// What always holds: a summary is reckoned from the facts, never moved by a difference, so that doing it again changes
// nothing; what the feed of changes tells of is reckoned anew before a list is read, where it is not too much for one who
// waits, and by the job otherwise; segments are judged once a day, of everybody by the same lines.
//
// It writes nothing but summaries, and names nobody: who may see what is for the doors.
package roster
