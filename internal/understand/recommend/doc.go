// Package recommend says what a customer will buy again, and what they have never bought and would.
//
// Nouns. A Basket is what was bought together, each product once. A Book is customers with their baskets in order. Again
// ranks what a customer has bought: how often, then how lately, then how popular, and fills up with what is popular. New
// ranks what they have not bought by Likeness: products are alike where the same customers buy both. A Rule is a set of
// products and one that goes with it, by exact counts.
//
// What always holds: counts are integers, and a rule at exactly the confidence asked for is a rule; nothing is ranked by
// raw lift, which puts accidents first; products seen together less than a minimum are not alike; equals are ordered by
// popularity and then by number, so that the same book gives the same lists; every suggestion has its reason in figures.
//
// What it does not do: know stock or margins (Options.Allowed is asked), choose words, send anything.
package recommend
