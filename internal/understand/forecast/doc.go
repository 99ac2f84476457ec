// Package forecast keeps what is foretold of a store: fitted anew each night, told per customer, held against what came.
//
// Nouns. A Fit is the laws found for all purchases up to the end of a day, with the model card. A Scored is what a fit
// foretells of one customer. A customer is falling who came as usual at one fit and stays away longer than usual, or is
// very likely gone, at the next: told once, as customer.falling, until they buy again. A Promise is what an earlier fit
// had foretold for the days that have passed since, held against what was bought; what leaves its bounds is drift.
//
// What always holds: readers see the newest fit by which everybody is scored, never half of one; a run that is killed is
// taken up where it stood, and nobody is told of twice; a fit sees nothing after its day; a customer who is looked at is
// scored from their purchases of this very moment by the law of the last night, which writes nothing; scores of the newest
// two fits are kept, and those of the first fit of each month for a year.
//
// What it does not do: fit or choose (predict does), put into words (outlook does), act.
package forecast
