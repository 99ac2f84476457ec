package console

import (
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// jotted is a note as it is shown.
type jotted struct{ ID, Text, Says string }

// notes are what was written down about a customer, for who may know who it is.
func (v *visit) notes(tx *db.Tx, by account.Actor, members []int64, b business.Business) (shown []jotted, err error) {
	if !by.May(account.PersonalRead) {
		return nil, nil
	}
	all, err := customer.Notes(tx, members...)
	for i := range all {
		n := &all[i]
		shown = append(shown, jotted{n.ID, n.Text, n.Name + " · " + v.l.Date(n.Written.In(zoneOf(b)))})
	}
	return shown, err
}

// noteBytes bounds what is read of a form; how many characters a note may have is customer's to say.
const noteBytes = 20_000

func (v *visit) addNote() error {
	return v.with(account.CustomersWrite, func(by account.Actor, s *customer.Stored) error {
		text, err := v.typedText("text", noteBytes)
		if err != nil {
			return err
		}
		key, err := v.key()
		if err != nil {
			return err
		}
		n := customer.Note{ID: "note_" + strings.ToLower(key), Text: text, Writer: by.ID, Name: by.Name}
		err = v.write(func(tx *db.Tx) error {
			created, err := customer.AddNote(tx, s.Customer, n)
			if err != nil || !created {
				return err
			}
			return account.Record(tx, account.Entry{Actor: by, Action: "customer.note_added", Target: fact.PublicID(fact.CustomerPrefix, s.Customer),
				Fields: []string{"text"}, Count: 1, Request: by.Request})
		})
		if err != nil {
			return err
		}
		return v.back(s, "#notes")
	})
}

func (v *visit) removeNote() error {
	return v.with(account.CustomersWrite, func(by account.Actor, s *customer.Stored) error {
		err := v.write(func(tx *db.Tx) error {
			members, err := customer.Members(tx, s.Customer)
			if err != nil {
				return err
			}
			gone, err := customer.RemoveNote(tx, v.typed("note"), members...)
			if err != nil || !gone {
				return err
			}
			return account.Record(tx, account.Entry{Actor: by, Action: "customer.note_removed", Target: fact.PublicID(fact.CustomerPrefix, s.Customer), Count: 1, Request: by.Request})
		})
		if err != nil {
			return err
		}
		return v.back(s, "#notes")
	})
}
