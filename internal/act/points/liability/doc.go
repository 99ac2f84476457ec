// Package liability says what the units that customers hold will cost: how many are outstanding by month of issue, how
// many of them will probably be used, and what of the sales that earned them is to be deferred (IFRS 15, ASC 606).
//
// What always holds: amounts are integers of minor units, and every split of a sum adds up to it; what is released in all
// is never more than was deferred; probabilities come from the cohorts' own past, and are never above what is outstanding.
//
// Units given without a sale are a cost when they are given, and defer nothing. It posts no journal of its own accord.
package liability
