// Package server is the program as it runs on and on: the doors over HTTP, the work behind them, and their orderly end.
//
// A Server is a value: Start opens everything and returns when requests are answered; Close lets the requests that are
// being answered finish, hands back what is being worked at, and closes everything. Tests start the real one on port 0.
//
// What stands in front of every door is here: an id for each request, the log and the metrics, protective headers,
// compression both ways, and the bounds on what a slow or greedy caller may take. The log has no personal data: routes
// are named by their patterns, not by the paths that were asked for.
package server
