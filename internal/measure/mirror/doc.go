// Package mirror keeps facts in columns and shows them as the views that measures are computed from.
//
// The views, the same names and columns on every engine:
//
//	sales(customer_id, order_id, local_us, day, month, amount_minor, kind, is_return)
//	    one row a line of an order, or a whole order; the lines of one customer with one order_id are one order;
//	    amount_minor is negative for a return; kind is what "more than one kind of product" counts
//	customers(customer_id, reference, channel, referred)
//	answers(answer_id, customer_id, local_us, day, kind, aspect, score, scale, scored, delivered, finished,
//	    replied_us, solved_us, due_us)
//	costs(day, channel, retention, amount_minor)
//	anonymous_sales(day, amount_minor)
//
// local_us is the wall clock of the business in microseconds since 1970, day the local day since 1970, month the
// local month counted from year 0 (year * 12 + month - 1). Other columns of the sources are in attribute columns,
// reached through Source.Attribute.
//
// Three sources show them: a Copy, loaded from files; a Follower, a copy that follows the facts of a store; and Direct,
// the facts of a store in PostgreSQL themselves.
//
// What always holds: every recorded fact is in exactly one row; who was merged into another counts as that one; a source
// of a store shows one moment. A follower's rows and its position in the feed change in one transaction, so that a refresh
// that fails changes nothing; after one that succeeds the copy equals the facts of one moment. Nothing here is the truth:
// deleted, it is made again.
//
// It does not measure anything.
package mirror
