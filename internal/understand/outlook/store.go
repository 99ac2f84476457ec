package outlook

import (
	"regulars/internal/base/db"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/understand/predict"
)

// FromStore reads the orders that are kept and foretells, as FromFiles does of the files they came from. An empty store
// gives a page that says what is lacking. History is what was read, to score from.
func FromStore(tx *db.Tx, o predict.Options) (*Page, *predict.History, error) {
	b, err := business.Load(tx)
	if err != nil {
		return nil, nil, err
	}
	o.Digits = b.Digits()
	history, err := Purchases(tx)
	if err != nil {
		return nil, nil, err
	}
	page, err := FromPurchases(history, o, b.Currency)
	return page, history, err
}

// FromPurchases foretells from what was read.
func FromPurchases(history *predict.History, o predict.Options, currency string) (*Page, error) {
	if len(history.People) == 0 {
		return &Page{Outlook: &predict.Outlook{Options: o, Lack: predict.FewCustomers}, Currency: currency}, nil
	}
	return foretell(history, o, currency)
}

// Purchases reads what everybody bought: those who were merged count as one, under the id that stands for the person.
func Purchases(tx *db.Tx) (*predict.History, error) {
	ids := map[int64]string{}
	if err := customer.EachID(tx, func(number int64, reference string) { ids[number] = reference }); err != nil {
		return nil, err
	}
	var g predict.Gatherer
	places := make(map[int64]int32, len(ids))
	err := order.EachSale(tx, func(s order.Sale) {
		who, known := places[s.Customer]
		if !known {
			id := ids[s.Customer]
			if id == "" { // erased
				id = fact.PublicID(fact.CustomerPrefix, s.Customer)
			}
			who = g.Customer(s.Customer, id)
			places[s.Customer] = who
		}
		g.Sale(who, s.Day, max(s.AmountMinor, -s.AmountMinor), s.Return)
	})
	if err != nil {
		return nil, err
	}
	return g.History(), nil
}
