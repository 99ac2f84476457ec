package duplicate

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"regulars/internal/record/customer"
)

// Reason is something that two customers have in common.
type Reason string

// The reasons.
const (
	SameEmail     Reason = "email"          // one mailbox, written in two ways
	SamePhone     Reason = "phone"          // one number, with a country and without
	SameCard      Reason = "card"           // one card, with zeros in front and without
	SameBirthday  Reason = "name_birthday"  // name and date of birth
	SameDay       Reason = "name_day"       // name and day of birth, where a year is not known
	SameHousehold Reason = "name_household" // name and household
	SamePostcode  Reason = "name_postcode"  // name and postcode
	SameTail      Reason = "name_phone"     // name and the end of a telephone number
)

// reasons are all of them, each with how likely it makes a pair by itself, in thousandths. The places are kept in masks.
var reasons = []struct {
	Reason

	likely float64
}{{SameEmail, 950}, {SameCard, 900}, {SamePhone, 850}, {SameBirthday, 850}, {SameHousehold, 750}, {SameTail, 750}, {SamePostcode, 600}, {SameDay, 500}}

// Reasons are all of them.
func Reasons() (all []Reason) {
	for _, r := range reasons {
		all = append(all, r.Reason)
	}
	return all
}

func placeOf(r Reason) uint8 {
	for i := range reasons {
		if reasons[i].Reason == r {
			return uint8(i) //nolint:gosec // there are eight
		}
	}
	panic("duplicate: there is no reason " + string(r))
}

// key is that a customer has something, in a number that two have who have the same.
type key struct {
	sum    uint64
	who    int64
	reason uint8
}

// hasher makes keys; those of two hashers say nothing of each other.
type hasher struct{ seed maphash.Seed }

func (h *hasher) key(who int64, r Reason, parts ...string) key {
	return key{maphash.String(h.seed, string(r)+"\x00"+strings.Join(parts, "\x00")), who, placeOf(r)}
}

const (
	tailWhole = 9 // digits that tell a number within a country
	tailName  = 7 // that tell one beside a name
)

// keys are what a customer has that another may have too.
func (h *hasher) keys(b *customer.Brief) (all []key) {
	who, name := b.Root, nameKey(b.FoldedName)
	for _, i := range b.Known {
		switch i.Kind {
		case customer.Email:
			all = append(all, h.key(who, SameEmail, mailbox(i.Value)))
		case customer.Card:
			if card := strings.TrimLeft(i.Value, "0"); len(card) >= 4 {
				all = append(all, h.key(who, SameCard, card))
			}
		case customer.Phone:
			digits := digitsOf(i.Value)
			if len(digits) >= tailWhole {
				all = append(all, h.key(who, SamePhone, digits[len(digits)-tailWhole:]))
			}
			if len(digits) >= tailName && name != "" {
				all = append(all, h.key(who, SameTail, name, digits[len(digits)-tailName:]))
			}
		}
	}
	if name == "" {
		return all
	}
	if d := b.Birthday; d != (customer.Birthday{}) {
		day := fmt.Sprintf("%d-%d", d.Month, d.Day)
		all = append(all, h.key(who, SameDay, name, day))
		if d.Year != 0 {
			all = append(all, h.key(who, SameBirthday, name, fmt.Sprint(d.Year), day))
		}
	}
	if b.Household != "" {
		all = append(all, h.key(who, SameHousehold, name, plain(b.Household)))
	}
	if strings.Contains(name, " ") {
		for _, a := range b.Attributes {
			if slices.Contains(postcodes, plain(a.Name)) && plain(a.Value) != "" {
				all = append(all, h.key(who, SamePostcode, name, plain(a.Value)))
			}
		}
	}
	return all
}

// postcodes are what an attribute is called that holds one, in the form of plain.
var postcodes = []string{"postcode", "postalcode", "zip", "zipcode", "postindex", "plz", plain("индекс"), plain("почтовый индекс"), plain("ΤΚ"), plain("Τ.Κ."), plain("ταχυδρομικός κώδικας"),
	plain("邮编"), plain("邮政编码"), plain("поштенски код")}

// mailbox is an address without what its provider does not look at.
func mailbox(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	if short, _, tagged := strings.Cut(local, "+"); tagged && short != "" {
		local = short
	}
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	if domain == "gmail.com" {
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// plain is text without spaces, signs, accents and the size of letters.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, norm.NFD.String(customer.Fold(s)))
}

// nameKey is a folded name in one alphabet, without accents, doubled letters and the order of its words.
func nameKey(folded string) string {
	words := strings.FieldsFunc(norm.NFD.String(folded), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	for i, w := range words {
		words[i] = skeleton(w)
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	slices.Sort(words)
	return strings.Join(words, " ")
}

// latin writes the letters of two alphabets in a third.
var latin = func() map[rune]string {
	all := map[rune]string{}
	for _, pairs := range []string{
		"а a б b в v г g д d е e ж zh з z и i к k л l м m н n о o п p р r с s т t у u ф f х h ц ts ч ch ш sh щ shch ы i э e ю iu я ia ѓ gi ќ ki љ li њ ni џ dzh ѕ dz ј i є ie",
		"α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ i φ f χ h ψ ps ω o",
		"y i j i ı i ø o ł l đ d ß ss æ ae",
	} {
		fields := strings.Fields(pairs)
		for i := 0; i < len(fields); i += 2 {
			letter, _ := utf8.DecodeRuneInString(fields[i])
			all[letter] = fields[i+1]
		}
	}
	all['ъ'], all['ь'] = "", ""
	return all
}()

// spelt are spellings of one sound.
var spelt = strings.NewReplacer("kh", "h", "ph", "f", "ck", "k", "ou", "u", "oi", "i", "ei", "i", "ai", "e", "tch", "ch")

func skeleton(word string) string {
	bare := strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, word)
	var b strings.Builder
	for _, r := range strings.ReplaceAll(bare, "ου", "u") {
		if to, ok := latin[r]; ok {
			b.WriteString(to)
		} else {
			b.WriteRune(r)
		}
	}
	var out []rune
	for _, r := range spelt.Replace(b.String()) {
		if len(out) == 0 || out[len(out)-1] != r {
			out = append(out, r)
		}
	}
	return string(out)
}
