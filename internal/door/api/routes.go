package api

import (
	"net/http"

	"regulars/internal/base/account"
	"regulars/internal/record/catalogue"
)

// The methods, short, so that a route is a line.
const (
	get    = http.MethodGet
	post   = http.MethodPost
	put    = http.MethodPut
	patch  = http.MethodPatch
	remove = http.MethodDelete
)

// table is everything that can be asked for, and what it takes to be allowed.
func (a *API) table() {
	on(a, get, "/v1/openapi.json", "", "Describe the API", a.describeAPI, open, under("about"))
	on(a, get, "/v1/reference", "", "Read the reference", a.readReference, open, under("about"))
	on(a, get, "/v1/reference.css", "", "Style the reference", a.readStyle, open, hidden)
	on(a, get, "/v1/problems", "", "List the codes of problems", a.listProblems, open, under("about"))

	on(a, get, "/v1/business", account.SettingsRead, "Get the business", a.getBusiness)
	on(a, put, "/v1/business", account.SettingsWrite, "Set the business", a.putBusiness)

	a.tableOfCustomers()
	a.tableOfFacts()
	a.tableOfFigures()
	a.tableOfQuality()
	a.tableOfUnits()
	a.tableOfPools()
	a.tableOfRewards()
	a.tableOfPackages()
	a.tableOfProgramme()
	a.tableOfReferrals()
	a.tableOfDraws()
	a.tableOfFraud()
	a.tableOfLimits()
	a.tableOfGifts()
	a.tableOfAccounts()
	a.tableOfPredictions()
	a.tableOfNext()
	a.tableOfWork()
}

// tableOfWork is what goes on in the background, and what is told outside.
func (a *API) tableOfWork() {
	on(a, get, "/v1/jobs", account.JobsRead, "List jobs", a.listJobs, says("Work in the background. Those that are over are kept for a week, those that were given up for three months."))
	on(a, get, "/v1/jobs/counts", account.JobsRead, "Count jobs", a.countJobs, says("By kind and state, with the schedules that add jobs."))
	on(a, get, "/v1/jobs/{id}", account.JobsRead, "Get a job", a.getJob, says("With how far it has come."))
	on(a, post, "/v1/jobs/{id}/replay", account.JobsManage, "Replay a job", a.replayJob, says("Has a job that was given up or discarded run again, as if it were new."))
	on(a, post, "/v1/jobs/{id}/discard", account.JobsManage, "Discard a job", a.discardJob, says("Ends a job that waits or was given up."))

	const one = "/v1/webhooks/endpoints/{id}"
	on(a, get, "/v1/webhooks/types", account.WebhooksManage, "List the types of webhooks", a.listWebhookTypes)
	on(a, get, "/v1/webhooks/endpoints", account.WebhooksManage, "List webhook endpoints", a.listEndpoints, says("All of them, the oldest first."))
	on(a, post, "/v1/webhooks/endpoints", account.WebhooksManage, "Create a webhook endpoint", a.createEndpoint,
		says("The answer holds the secret that messages are signed with (Standard Webhooks). It is not shown again."))
	on(a, get, one, account.WebhooksManage, "Get a webhook endpoint", a.getEndpoint)
	on(a, patch, one, account.WebhooksManage, "Change a webhook endpoint", a.changeEndpoint)
	on(a, remove, one, account.WebhooksManage, "Delete a webhook endpoint", a.deleteEndpoint, says("What still waits for it is not sent."))
	on(a, post, one+"/rotate", account.WebhooksManage, "Rotate the secret of a webhook endpoint", a.rotateEndpoint,
		says("For a day messages carry two signatures, of the new secret and of the old."))
	on(a, post, one+"/test", account.WebhooksManage, "Test a webhook endpoint", a.testEndpoint, says("Sends it a message of the type webhook.test, also where it is disabled."))
	on(a, post, one+"/replay", account.WebhooksManage, "Replay webhooks of a time", a.replayEndpoint,
		says("Sends the endpoint what was told in a time. Messages are kept for 30 days, also while an endpoint is disabled."))
	on(a, get, one+"/deliveries", account.WebhooksManage, "List webhook deliveries", a.listDeliveries)
	on(a, get, one+"/deliveries/{message}", account.WebhooksManage, "Get a webhook delivery", a.getDelivery, says("With what is sent, and each attempt."))
	on(a, post, one+"/deliveries/{message}/replay", account.WebhooksManage, "Replay a webhook", a.replayDelivery, says("Sends a message again, or for the first time, whatever became of it."))
}

func (a *API) tableOfFigures() {
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
	on(a, remove, "/v1/imports/{id}", account.ImportsWrite, "Forget an import", a.forgetImport)
}

// again is how facts are handed in: safe to repeat.
const again = " Handed in again under the same source and reference it is the same one: with other content it is changed, and what it was before is kept."

func (a *API) tableOfCustomers() {
	on(a, get, "/v1/customers", account.CustomersRead, "List customers", a.listCustomers,
		says("The newest first, or as sort says. Those who were merged into others or erased are left out. Chosen or sorted by what they did, the list comes with each customer's summary."))
	on(a, post, "/v1/customers", account.CustomersWrite, "Put a customer", a.putCustomer,
		says("Makes a customer, or changes the one who is known by the reference or else the first identity: what is left out stays as it was."))
	on(a, get, "/v1/customers/{id}", account.CustomersRead, "Get a customer", a.getCustomer)
	on(a, patch, "/v1/customers/{id}", account.CustomersWrite, "Change a customer", a.changeCustomer)
	on(a, put, "/v1/customers/{id}", account.CustomersWrite, "Replace a customer", a.replaceCustomer,
		says("What is left out of the profile is emptied. Identities are only added."))
	on(a, remove, "/v1/customers/{id}", account.CustomersErase, "Erase a customer", a.eraseCustomer,
		says("Takes away for good all that tells who the customer was, with all who were merged into it. What was bought stays, under a number that leads nowhere."))
	on(a, get, "/v1/customers/{id}/export", account.CustomersExport, "Export a customer", a.exportCustomer,
		says("Everything known of the customer, for you to answer somebody who asks what you keep of them. It names other customers and staff too, and says what is suspected: read it over before you hand it on. What members take of themselves leaves that out."))
	on(a, post, "/v1/customers/{id}/merge", account.CustomersWrite, "Merge a customer", a.mergeCustomer,
		says("Says that the customer is the same person as another, who stands for both from then on."))
	on(a, post, "/v1/customers/{id}/unmerge", account.CustomersWrite, "Unmerge a customer", a.unmergeCustomer,
		says("Makes a customer who was merged one of its own again."))
	on(a, get, "/v1/customers/{id}/consents", account.CustomersRead, "List consents", a.listConsents, says("All of them, the last one first."))
	on(a, post, "/v1/customers/{id}/consents", account.CustomersWrite, "Add a consent", a.addConsent,
		says("Records what the customer agreed to, or took back. No consent is ever changed: record a later one."))
	on(a, get, "/v1/customers/{id}/notes", account.PersonalRead, "List notes", a.listNotes, says("What people of the business wrote down about the customer, the last one first."))
	on(a, post, "/v1/customers/{id}/notes", account.CustomersWrite, "Add a note", a.addNote, says("A note is never changed. It is exported with the customer, and forgotten with them."))
	on(a, remove, "/v1/customers/{id}/notes/{note}", account.CustomersWrite, "Remove a note", a.removeNote)
	on(a, get, "/v1/customers/{id}/phones", account.CustomersRead, "List phones", a.listPhones, says("Those on which the customer switched notices on, the first one first."))
	on(a, remove, "/v1/customers/{id}/phones/{phone}", account.CustomersWrite, "Turn notices off on a phone", a.removePhone, says("For a phone that was lost. What the customer agreed to stays."))
}

func (a *API) tableOfFacts() {
	on(a, post, "/v1/bulk", "", "Send many facts", a.bulk, streams("application/x-ndjson"), a.answersLines, says("Up to 10,000 lines, each a JSON object: what would be "+
		"sent to the address of its type, and the type: {\"type\":\"order\",\"reference\":\"1\", ...}. Types are customer, order, return, subscription, event, "+
		"answer, cost, initiative and product; each needs the permission of its own address. Lines are taken in the order they come, and answered in that "+
		"order by a line each, as they are done. A line that is refused keeps no other back. Whatever has no answer when a connection breaks may be sent again."))

	on(a, get, "/v1/orders", account.FactsRead, "List orders", a.listOrders)
	on(a, post, "/v1/orders", account.SalesWrite, "Put an order", a.putOrder, says("Records an order."+again))
	on(a, get, "/v1/orders/{id}", account.FactsRead, "Get an order", orders.get(a))
	on(a, put, "/v1/orders/{id}", account.SalesWrite, "Change an order", a.changeOrder)

	on(a, get, "/v1/returns", account.FactsRead, "List returns", a.listReturns)
	on(a, post, "/v1/returns", account.SalesWrite, "Put a return", a.putReturn, says("Records a return."+again))
	on(a, get, "/v1/returns/{id}", account.FactsRead, "Get a return", returns.get(a))
	on(a, put, "/v1/returns/{id}", account.SalesWrite, "Change a return", a.changeReturn)

	on(a, get, "/v1/subscriptions", account.FactsRead, "List subscriptions", a.listSubscriptions)
	on(a, post, "/v1/subscriptions", account.FactsWrite, "Put a subscription", a.putSubscription, says("Records a subscription."+again))
	on(a, get, "/v1/subscriptions/{id}", account.FactsRead, "Get a subscription", subscriptions.get(a))
	on(a, put, "/v1/subscriptions/{id}", account.FactsWrite, "Change a subscription", a.changeSubscription)

	on(a, get, "/v1/events", account.FactsRead, "List events", a.listEvents)
	on(a, post, "/v1/events", account.EventsAdd, "Add an event", a.addEvent,
		says("Handed in again under the same source and reference it is the same one; with other content it is refused as a conflict."))
	on(a, post, "/v1/events/batch", account.EventsAdd, "Add several events", a.addEvents, atMost(eventsMost),
		says("Up to 1000 at once, each with a result of its own."))
	on(a, get, "/v1/events/{id}", account.FactsRead, "Get an event", events.get(a))

	on(a, get, "/v1/answers", account.FactsRead, "List answers", a.listAnswers)
	on(a, post, "/v1/answers", account.FactsWrite, "Put an answer", a.putAnswer, says("Records an answer."+again))
	on(a, get, "/v1/answers/{id}", account.FactsRead, "Get an answer", answers.get(a))
	on(a, put, "/v1/answers/{id}", account.FactsWrite, "Change an answer", a.changeAnswer)

	on(a, get, "/v1/costs", account.FactsRead, "List costs", a.listCosts, says("In the order of sources and references."))
	on(a, post, "/v1/costs", account.FactsWrite, "Put a cost", a.putCost)
	on(a, get, "/v1/costs/{reference}", account.FactsRead, "Get a cost", a.getCost)
	on(a, remove, "/v1/costs/{reference}", account.FactsWrite, "Delete a cost", a.deleteCost)

	on(a, get, "/v1/initiatives", account.FactsRead, "List initiatives", a.listInitiatives, says("In the order of sources and references."))
	on(a, post, "/v1/initiatives", account.FactsWrite, "Put an initiative", a.putInitiative)
	on(a, get, "/v1/initiatives/{reference}", account.FactsRead, "Get an initiative", a.getInitiative)
	on(a, remove, "/v1/initiatives/{reference}", account.FactsWrite, "Delete an initiative", a.deleteInitiative)

	on(a, get, "/v1/products", account.FactsRead, "List products", a.listProducts, says("In the order of references."))
	on(a, post, "/v1/products", account.FactsWrite, "Put a product", a.putProduct)
	on(a, get, "/v1/products/{reference}", account.FactsRead, "Get a product", a.getProduct)
	on(a, get, "/v1/categories", account.FactsRead, "List categories", a.places(catalogue.Categories), under("products"), says("In the order of names."))
	on(a, get, "/v1/stores", account.FactsRead, "List stores", a.places(catalogue.Stores), under("products"), says("As orders name them, in the order of references."))
	on(a, get, "/v1/channels", account.FactsRead, "List sales channels", a.places(catalogue.Channels), under("products"), says("As orders name them, in the order of references."))
}
