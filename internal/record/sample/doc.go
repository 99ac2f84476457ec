// Package sample makes the files of a business that does not exist: a small café and shop, from a stated process, so
// that what the measures estimate can be compared with what is true.
//
// The process. Customers join evenly along a growing, seasonal curve. Each buys until they leave (a modified BG/NBD):
// the rate of visits is Gamma(R, Alpha) a day, and after every visit, the first too, the customer leaves for good
// with probability 1 - (1 - p)^exp(-Effect * s), where p is the customer's own, from Beta(A, B), and s is how
// satisfied the visit left them. Visits follow a Poisson process whose rate is multiplied by a season of months and of
// weekdays. What a visit costs is Gamma-Gamma(P, Q, Gamma), independent of the rate. Satisfaction is the customer's
// mood plus what happened (a late delivery, a long wait, a warm word) plus chance; it drives the scores people give,
// whether they answer at all, whether they complain, and whether they leave.
//
// What always holds: the same options give the same bytes; a customer's life depends on the seed and the customer's
// number alone, not on how the work is spread; orders are written in the order of time; memory grows with customers,
// not with orders. The files are as untidy as real ones: sales to nobody known, returns, a few broken rows.
//
// truth.json holds the parameters, what was written, and the values the measures should find, from an independent
// run of the same process over many more customers, with the standard error of that run.
//
// It does not imitate any real business or person, and says nothing about what is typical.
package sample
