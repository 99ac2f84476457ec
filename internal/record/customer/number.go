package customer

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// MemberNumber is the kind of the number that is given to a person here, to be said where no code can be read: nine digits, of
// which the last tells a slip of the tongue. It is a kind of its own, so that it is never taken for a card that the business had
// before.
const MemberNumber = "member_number"

const numberDigits = 9

// checkDigit is the last digit of a number that begins so, by ISO/IEC 7064 MOD 11,10: one digit wrong is always noticed.
func checkDigit(digits string) byte {
	const modulus = 10
	p := modulus
	for _, d := range digits {
		p = (p + int(d-'0')) % modulus
		if p == 0 {
			p = modulus
		}
		p = 2 * p % (modulus + 1)
	}
	return byte('0' + (modulus+1-p)%modulus)
}

// memberNumber is the number in a text, however it was grouped; empty: it is none.
func memberNumber(text string) string {
	digits := strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(text)
	if len(digits) != numberDigits || strings.Trim(digits, "0123456789") != "" || checkDigit(digits[:numberDigits-1]) != digits[numberDigits-1] {
		return ""
	}
	return digits
}

// Spoken is what a person, by all numbers of theirs, says to be found by: a card as it was written, or the number that was given
// here; empty: there is neither. Where there are several it is the one that was there first.
func Spoken(tx *db.Tx, members []int64) (said string, err error) {
	args := make([]any, len(members))
	for i, m := range members {
		args[i] = m
	}
	by, err := identities(tx, args)
	for _, kind := range []string{Card, MemberNumber} {
		var first *Known
		for _, m := range members {
			for i, k := range by[m] {
				if k.Kind == kind && (first == nil || k.Added.Before(first.Added)) {
					first = &by[m][i]
				}
			}
		}
		if first != nil {
			return first.Written, err
		}
	}
	return "", err
}

// GiveNumber gives a person a number to say, unless they have something by now.
func GiveNumber(tx *db.Tx, root int64) (said string, err error) {
	if err := HoldAny(tx, root); err != nil {
		return "", err
	}
	members, err := Members(tx, root)
	if err != nil {
		return "", err
	}
	if said, err = Spoken(tx, members); err != nil || said != "" {
		return said, err
	}
	const tries = 5
	for range tries {
		n, err := rand.Int(rand.Reader, big.NewInt(90_000_000)) //nolint:mnd // eight digits, the first of which is not 0
		if err != nil {
			return "", fmt.Errorf("make a number: %w", err)
		}
		digits := fmt.Sprintf("%d", 10_000_000+n.Int64()) //nolint:mnd // the same
		digits += string(checkDigit(digits))
		said = digits[:3] + " " + digits[3:6] + " " + digits[6:]
		added, _, err := Add(tx, root, []Named{{Identity: Identity{Kind: MemberNumber, Value: digits}, Written: said}})
		if err != nil || added == 1 {
			return said, err
		}
	}
	return "", fault.Unavailablef("no free number was found; try again")
}
