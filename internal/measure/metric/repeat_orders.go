package metric

// repeatOrders counts orders that are not on their customer's first purchase day.
func repeatOrders() *Definition {
	return &Definition{
		Key: "repeat_orders", Unit: count, Better: higher, Total: true,
		Columns: []Column{bought("repeat_orders"), orderCount}, Value: total, N: nth(1),
	}
}
