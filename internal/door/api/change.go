package api

import (
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
)

// forChange reads a fact that is to be changed, and keeps others from doing so.
func (k *kind[S, W]) forChange(tx *db.Tx, in *FactIn, m *Matched,
	hold func(tx *db.Tx, customer, id, version int64) (bool, error)) (*S, error) {
	want, err := m.version()
	if err != nil {
		return nil, err
	}
	s, err := k.one(tx, in.ID)
	if err != nil {
		return nil, err
	}
	kept := k.kept(s)
	if err := changed(want, kept.Version); err != nil {
		return nil, err
	}
	ok, err := hold(tx, kept.Customer, kept.ID, kept.Version)
	if err == nil && !ok {
		err = db.ErrRestart // changed since it was read
	}
	return s, err
}

// sameName refuses to call a fact otherwise than it is called: the id says which one is meant.
func sameName(have, want string) error {
	switch have {
	case want:
		return nil
	case "":
		return fault.Conflictf("its customer was erased; what is left of it cannot be changed")
	}
	return fault.In("reference", fault.Conflictf("this one is called otherwise; hand another one in by POST"))
}

// holder names the customer whose a fact is and stays.
func holder(number int64) customer.Identity {
	if number <= 0 {
		return customer.Identity{}
	}
	return customer.Numbered(number)
}
