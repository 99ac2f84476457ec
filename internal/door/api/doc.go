// Package api is the door for programs: HTTP and JSON under /v1, described by an OpenAPI document that is made of the
// very types that are read and written.
//
// How a request goes: its size is bounded; who asks is found out (a key, or the session of a person); the permission
// that the table of routes names is demanded; the rate is limited; a POST with an Idempotency-Key is answered from
// memory where it was answered before; the handler opens one transaction, calls the capability, and records in it what
// was done for the audit trail.
//
// What always holds:
//
//   - Every route is in the table in routes.go, with the permission it needs. There is no way in beside it.
//   - A handler returns an error, and problem.go alone turns errors into answers: a fault with its sentence, code and
//     field; anything else as "internal", with its text in the log only.
//   - What was answered with 2xx is durable.
//   - Nothing of a person is in the log or the audit trail: ids, names of fields and routes, not paths or values.
package api
