// Package packaging makes codes that are printed and laid into packages, and gives what they stand for to whoever uses one.
//
// A batch is what its codes give: so many of a unit, until a day, and for an answer where it asks a question first. Its codes are made with it, all at once, at random, and
// each becomes somebody's once.
//
// What always holds:
//
//   - A code gives once, to one person. That it became theirs and what it gives are one transaction; the same person who
//     uses it again is told what it gave, and gets nothing.
//   - A code that is none, one that somebody else has used, one whose time is over and one of a batch that was stopped are
//     answered alike: nobody learns anything about codes that they do not hold.
//   - A batch never changes what it gives, because it is printed; it can be stopped.
//
// Codes have twelve random signs of an alphabet of 32 without look-alikes, 60 bits, and are compared without spaces and
// hyphens, in capitals. The door lets through a few wrong ones, and makes the next ones wait.
package packaging
