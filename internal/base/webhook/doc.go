// Package webhook tells programs outside what happens here, by the Standard Webhooks specification.
//
// What always holds:
//
//   - A message is there if and only if the transaction that told it is. It goes to each endpoint that was enabled and
//     wanted its type, at least once, and carries the same webhook-id each time: a receiver that remembers ids sees it
//     once. Messages do not come in order.
//   - It is tried after 0, 5 s, 5 and 30 min, 2, 5, 10, 14, 20 and 24 h, a little later at random, or later still where
//     the receiver says so with Retry-After. Then it has failed, and can be replayed, as can all that failed in a time.
//   - An endpoint that answers 410, or has failed for days without one success, is disabled, with the reason. Messages
//     for it are kept all the same while the endpoint is there, so that it can catch up by a replay.
//   - Endpoints do not hold each other up: each has its own queue of jobs.
//   - Each message is signed with the endpoint's secret, sealed in the database, and for a day after a rotation with the
//     one before as well.
//   - Nothing is sent to private networks that the operator has not named, whatever a name resolves to.
//
// Payloads hold ids, never names, addresses or other personal data: they stay in logs, here and there. What is told and
// in what shape is written in the catalogue that the caller gives; this package knows none of it.
package webhook
