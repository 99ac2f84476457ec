// Package member is customers who have joined: how they join, how they come in, and that they leave.
//
// A member has no password. Who asks to join or to come in gets a letter with a link that is good once and for a short
// while; whoever has the link has the mailbox, and so is the customer who is known by that e-mail, or a new one. From then on
// a cookie says who it is.
//
// What always holds: of links and cookies the database has only hashes; a link is written into the letter when it is sent,
// and is nowhere to be read before; asking tells nobody whether an e-mail is known; who is erased is out at once.
//
// It shows no pages (door/portal does), and knows nothing of points.
package member
