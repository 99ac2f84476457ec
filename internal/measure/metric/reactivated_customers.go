package metric

// reactivatedCustomers counts customers current at the end of the window who were not at its start and are not new:
// they lapsed and came back.
func reactivatedCustomers() *Definition {
	return &Definition{
		Key: "reactivated_customers", Unit: count, Better: higher, Total: true,
		Columns: []Column{current("at_end * (1 - at_start) * (1 - fresh)")}, Value: total, N: nth(0),
	}
}
