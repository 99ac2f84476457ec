// Package report is the loyalty picture: assembled once from facts and measures, and rendered as a page of text, as
// one self-contained HTML file, as JSON, and as CSV.
//
// What always holds: every renderer shows the same figures, none computes any; every word comes from the locale;
// whatever a file said (names, ids, notes) is shown as text and never obeyed, in a terminal or in a browser; a figure
// stands with its interval, a change with its verdict.
//
// It decides nothing about measures and keeps nothing.
package report
