package metric

// activeCustomersMeasure counts customers with at least one order in the window.
func activeCustomersMeasure() *Definition {
	return &Definition{
		Key: "active_customers", Unit: count, Better: higher, Total: true,
		Columns: []Column{activeCustomers}, Value: total, N: nth(0),
	}
}
