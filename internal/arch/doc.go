// Package arch is the house's rules as tests; it holds no code that runs in the program.
//
// Three tests, each printing the reason of a rule beside its breach:
//
//   - the floors: who may import whom (floors_test.go). The folders are the product's loop, base, record, measure,
//     understand, act, prove, intake, door; a package imports only from floors below its own, and the packages of
//     one floor never in a circle, not even through different packages of the same two folders;
//   - the outside: modules that one package alone may import, so that replacing them stays one package's work;
//   - the measures of the house: sizes of files and functions, tests beside code, names of packages (house_test.go).
//
// The rules are checked on small made-up trees too, so that a rule that has stopped working is noticed.
// Limits are ratchets: tighten them when the code allows, loosen them only with a reason in the commit.
package arch
