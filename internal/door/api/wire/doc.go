// Package wire is what goes over the wire: the shapes of requests and answers, for the server that writes them and for
// the client that reads them.
//
// Money is in minor units of the business's currency (cents), times are RFC 3339 and answered in UTC, ids are the
// public ones of package fact. What is left out of a request stays as it was or is nothing; what an answer leaves out
// is not there. Fields marked readOnly are ignored in requests, so that an answer can be changed and sent back.
//
// It knows no server and no client, and has no behaviour but for turning itself to text.
package wire
