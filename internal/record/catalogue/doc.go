// Package catalogue is what facts refer to by name: products and their categories, stores, sales channels, and the names
// of attributes.
//
// What always holds: a product's or category's id comes of its reference, so that whoever meets a name first makes it,
// and two who meet it at once make the same one. An attribute has one spelling, its first, in all facts of a kind.
// Names is a memory in front of the tables; it knows only what is committed.
//
// A product may have a cost, and may be sold out; how many are in stock, prices and images of products are none of its business.
package catalogue
