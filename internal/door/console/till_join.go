package console

import (
	"cmp"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// joiningAtTill is what somebody who joins at the till agrees to, in the words that they read or are read.
func (v *visit) joiningAtTill(business string) []field {
	return []field{
		{Name: "agreed", Label: v.l.T("portal.join.terms", business), Type: "tick"},
		{Name: "news", Label: v.l.T("portal.join.news", business), Type: "tick", Optional: true},
	}
}

func (v *visit) showTillJoin() error {
	return v.atTill(func(by account.Actor, _ *intake.Intake) error { return v.askTillJoin(by, 0, nil) })
}

// askTillJoin is the form by which somebody new joins; known is who is known already by what was typed.
func (v *visit) askTillJoin(by account.Actor, known int64, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	code, friend := "", ""
	if err := v.read(func(tx *db.Tx) (err error) {
		code, friend, err = v.friendOf(tx, by, cmp.Or(v.typed("ref"), v.r.URL.Query().Get("ref")))
		return err
	}); err != nil {
		return err
	}
	f := form{Action: "/till/join", Button: v.l.T("till.join.button"), Link: v.l.T("console.cancel"), To: "/till", Groups: []group{{Fields: []field{
		{Name: "full_name", Label: v.l.T("person.new.name"), Complete: "off", Optional: true},
		{Name: "phone", Label: v.l.T("person.new.phone"), Type: "tel", Complete: "off", Optional: true},
		{Name: "email", Label: v.l.T("console.email"), Help: v.l.T("till.join.email.help"), Type: "email", Complete: "off", Optional: true},
	}}, v.bornOn(), {Fields: v.joiningAtTill(b.Name)}}}
	if known > 0 {
		f.Link, f.To = v.l.T("person.new.known"), "/till/"+fact.PublicID(fact.CustomerPrefix, known)
	}
	lead := v.l.T("till.join.lead")
	if friend != "" {
		f.Hidden, lead = []hidden{{"ref", code}}, v.l.T("till.join.brought", friend)
		if known > 0 {
			lead = v.l.T("till.join.not_new", friend)
		}
	}
	return v.ask(v.l.T("till.join"), lead, f, wrong)
}

// joinAtTill takes somebody in who is new, and makes them a member. Who is known already by what was typed is not changed:
// pressed twice it leads to whom it made.
func (v *visit) joinAtTill() error {
	return v.atTill(func(by account.Actor, facts *intake.Intake) error {
		c, fields, err := v.typedCustomer(facts)
		if err != nil {
			return v.askTillJoin(by, 0, err)
		}
		c.Profile.Language = v.l.Tag()
		agreed, err := v.agreedAtTill(by)
		if err != nil {
			return v.askTillJoin(by, 0, err)
		}
		var who int64
		var known bool
		err = v.write(func(tx *db.Tx) error {
			field, s, err := knownBy(tx, c.Identities, facts.Business.Country)
			if err != nil {
				return err
			}
			if known = s != nil; known {
				who = s.Customer
				if !isTyped(s, &c, facts.Business.Country) {
					return fault.In(field, fault.Coded("known_already", fault.Conflictf("a customer is known by this already")))
				}
				return nil
			}
			out, err := facts.Customer(tx, c)
			if err != nil {
				return err
			}
			if err := facts.By(by).Took(tx, "customer", fact.CustomerPrefix, out.Outcome, fields); err != nil {
				return err
			}
			who = out.Customer
			if err := v.enrol(tx, by, facts, who, agreed); err != nil || v.typed("ref") == "" {
				return err
			}
			_, err = facts.Referrals().Tie(tx, who, v.typed("ref"))
			if k := fault.KindOf(err); k == fault.NotFound || k == fault.Conflict { // a member all the same
				err = nil
			}
			return err
		})
		if err != nil {
			if !known {
				who = 0
			}
			return v.askTillJoin(by, who, err)
		}
		return v.joinedAtTill(who)
	})
}

// agreedAtTill reads what somebody agreed to. The proof is who asked them.
func (v *visit) agreedAtTill(by account.Actor) ([]member.Given, error) {
	if v.typed("agreed") == "" {
		return nil, fault.In("agreed", fault.Coded("terms_needed", fault.Invalidf("members agree to the terms")))
	}
	b, err := v.business()
	if err != nil {
		return nil, err
	}
	var pages member.Settings
	if err := v.read(func(tx *db.Tx) (err error) { pages, err = member.Load(tx); return err }); err != nil {
		return nil, err
	}
	now, proof := time.Now().UTC(), "user:"+by.ID
	agreed := []member.Given{member.Terms(v.l.T("portal.join.terms", b.Name), pages.Version, proof, now)}
	if v.typed("news") != "" {
		agreed = append(agreed, member.News(v.l.T("portal.join.news", b.Name), proof, now))
	}
	return agreed, nil
}

func (v *visit) enrol(tx *db.Tx, by account.Actor, facts *intake.Intake, who int64, agreed []member.Given) error {
	if joined, err := facts.Enrol(tx, who, "till", "till", agreed); err != nil || !joined { // pressed twice
		return err
	}
	return account.Record(tx, account.Entry{Actor: by, Action: "member.joined", Target: fact.PublicID(fact.CustomerPrefix, who), Count: 1, Request: by.Request})
}

func (v *visit) joinedAtTill(who int64) error {
	v.Sessions.Put(v.ctx, "till-joined", v.l.T("till.joined"))
	return v.leave("/till/" + fact.PublicID(fact.CustomerPrefix, who))
}

// enrolAtTill makes a member of a customer who is known.
func (v *visit) enrolAtTill() error {
	return v.atCustomer(func(by account.Actor, facts *intake.Intake, s *customer.Stored) error {
		agreed, err := v.agreedAtTill(by)
		if err == nil {
			err = v.write(func(tx *db.Tx) error { return v.enrol(tx, by, facts, s.Customer, agreed) })
		}
		if err != nil {
			return v.retry(by, facts, s, err)
		}
		return v.joinedAtTill(s.Customer)
	})
}

// fillJoin shows what was ticked, and what was wrong with it.
func (v *visit) fillJoin(m *tillMember, wrong error) {
	for i := range m.Join {
		at := &m.Join[i]
		at.Value = v.typed(at.Name)
		if wrong != nil && fieldOf(wrong) == at.Name {
			at.Error, m.wrong = v.say(wrong), at.Name
		}
	}
}
