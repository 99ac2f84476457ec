// Package answer is what customers say when asked: scores of surveys, surveys delivered and not answered, and cases
// (complaints with the times they were replied to and solved).
//
// What always holds: an answer is known by source and reference and recorded once; handed in with other content it is
// changed and what it was is kept. An answer of nobody known counts too, under a number of its own below zero. A
// skipped question has no score and is no zero.
//
// Questionnaires and invitations are kept elsewhere.
package answer
