// Package session keeps people signed in: a cookie with a random token, and what belongs to it in the database.
//
// What always holds: the database has only a hash of the token. A token is made anew when its owner signs in. A session
// is over after a while without a request, after a longer while in any case, when it was ended, and at once when its
// user was disabled, has another role or another password, in every process. What was ended stays ended, also where a
// request was under way.
//
// It does not check passwords (account.Gate) and refuses nobody: it tells who has signed in.
package session
