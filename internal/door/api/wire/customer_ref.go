package wire

// CustomerRef names a customer by one of what the customer is known under. A customer who is not known yet is made,
// unless named by id.
type CustomerRef struct {
	ID        string `json:"id,omitempty" doc:"The customer's id here." example:"cus_80000x3aaa400" maxLength:"40"`
	Reference string `json:"reference,omitempty" doc:"Your own id of the customer." example:"C-1017" maxLength:"300"`
	Email     string `json:"email,omitempty" maxLength:"300"`
	Phone     string `json:"phone,omitempty" doc:"With the country (+30 ...), or as dialled in the country of the business." maxLength:"60"`
	Card      string `json:"card,omitempty" doc:"Number of a loyalty card." maxLength:"300"`
	Visitor   string `json:"visitor,omitempty" doc:"A visitor of your site who is nobody known; for events." maxLength:"300"`
	Kind      string `json:"kind,omitempty" doc:"Name of another system that has an id for the customer, with value." example:"shopify" maxLength:"60"`
	Value     string `json:"value,omitempty" doc:"The id in that system." maxLength:"300"`
}
