// Package secret keeps secrets unreadable in the database: with a key from a file that lies outside of it, so that
// neither a stolen database nor a stolen backup gives them away.
//
// What always holds:
//
//   - What was sealed for one purpose opens for that purpose alone: a row's secret cannot be put into another row.
//   - A text that was changed, or sealed under another key, does not open; it never opens as something else.
//   - The key file is for its owner alone. It is made where it is not there yet, whole or not at all.
//
// Passwords are not kept here: they need not be read again, and are hashed.
package secret
