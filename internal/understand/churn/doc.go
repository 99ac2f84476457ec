// Package churn learns from a business's own past which customers stay away, and says why for each.
//
// Nouns. A Gatherer takes lines of orders and returns. A Snapshot is what was known of every customer on the eve of a day:
// features, by name. Labels say who of them bought nothing from that day to another. A Classifier is a regularised
// logistic regression of the labels on the features, each brought to one scale first; Reasons are the features that
// speak loudest for a customer's leaving. A Trial learns from the business's past and compares with another law at times
// before: which is better is counted, not believed. A Table holds the same for contracts, where leaving is known from a column.
//
// What always holds: a Snapshot of a day sees nothing of that day or later (a test plants a leak and expects it caught), and a
// Trial that foretells better than anybody can is not believed: a fact is dated before it was known. A
// Classifier is chosen on a part of its training data, never on what it is tested on; the same data give the same bits.
//
// What it does not do: trees. On a true split in time boosted trees were worse (docs/decisions), and nobody can read them.
package churn
