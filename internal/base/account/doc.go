// Package account is who may do what: people who sign in, keys that programs call with, what each may, and the trail of
// what they did.
//
// What always holds:
//
//   - Whoever acts is an Actor, and an actor may only what a written table or its key says: the zero Actor may nothing.
//   - Nobody gives away more than they have: a key, an invitation or a role reaches no further than whoever grants it.
//   - No secret can be read back from the database. Passwords are kept as argon2id, because people choose them badly;
//     keys and links as SHA-256, because they are random, so that guessing is hopeless and a fast hash costs nothing;
//     what must be read again is sealed with a key from outside (base/secret).
//   - Every change made here leaves an entry in the trail, in the same transaction, whoever calls. The trail holds ids
//     and names of fields, never values. It is chained: what is changed, taken out or put in afterwards is found.
//
// Functions take the transaction of their caller. What a request needs many thousand times a second, Authenticator keeps
// in memory for a few seconds.
package account
