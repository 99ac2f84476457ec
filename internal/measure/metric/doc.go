// Package metric is the catalogue of measures of loyalty, and the engine that computes them over the views of the
// mirror.
//
// A measure is a Definition: one file, and one line in Catalogue. Most are smooth functions of totals over customers
// (orders, revenue, "bought again" as 0 or 1): from the totals and their products by customer follow the figure, its
// 95 % interval and the verdict on a change, one customer being one observation. The rest compute themselves.
//
// Figures are computed over frames: the window, the window before it, the periods of a series, the window of each
// group. One pass of SQL over a relation that measures share serves all frames and all measures at once; relations
// are temporary tables of the engine's own connection, built when first needed.
//
// What always holds: a moment counts only what lies strictly before it; a customer is current for exactly
// ActivityDays times 24 hours of the wall clock; RFM cuts are exact fifths, compared as whole numbers; a figure that
// cannot be had is null with a reason, never a zero; a group of fewer than five is not shown.
//
// The SQL keeps to what DuckDB and PostgreSQL both understand. It knows nothing of where facts come from, of money's
// appearance, or of languages: names and definitions in words are messages of the locale under measure.KEY.
package metric
