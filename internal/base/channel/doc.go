// Package channel is how messages leave the program.
//
// Guarded is an HTTP client for addresses that people typed in. What always holds: it connects only to addresses of the
// open internet, judged by the number it is about to dial and not by the name, so that a name that leads somewhere else
// a moment later leads nowhere; only networks that the operator has named are let through beside. It uses no proxy,
// since behind one it could not know where it goes. Without TLS it goes to those networks only. It does not wait forever
// and does not read without end.
//
// What is sent, and how often it is tried, is its callers'.
package channel
