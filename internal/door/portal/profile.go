package portal

import (
	"net/http"
	"strings"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/member"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// self is what a member says of themselves, and agreed to.
type self struct {
	GivenName, FamilyName, Email string
	Born                         born
	Saved                        bool
	News                         bool
	NewsWording                  string
	NewsSince                    string
	Confirm                      string  // what is to be typed to be erased
	Phones                       *phones // nil: there are none, and none can be switched on
}

// mine reads what is known of the member.
func (v *visit) mine(tx *db.Tx, zone *time.Location) (s self, err error) {
	stored, err := customer.Get(tx, v.me)
	if err == nil && !stored.Erased.IsZero() {
		err = fault.NotFoundf("the member has been erased")
	}
	if err != nil {
		return s, err
	}
	p := &stored.Profile
	s = self{GivenName: p.GivenName, FamilyName: p.FamilyName, NewsWording: v.l.T("portal.join.news", v.name())}
	s.Born = v.born(shown(p.Birthday.Day), shown(p.Birthday.Month), shown(p.Birthday.Year))
	members, err := customer.Members(tx, v.me)
	if err != nil {
		return s, err
	}
	_, identities, err := customer.MergedInto(tx, []int64{v.me})
	if err != nil {
		return s, err
	}
	all := stored.Identities
	for _, m := range members {
		all = append(all, identities[m]...)
	}
	for _, i := range all {
		if i.Kind == customer.Email && s.Email == "" {
			s.Email = i.Written
		}
	}
	if s.Confirm = s.Email; s.Confirm == "" {
		s.Confirm = fact.PublicID(fact.CustomerPrefix, v.me)
	}
	consents, err := customer.Consents(tx, members...)
	if err != nil {
		return s, err
	}
	for i := range consents {
		if c := &consents[i]; c.Channel == member.NewsChannel && c.Purpose == member.NewsPurpose {
			if s.News = c.Granted; c.Granted {
				s.NewsWording, s.NewsSince = c.Wording, v.l.T("portal.profile.since", v.l.Date(c.Given.In(zone)))
			}
			break
		}
	}
	return s, nil
}

func (v *visit) showProfile() error {
	return v.signedIn(func() error { return v.profile(nil, v.r.URL.Query().Get("saved") != "") })
}

func (v *visit) profile(wrong error, saved bool) error {
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	var s self
	if err := v.read(func(tx *db.Tx) (err error) { s, err = v.mine(tx, facts.Business.Zone); return err }); err != nil {
		return err
	}
	if s.Phones, err = v.phones(facts.Business.Zone); err != nil {
		return err
	}
	if s.Saved = saved; wrong != nil && v.r.URL.Path == "/my/profile" {
		s.GivenName, s.FamilyName, s.Born = v.typed("given_name"), v.typed("family_name"), v.typedBorn()
	}
	return v.again("profile", sheet{Title: v.l.T("portal.profile.title"), Content: s}, wrong)
}

func (v *visit) saveProfile() error {
	return v.signedIn(func() error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		p := customer.Profile{GivenName: strings.TrimSpace(v.typed("given_name")), FamilyName: strings.TrimSpace(v.typed("family_name"))}
		if p.Birthday, err = v.typedBirthday(); err != nil {
			return v.profile(err, false)
		}
		for _, f := range []struct {
			name  string
			empty bool
		}{{"given_name", p.GivenName == ""}, {"family_name", p.FamilyName == ""}, {"birthday", p.Birthday == customer.Birthday{}}} {
			if f.empty {
				p.Clear = append(p.Clear, f.name)
			}
		}
		err = v.write(func(tx *db.Tx) error {
			out, err := facts.Customer(tx, intake.Customer{Identities: []customer.Identity{customer.Numbered(v.me)}, Profile: p})
			if err == nil {
				err = out.Err
			}
			return err
		})
		if fault.KindOf(err) == fault.Invalid {
			return v.profile(err, false)
		}
		if err != nil {
			return err
		}
		return v.to("/my/profile?saved=1")
	})
}

// consent records that the member agrees, or not any more. No consent is ever changed: a later one counts.
func (v *visit) consent() error {
	return v.signedIn(func() error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		err = v.write(func(tx *db.Tx) error {
			if err := customer.HoldAny(tx, v.me); err != nil {
				return err
			}
			members, err := customer.Members(tx, v.me)
			if err != nil {
				return err
			}
			if agreed, err := customer.Agreed(tx, members, member.NewsChannel, member.NewsPurpose); err != nil || agreed == (v.typed("news") == "yes") {
				return err // pressed twice, or it was so before
			}
			out, err := facts.Consent(tx, customer.Numbered(v.me), customer.Consent{Channel: member.NewsChannel, Purpose: member.NewsPurpose, Granted: v.typed("news") == "yes",
				Wording: v.l.T("portal.join.news", v.name()), Source: "member pages", Proof: v.Address(v.r).String(), Given: tx.Now})
			if err == nil {
				err = out.Err
			}
			return err
		})
		if err != nil {
			return err
		}
		return v.to("/my/profile?saved=1")
	})
}

func (v *visit) export() error {
	return v.signedIn(func() error {
		if err := v.write(func(tx *db.Tx) error { return intake.By{Actor: v.noted()}.Exported(tx, v.me) }); err != nil {
			return err
		}
		var text []byte
		if err := v.read(func(tx *db.Tx) (err error) { text, err = intake.Own(tx, v.me, &draw.Desk{Box: v.Post.Box}); return err }); err != nil {
			return err
		}
		v.w.Header().Set("Content-Type", "application/json")
		v.w.Header().Set("Content-Disposition", `attachment; filename="`+fact.PublicID(fact.CustomerPrefix, v.me)+`.json"`)
		_, _ = v.w.Write(text) // who has gone needs no answer
		return nil
	})
}

func (v *visit) erase() error {
	return v.signedIn(func() error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		var s self
		if err := v.read(func(tx *db.Tx) (err error) { s, err = v.mine(tx, facts.Business.Zone); return err }); fault.KindOf(err) == fault.NotFound {
			return v.forgotten() // pressed twice
		} else if err != nil {
			return err
		}
		if !strings.EqualFold(strings.TrimSpace(v.typed("confirm")), s.Confirm) {
			return v.profile(fault.In("confirm", fault.Coded("not_confirmed", fault.Invalidf("type it as it stands there"))), false)
		}
		if _, err := facts.By(v.noted()).Erase(v.ctx, v.Store, customer.Numbered(v.me)); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		return v.forgotten()
	})
}

// forgotten says that the member is, and signs them out.
func (v *visit) forgotten() error {
	http.SetCookie(v.w, v.cookie(v.session(), "", 0))
	v.me = 0
	return v.show(http.StatusOK, "message", sheet{Title: v.l.T("portal.erased.title"), Content: note{Text: []string{v.l.T("portal.erased.text")}}})
}
