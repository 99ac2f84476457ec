// Package reward is what customers get for their units, or for nothing: rewards, the codes that stand for them, and what
// became of each.
//
// A reward is what the owner offers; a redemption is one that a customer took. It is held while the customer pays, issued
// once the units are spent, and used when the till or the shop took it. Held and issued ones may be given back: then the
// units return with their old expiry, and what was limited is there for others again. One that was used by mistake is made
// issued again by a person, who says why.
//
//	held ── issued ── used ── refunded or issued: nothing is left of the order
//	  │       │  └─────┘ undone by a person
//	  │       ├── refunded   the units came back
//	  │       └── void       nothing came back: taken back, or run out
//	  └── void               the hold was cancelled, or timed out
//
// What always holds:
//
//   - A redemption and the units that it takes move in one transaction, and under one key once: the same key with the same
//     wish gives the same redemption, with another wish it is refused.
//   - What is left of a reward is never below zero: the last one is given out once. The same goes for the number that one
//     customer may have in a period, and for the codes of a pool.
//   - What was promised stays as it was: a redemption keeps the reward as it was when it was taken.
//   - Time alone ends holds and codes: reading goes by time, and a job writes it down.
//
// A discount, money back, and a product of which the order has pieces, take something off the order with which they are used: by one
// function, for the till and for whoever asks over the API. When nothing is left of that order, because it came back or was cancelled,
// what was given for it comes back too; for a product only where its pieces did.
// A part of it that comes back changes nothing: what was paid is given back, and what was taken off stays taken.
//
// Codes are compared without spaces and hyphens, in capitals. Those that are made have ten random signs at least of an
// alphabet of 32 without look-alikes, 50 bits: where ten thousand are out, one guess in a hundred thousand million hits, and the
// door lets through a few wrong ones a minute.
package reward
