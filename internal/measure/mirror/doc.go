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
// local month counted from year 0 (year * 12 + month - 1). Other columns of the sources are in attribute views, one
// a name, reached through Source.Attribute.
//
// What always holds: every recorded fact is in exactly one row; a customer_id is a dense number given in the order
// of first appearance; nothing here is the truth, all of it can be loaded again.
//
// It does not measure anything.
package mirror
