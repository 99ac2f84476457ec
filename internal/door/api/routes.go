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

	on(a, get, "/v1/measures", account.MeasuresRead, "List measures", a.listMeasures)
	on(a, get, "/v1/measures/{key}", account.MeasuresRead, "Get a measure", a.getMeasure,
		says("The figure with its interval, what it was before and whether the change is real, its series, and its formula with your own numbers."))
	on(a, get, "/v1/report", account.MeasuresRead, "Get the loyalty picture", a.getReport,
		says("Everything at once, as `regulars report --format json` gives it."))
	on(a, get, "/v1/segments", account.MeasuresRead, "Get the RFM segments", a.getSegments)
	on(a, get, "/v1/segments/{segment}/customers", account.CustomersRead, "List the customers of a segment", a.listMembers,
		says("Most paid first."))

	on(a, post, "/v1/imports", account.ImportsWrite, "Send a file to import", a.newImport, streams("text/csv", "application/octet-stream", "multipart/form-data"),
		says("Orders, customers, answers or costs as CSV in any usual form, XLSX or Parquet, packed or not, up to 2 GB. Nothing is taken in before the import is started; the answer says how the file is understood."))
	on(a, get, "/v1/imports", account.ImportsRead, "List imports", a.listImports)
	on(a, get, "/v1/imports/{id}", account.ImportsRead, "Get an import", a.getImport, says("With how far it has come."))
	on(a, put, "/v1/imports/{id}/reading", account.ImportsWrite, "Read an import in another way", a.readImportAs)
	on(a, post, "/v1/imports/{id}/start", account.ImportsWrite, "Start an import", a.startImport)
	on(a, get, "/v1/imports/{id}/rejected", account.ImportsWrite, "Get the rejected rows of an import", a.readRejected,
		says("CSV: each row that could not be used, with its line and the reason. Mended, it can be sent as a file again."))
	on(a, http.MethodDelete, "/v1/imports/{id}", account.ImportsWrite, "Forget an import", a.forgetImport)
}
