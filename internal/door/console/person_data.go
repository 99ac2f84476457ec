package console

import (
	"net/http"
	"strings"

	"regulars/internal/act/draw"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// exportCustomer gives out everything that is known of a customer, as a file for them; into the trail first.
func (v *visit) exportCustomer() error {
	return v.with(account.CustomersExport, func(by account.Actor, s *customer.Stored) error {
		if err := v.write(func(tx *db.Tx) error { return intake.By{Actor: by}.Exported(tx, s.Customer) }); err != nil {
			return err
		}
		var text []byte
		if err := v.read(func(tx *db.Tx) (err error) {
			text, err = intake.Everything(tx, s.Customer, &draw.Desk{Box: v.Post.Box})
			return err
		}); err != nil {
			return err
		}
		v.w.Header().Set("Content-Type", "application/json")
		v.w.Header().Set("Content-Disposition", `attachment; filename="`+fact.PublicID(fact.CustomerPrefix, s.Customer)+`.json"`)
		v.w.Header().Set("Cache-Control", "no-store")
		_, _ = v.w.Write(text) // who has gone needs no answer
		return nil
	})
}

func (v *visit) askErase() error {
	return v.with(account.CustomersErase, func(by account.Actor, s *customer.Stored) error { return v.erasure(by, s, nil) })
}

// erasure is the page that says what goes and what stays, and asks for the name of whom it is about.
func (v *visit) erasure(by account.Actor, s *customer.Stored, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	collects, err := v.collects()
	if err != nil {
		return err
	}
	var orders int64
	if err := v.read(func(tx *db.Tx) (err error) { _, orders, err = customer.Extent(tx, s.Customer); return err }); err != nil {
		return err
	}
	goes := []string{v.l.T("person.erase.who"), v.l.T("person.erase.consents"), v.l.T("person.erase.words")}
	if collects {
		goes = append(goes, v.l.T("person.erase.points"))
	}
	stays := []string{v.l.T("person.erase.trail"), v.l.T("person.erase.backups")}
	if orders > 0 {
		stays = append([]string{v.l.P("person.erase.orders", orders)}, stays...)
	}
	confirm := []field{{Name: "confirm", Label: v.l.T("person.erase.confirm", v.nameOf(by, s)), Complete: "off"}}
	page := sheet{Title: v.l.T("person.erase.title"), Lead: v.l.T("person.erase.lead"), Content: sure{
		About:  []said{{v.l.T("console.customers.who"), v.describedAs(by, s, b)}},
		Parts:  []foreseen{{v.l.T("person.erase.goes"), goes}, {v.l.T("person.erase.stays"), stays}},
		Fields: confirm, Action: "/customers/" + fact.PublicID(fact.CustomerPrefix, s.Customer) + "/erase", Button: v.l.T("person.erase.button"), Harm: true,
		Back: "/customers/" + fact.PublicID(fact.CustomerPrefix, s.Customer),
	}}
	status := http.StatusOK
	if wrong != nil {
		status = v.status(wrong)
		v.fill(confirm, true)
		said := v.say(wrong)
		page.Problems = []problem{{besides(confirm, wrong, said), said}}
	}
	return v.show(status, "sure", page)
}

// eraseCustomer forgets who a customer is, once the name was typed. Who is forgotten already stays so.
func (v *visit) eraseCustomer() error {
	return v.allowed(account.CustomersRead, func(by account.Actor) error {
		if err := by.Require(account.CustomersErase); err != nil {
			return err
		}
		s, err := v.meant()
		if s != nil && !s.Erased.IsZero() {
			return v.forgotten()
		}
		if err != nil {
			return err
		}
		plain := func(text string) string { return strings.Join(strings.Fields(text), " ") }
		typed := plain(v.typed("confirm"))
		if !strings.EqualFold(typed, plain(v.nameOf(by, s))) && typed != fact.PublicID(fact.CustomerPrefix, s.Customer) {
			return v.erasure(by, s, fault.In("confirm", fault.Coded("not_confirmed", fault.Invalidf("type it as it stands there"))))
		}
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		if _, err := facts.By(by).Erase(v.ctx, v.Store, customer.Numbered(s.Customer)); err != nil {
			return err
		}
		return v.forgotten()
	})
}

func (v *visit) forgotten() error {
	return v.message(http.StatusOK, v.l.T("person.erased.title"), message{Text: []string{v.l.T("person.erased.text")}, Link: v.l.T("console.customers.title"), To: "/customers"})
}
