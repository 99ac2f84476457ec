// Package dbtest runs a test on both engines: on SQLite in a file of its own, and on PostgreSQL in a database of its own.
//
// PostgreSQL is a cluster that the test process starts for itself, from the binaries that are installed: in a folder in
// memory where there is enough of it, or a temporary one, reachable through a socket in it and not over the network, and not as root, which PostgreSQL refuses. Or it is
// the server at REGULARS_TEST_POSTGRES, a URL of a database whose user may create others.
//
// What always holds: without PostgreSQL a test fails and says how to install it; it is never skipped. Databases, files
// and servers are gone after the tests, however the test process ended: a guard, a small shell script beside the
// cluster, notices the end of the process and removes both. On a server of REGULARS_TEST_POSTGRES the databases of
// processes that were killed go when the next one begins.
//
// A test may ask for a Server of its own, with durable settings, to be killed and started again. All other databases
// are on a cluster that does not wait for the disk.
package dbtest
