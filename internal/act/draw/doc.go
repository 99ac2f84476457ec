// Package draw is prize draws that anybody can check.
//
// Nouns. A draw has prizes, a time in which one enters, and ways of entering: free, bought with units, earned by orders. An
// entrant is a person with the number of entries they have; on the list they are an entry, a code that tells outsiders nothing,
// with its weight. The seed is 32 random bytes, the commitment its SHA-256.
//
// What always holds: the seed is made when the draw is published, its commitment is public from then on and the seed itself
// sealed until the draw is drawn. The list is frozen once, after the close, in a text whose hash is public; no statement
// changes a row of it. Seed and hash of the list together are all that the winners come from, so whoever has the public file
// can work them out again (Verify). Nobody is drawn twice. Closed or drawn twice at once it is closed and drawn once.
// Entries bought beyond the limit are refused in the row that counts them, in the transaction that takes the units; of a
// draw that is cancelled the units go back. Each of these is a transaction of one customer; a job finishes what was begun.
//
// It gives no prizes away: who won is told, and handing over is up to people.
package draw
