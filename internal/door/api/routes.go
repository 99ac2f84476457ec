package api

import (
	"net/http"

	"regulars/internal/base/account"
)

// The methods, short, so that a route is a line.
const (
	get  = http.MethodGet
	post = http.MethodPost
	put  = http.MethodPut
)

// table is everything that can be asked for, and what it takes to be allowed.
func (a *API) table() {
	on(a, get, "/v1/openapi.json", "", "Describe the API", a.describeAPI, open, under("about"))
	on(a, get, "/v1/reference", "", "Read the reference", a.readReference, open, under("about"))
	on(a, get, "/v1/reference.css", "", "Style the reference", a.readStyle, open, hidden)
	on(a, get, "/v1/problems", "", "List the codes of problems", a.listProblems, open, under("about"))

	on(a, get, "/v1/business", account.SettingsRead, "Get the business", a.getBusiness)
	on(a, put, "/v1/business", account.SettingsWrite, "Set the business", a.putBusiness)

	on(a, post, "/v1/orders", account.FactsWrite, "Put an order", a.putOrder,
		says("Records an order, or changes the one that has the same source and reference. What it was before is kept."))
}
