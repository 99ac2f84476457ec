// Package gift is presents: what the programme gives on birthdays, anniversaries and holidays, and surprises.
//
// Nouns. A gift is what a customer was given on an occasion, by name and in the customer's language. A surprise is a budget spread
// at random among those who qualify: who they are is frozen when its time has come, then chance (a seed that is kept) keeps some
// of them back, the hold-out, and draws those who are given something from the others, until there is nothing left to give. What
// those with and without bought since is compared: chance alone told them apart.
//
// What always holds: the list is frozen once and no row of it changes; seed and list together say who was given something, so that
// it can be worked out again; nobody is given the same surprise twice, however often the job is killed; no more is given than
// was planned. Who was kept back is not told so, and does not have it in the copy of their data. Each customer is a transaction of
// their own. A letter about a gift goes to those alone who agreed to letters, once.
//
// What occasions give stands in the programme; a surprise gives units or a reward, by the ledger and the desk of rewards.
package gift
