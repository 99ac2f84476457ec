// Package stats is the arithmetic of trust: every estimate comes with its 95 % interval and every comparison with its p.
// It knows numbers only; what they count is the catalogue's business. gonum gives the distributions.
//
// Which function is for what, and whose formula it is:
//   - a share: Wilson (1927); two: TwoProportions (Newcombe 1998, method 10; p by the score test); a quotient of two counts
//     of one sample: LogRatio
//   - net promoter score: NPS takes NPSScore (Tango 1998) for few or equal answers, else NPSAdjustedWald (Rocks 2016,
//     after Agresti and Min 2005); NPSChange between two; NPSWeighted where who answered is not who buys
//   - a mean: T (Student 1908); two: WelchDifference (1947)
//   - anything made of customers' totals: Ratio, LogRatioSums, Smooth, SmoothChange, linearised by customer (Woodruff 1971,
//     Binder 1983). A few sums replace the customers; Bootstrap (Efron 1979) is the slow oracle that checks it
//   - a segment and everybody: SegmentChange, which takes the spread from everybody where the segment is too small to show
//     it; shares and scores of the same customers twice: ShareChange (Agresti and Caffo 2000), NPSChangeSums
//   - a time that not everybody has reached: KaplanMeier (1958; Greenwood 1926, log-log bounds), LogRank (Mantel 1966)
//   - a median or other quantile: Quantile7 (Hyndman and Fan 1996), QuantileInterval by order statistics
//   - what was foretold, against what came: AUC (Hanley and McNeil 1982), LogLoss, Brier (1950)
//   - samples of no known shape: MannWhitney (1947), PermutationP; figures known by their intervals only:
//     IndependentDifference (Zou and Donner 2008); many tests at once: BenjaminiHochberg (1995)
//
// What always holds: functions are pure and never panic on numbers; what cannot be known is NaN (no data: everything; one
// unit, or bounds not reached: the bounds), and bad input (NaN, negative counts) is no data. A difference is the first
// figure less the second: now less before. The same seed gives the same numbers.
//
// How far to trust them, measured by the tests: coverage is 93 to 97 % where ten of each kind are expected (Wilson), from
// 10 answers (NPS), from 100 customers with skewed spending (sums; 91 to 96 % at 50). Outside: Wilson covers a single p
// near 0 or 1 as little as 83 %; strata of three answers narrow NPSWeighted to about 91 %; order statistics of fewer than
// 100 and SegmentChange under 50 are cautious. A sample without spread gives T and the sums an interval without width;
// under 30 no comparison is built on it (P is NaN).
//
// What it does not do: regression and models (finding the likeliest parameters is package fit's), one-sided intervals, other levels than 95 %.
package stats
