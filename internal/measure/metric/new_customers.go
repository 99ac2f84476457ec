package metric

// newCustomer is a customer whose first order ever lies in the frame. A first purchase day cut in two by the bounds of
// frames has its customer new in one of them only.
var newCustomer = bought("CASE WHEN first_orders > 0 THEN 1 ELSE 0 END")

// newCustomersMeasure counts customers whose first order ever lies in the window.
func newCustomersMeasure() *Definition {
	return &Definition{
		Key: "new_customers", Unit: count, Better: higher, Total: true,
		Columns: []Column{newCustomer}, Value: total, N: nth(0),
	}
}
