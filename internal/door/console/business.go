package console

import (
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
)

func (v *visit) showBusiness() error {
	return v.allowed(account.SettingsRead, func(by account.Actor) error { return v.askBusiness(by, nil) })
}

// askBusiness shows what is known of the business, to be changed by who may.
func (v *visit) askBusiness(by account.Actor, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	may := by.May(account.SettingsWrite)
	now := wordsOf(b)
	f := form{Action: "/business", Groups: []group{{Fields: []field{
		{Name: "name", Label: v.l.T("console.setup.name"), Help: v.l.T("business.name.help"), Value: now.Name, Complete: "organization", Most: 200, Fixed: !may},
		{Name: "country", Label: v.l.T("business.country"), Help: v.l.T("business.country.help", "GR"), Value: now.Country, Most: 2, Optional: true, Fixed: !may},
		{
			Name: "currency", Label: v.l.T("console.setup.currency"), Help: v.l.T("business.currency.why"), Value: now.Currency,
			List: strings.Fields(currencies), Fixed: !may || now.Currency != "",
		},
		{
			Name: "time_zone", Label: v.l.T("console.setup.zone"), Help: v.l.T("business.zone.why"), Value: now.Zone,
			List: business.Zones(), Fixed: !may || now.Zone != "",
		},
	}}}}
	p := setting{}
	if err := v.saves(&f, &p, now, may); err != nil {
		return err
	}
	p.Forms = []form{f}
	return v.setting(v.l.T("console.business.title"), v.l.T("business.lead"), p, wrong)
}

// wordsOf is the business in words.
func wordsOf(b business.Business) business.Words {
	w := business.Words{Name: b.Name, Currency: b.Currency, Country: b.Country}
	if b.Zone != nil {
		w.Zone = b.Zone.String()
	}
	return w
}

func (v *visit) saveBusiness() error {
	return v.allowed(account.SettingsWrite, func(by account.Actor) error {
		return v.once(by, func() error {
			if err := v.savedBusiness(by); err != nil {
				return v.askBusiness(by, err)
			}
			v.Changed()
			return v.leave("/business?done=saved")
		})
	})
}

func (v *visit) savedBusiness(by account.Actor) error {
	want, err := business.Parse(business.Words{Name: v.typed("name"), Zone: v.typed("time_zone"), Currency: v.typed("currency"), Country: v.typed("country")})
	if err != nil {
		return err
	}
	if want.Name == "" {
		return fault.In("name", fault.Coded("required", fault.Invalidf("a business has a name")))
	}
	fields := []string{"name"}
	for name, told := range map[string]bool{"time_zone": want.Zone != nil, "currency": want.Currency != "", "country": want.Country != ""} {
		if told {
			fields = append(fields, name)
		}
	}
	return v.write(func(tx *db.Tx) error {
		have, err := business.Load(tx)
		if err != nil {
			return err
		}
		if err := v.unchanged(wordsOf(have)); err != nil {
			return err
		}
		if _, err := business.Agree(tx, want); err != nil {
			return err
		}
		return account.Record(tx, account.Entry{Actor: by, Action: "business.updated", Target: "business", Fields: fields, Count: 1, Request: by.Request})
	})
}
