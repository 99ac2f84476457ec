// Package quality tells how far the figures of a business can be trusted: what is missing in its data, what is in it twice,
// and what has stopped coming.
//
// Nouns. A Report is what was found at one moment, kept with it. A Source is who brings facts of one kind, such as a shop
// system or files. A Line is one thing that was looked at, with a verdict: good, to look at, or nothing to judge by.
//
// What always holds: the report is made by a job, each night and when asked for, and read in one row; how late a source is
// is told at the moment of reading, by the days on which it brought something before; a source of which too few days are
// known is never called late.
//
// It mends nothing.
package quality
