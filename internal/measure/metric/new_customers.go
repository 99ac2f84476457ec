package metric

// newCustomer is a customer whose first order ever lies in the frame: the frame holds an order that is no repeat.
var newCustomer = bought("CASE WHEN orders > repeat_orders THEN 1 ELSE 0 END")

// newCustomersMeasure counts customers whose first order ever lies in the window.
func newCustomersMeasure() *Definition {
	return &Definition{
		Key: "new_customers", Unit: count, Better: higher, Total: true,
		Columns: []Column{newCustomer}, Value: total, N: nth(0),
	}
}
