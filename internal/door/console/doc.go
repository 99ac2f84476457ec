// Package console is the pages for people: setting up, signing in, invitations and new passwords, and a first page that
// leads on. What works with the data comes to it later.
//
// What always holds: a page is HTML that the server made, in the reader's language, with one style sheet and no script;
// it works on a phone, with a keyboard and read aloud. The page of the till alone has a script, for what it does without a
// network and with a camera, and works without it. What was typed is not lost when something is wrong with it, except
// for passwords. What changes something is a POST from a page of this very site: a browser's word on where a request
// comes from is checked, beside the cookie that is not sent from elsewhere. What goes wrong is said in the reader's
// language with what to do; the rest is in the log, under the id of the request.
//
// It knows no rules: who may do what, and when, is account's to say.
package console
