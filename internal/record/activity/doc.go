// Package activity is what customers do besides buying: events on a site or in an app, in the names of the Segment
// e-commerce specification (Product Viewed, Cart Viewed, Products Searched ...), and subscriptions, which begin and are
// cancelled.
//
// What always holds: an event is known by the customer, source and reference and recorded once, and never changed. A
// subscription is known by source and reference; what it was before a change is kept.
//
// Visits and funnels are made of events where they are measured, not here.
package activity
