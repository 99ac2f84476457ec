package console

import (
	"regulars/internal/act/member"
	"regulars/internal/act/notice"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// handsets are the phones on which a customer is told.
type handsets struct {
	All   []handset
	Quiet bool // nobody is told at present
	May   bool // turn them off
}

type handset struct{ ID, Device, Says string }

// handsets are those of a person; nil: there are none.
func (v *visit) handsets(tx *db.Tx, by account.Actor, members []int64, b business.Business) (*handsets, error) {
	all, err := notice.Phones(tx, members)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	pages, err := member.Load(tx)
	shown := &handsets{Quiet: pages.NoNotices || !pages.Open, May: by.May(account.CustomersWrite)}
	for i := range all {
		p := &all[i]
		told := v.l.T("console.customers.phones.never")
		if !p.Told.IsZero() {
			told = v.l.T("console.customers.phones.told", v.l.Date(p.Told.In(zoneOf(b))))
		}
		h := handset{ID: p.PublicID(), Device: p.Device, Says: v.l.T("console.customers.phones.since", v.l.Date(p.Made.In(zoneOf(b)))) + " · " + told}
		if h.Device == "" {
			h.Device = v.l.T("console.customers.phones.unknown")
		}
		shown.All = append(shown.All, h)
	}
	return shown, err
}

// removePhone ends that a customer is told on a phone, such as one that was lost. What the customer agreed to stays.
func (v *visit) removePhone() error {
	return v.with(account.CustomersWrite, func(by account.Actor, s *customer.Stored) error {
		if err := v.write(func(tx *db.Tx) error {
			members, err := customer.Members(tx, s.Customer)
			if err != nil {
				return err
			}
			gone, _, err := notice.Remove(tx, members, func(p notice.Phone) bool { return p.PublicID() == v.typed("phone") })
			if err != nil || gone == 0 {
				return err
			}
			return account.Record(tx, account.Entry{Actor: by, Action: "customer.phone_removed", Target: fact.PublicID(fact.CustomerPrefix, s.Customer), Count: 1, Request: by.Request})
		}); err != nil {
			return err
		}
		return v.back(s, "#phones")
	})
}
