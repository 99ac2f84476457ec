// Package stats is the arithmetic of trust: every estimate comes with its 95 % interval and every comparison with its p.
// It knows numbers only; what they count is the catalogue's business. gonum gives the distributions.
//
// Which function is for what, and whose formula it is:
//
//   - a share: Wilson (1927); two shares: TwoProportions, Newcombe's hybrid score (1998, method 10), p by the score test
//   - a quotient of two counts of one sample: LogRatio, on the log scale
//   - net promoter score: NPS takes NPSScore (Tango 1998) for few or equal answers, else NPSAdjustedWald (Rocks 2016,
//     after Agresti and Min 2005); NPSChange between two; NPSWeighted where who answered is not who buys
//   - a mean: T (Student 1908); two means: WelchDifference (1947)
//   - anything made of customers' totals (revenue an order, value a customer, an index): Ratio, LogRatioSums, Smooth and
//     SmoothChange, linearised by customer (delta method; Woodruff 1971, Binder 1983). A few sums replace the customers,
//     so it costs nothing beyond the query; Bootstrap (Efron 1979) is the slow oracle that checks it
//   - a segment and everybody: SegmentChange, which takes the spread from everybody where the segment is too small to show
//     it; shares and scores of the same customers twice: ShareChange (Agresti and Caffo 2000), NPSChangeSums
//   - a time that not everybody has reached: KaplanMeier (1958; Greenwood 1926, log-log bounds by Kalbfleisch and
//     Prentice), LogRank (Mantel 1966)
//   - a median or another quantile: Quantile7 (Hyndman and Fan 1996), QuantileInterval by order statistics
//   - two samples of no known shape: MannWhitney (1947), PermutationP; two figures of which only the intervals are known:
//     IndependentDifference (Zou and Donner 2008)
//   - many tests at once: BenjaminiHochberg (1995)
//
// What always holds: functions are pure and never panic on numbers; what cannot be known is NaN (no data: everything;
// one unit, or bounds not reached: the bounds), and bad input (NaN, negative counts, more successes than trials) is no
// data. A difference is the first figure less the second: now less before. The same seed gives the same numbers.
//
// How far to trust them, as measured by the simulations in the tests: coverage is 93 to 97 % where ten of each kind are
// expected (Wilson), from 10 answers (NPS), from 100 customers with skewed spending (sums; 91 to 96 % at 50).
// Outside: a single p near 0 or 1 may be covered no more than 83 % by Wilson; strata of three answers or fewer narrow
// NPSWeighted to about 91 %; order statistics of fewer than 100 are cautious, and so is SegmentChange under 50. A sample
// without spread gives T and the sums an interval without width: it says that nothing varied, not that nothing can, and
// under 30 no comparison is built on it (P is NaN).
//
// What it does not do: regression and models (later floors' business), one-sided intervals, other levels than 95 %.
package stats
