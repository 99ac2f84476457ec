package metric

// ordersMeasure counts the orders of known customers in the window.
func ordersMeasure() *Definition {
	return &Definition{
		Key: "orders", Unit: count, Better: higher, Total: true,
		Columns: []Column{orderCount}, Value: total, N: nth(0),
	}
}
