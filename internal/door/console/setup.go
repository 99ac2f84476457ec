package console

import (
	"net/http"
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
)

// currencies are offered; others may be typed.
const currencies = `EUR USD GBP CHF RUB CNY MKD RSD ALL BGN RON HUF CZK PLN SEK NOK DKK ISK UAH BYN KZT GEL AMD AZN TRY ILS AED SAR INR
	JPY KRW SGD HKD TWD THB VND IDR MYR PHP AUD NZD CAD MXN BRL ARS CLP COP PEN ZAR NGN KES EGP MAD`

func (v *visit) showSetup() error {
	if err := v.unset(); err != nil {
		return err
	}
	return v.askSetup(nil)
}

// unset refuses who comes without a good link, or after somebody else.
func (v *visit) unset() error {
	return v.read(func(tx *db.Tx) error {
		needed, err := account.NeedsSetup(tx)
		if err != nil {
			return err
		}
		if !needed {
			return fault.Coded("already_set_up", fault.Conflictf("this is set up already; sign in"))
		}
		_, err = account.LinkOf(tx, account.FirstSetup, v.r.PathValue("token"))
		return err
	})
}

func (v *visit) askSetup(wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	zone := ""
	if b.Zone != nil {
		zone = b.Zone.String()
	}
	f := form{
		Action: v.r.URL.Path, Button: v.l.T("console.setup.button"),
		Groups: []group{
			{Legend: v.l.T("console.setup.business"), Fields: []field{
				{Name: "name", Label: v.l.T("console.setup.name"), Complete: "organization", Value: b.Name},
				{
					Name: "currency", Label: v.l.T("console.setup.currency"), Help: v.l.T("console.setup.currency.help", "EUR"), Value: b.Currency,
					List: strings.Fields(currencies), Fixed: b.Currency != "",
				},
				{
					Name: "time_zone", Label: v.l.T("console.setup.zone"), Help: v.l.T("console.setup.zone.help", "Europe/Athens"), Value: zone,
					List: business.Zones(), Fixed: zone != "",
				},
			}},
			{Legend: v.l.T("console.setup.you"), Fields: append([]field{
				{Name: "person", Label: v.l.T("console.person"), Complete: "name"},
				{Name: "email", Label: v.l.T("console.email"), Type: "email", Complete: "username", Mode: "email"},
				{Name: "language", Label: v.l.T("console.language"), Type: "select", Choices: v.spoken(), Value: v.l.Tag()},
			}, v.newPassword()...)},
		},
	}
	return v.ask(v.l.T("console.setup.title"), v.l.T("console.setup.lead"), f, wrong)
}

func (v *visit) setup() error {
	u, err := v.setUp()
	switch {
	case err == nil:
	case fault.KindOf(err) == fault.NotFound, codeOf(err) == "already_set_up":
		return err
	default:
		return v.askSetup(err)
	}
	v.Changed()
	return v.letIn(u)
}

func (v *visit) setUp() (u account.User, err error) {
	// Who may not is told so before a password is hashed for them.
	if err := v.unset(); err != nil {
		return u, err
	}
	want, err := v.wanted()
	if err != nil {
		return u, err
	}
	password, err := v.chosen(v.typed("email"), v.typed("person"), want.Name)
	if err != nil {
		return u, err
	}
	err = v.write(func(tx *db.Tx) (err error) {
		u, err = account.Setup(tx, v.r.PathValue("token"), account.NewUser{
			Email: v.typed("email"), Name: v.typed("person"), Language: v.typed("language"),
		}, password)
		if err != nil {
			if f := fieldOf(err); f == "name" { // the person's; the business has one too
				err = fault.Coded("name_length", &fault.Fault{Kind: fault.Invalid, Message: err.Error(), Field: "person"})
			}
			return err
		}
		_, err = business.Agree(tx, want)
		return err
	})
	return u, err
}

// wanted is what was said of the business.
func (v *visit) wanted() (b business.Business, err error) {
	have, err := v.business()
	if err != nil {
		return b, err
	}
	said := business.Words{Name: v.typed("name")}
	if have.Currency == "" {
		said.Currency = v.typed("currency")
	}
	if have.Zone == nil {
		said.Zone = v.typed("time_zone")
	}
	if b, err = business.Parse(said); err != nil {
		return b, err
	}
	const nameMost = 100
	switch {
	case b.Name == "" || len([]rune(b.Name)) > nameMost:
		err = fault.In("name", fault.Coded("name_length", fault.Invalidf("a name has 1 to %d characters", nameMost)))
	case have.Currency == "" && b.Currency == "":
		err = fault.In("currency", fault.Coded("unknown_currency", fault.Invalidf("say the currency; use a code such as EUR")))
	case have.Zone == nil && b.Zone == nil:
		err = fault.In("time_zone", fault.Coded("unknown_zone", fault.Invalidf("say the time zone; use a name such as Europe/Athens")))
	}
	return b, err
}

// unready is the first page of a server that nobody has set up.
func (v *visit) unready() error {
	return v.message(http.StatusOK, v.l.T("console.unready.title"), message{Text: []string{v.l.T("console.unready.text")}})
}
