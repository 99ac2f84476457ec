package customer

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/unicode/norm"

	"regulars/internal/base/fault"
)

// Identity is something that a customer is known by.
type Identity struct{ Kind, Value string }

// Kinds of identities with rules of their own; any other is the name of a system, whose ids are taken as they are.
const (
	OwnID   = "id"
	Email   = "email"
	Phone   = "phone"
	Card    = "card"
	Visitor = "visitor" // of the site, not known by name
)

// Number is the kind of a customer who is named by the number here, Numbered: such a one is found, and never made.
const Number = "number"

// Numbered names a customer by the number here.
func Numbered(customer int64) Identity {
	return Identity{Kind: Number, Value: strconv.FormatInt(customer, 10)}
}

const identityMost = 300 // bytes

var kinds = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,39}$`)

// Normal is the identity as it is looked up: an e-mail in small letters, a phone number with its country, a card without
// blanks. Country is where numbers without one are from.
func (i Identity) Normal(country string) (Identity, error) {
	i.Kind = strings.ToLower(strings.TrimSpace(i.Kind))
	if !kinds.MatchString(i.Kind) {
		return i, fault.Invalidf("%.60q is no kind of identity: use id, email, phone, card, or a short name of the system, such as shopify", i.Kind)
	}
	value := strings.TrimSpace(norm.NFC.String(i.Value))
	switch {
	case value == "":
		return i, fault.Invalidf("the identity of kind %s is empty", i.Kind)
	case len(value) > identityMost:
		return i, fault.Invalidf("the %s %.40q... is longer than %d bytes", i.Kind, value, identityMost)
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		return i, fault.Invalidf("the %s %.40q holds signs that are no characters", i.Kind, value)
	}
	switch i.Kind {
	case Email:
		value = strings.ToLower(value)
		if at := strings.IndexByte(value, '@'); at < 1 || at == len(value)-1 || strings.ContainsAny(value, " \t<>,;") {
			return i, fault.Invalidf("%.60q is no e-mail address", i.Value)
		}
	case Phone:
		value = phone(value, country)
		if value == "" {
			return i, fault.Invalidf("%.60q is no phone number", i.Value)
		}
	case Card, MemberNumber:
		value = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(value))
		if value == "" {
			return i, fault.Invalidf("%.60q is no card number", i.Value)
		}
	}
	i.Value = value
	return i, nil
}

// phone writes a number as +302101234567 where it can be told, else as its digits.
func phone(value, country string) string {
	if n, err := phonenumbers.Parse(value, country); err == nil && phonenumbers.IsPossibleNumber(n) {
		return phonenumbers.Format(n, phonenumbers.E164)
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, value)
	if len(digits) < 3 {
		return ""
	}
	return digits
}
