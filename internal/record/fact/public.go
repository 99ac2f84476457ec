package fact

import (
	"strings"

	"regulars/internal/base/fault"
)

// Prefix says what a public id names.
type Prefix string

// The prefixes. An id of a customer has one number, that of a fact two: its own and its customer's, so that whoever
// looks for it knows where it lies.
const (
	CustomerPrefix     Prefix = "cus"
	OrderPrefix        Prefix = "ord"
	ReturnPrefix       Prefix = "ret"
	SubscriptionPrefix Prefix = "sub"
	EventPrefix        Prefix = "evt"
	AnswerPrefix       Prefix = "ans"
)

// The digits are Crockford's: in the order of the numbers, and none looks like another.
const (
	digits      = "0123456789abcdefghjkmnpqrstvwxyz"
	digitBits   = 5
	digitsEach  = 13 // of a number of 64 bits
	signBit     = 1 << 63
	digitsShift = 64 - digitBits
)

// PublicID is how programs outside call something: the prefix and the numbers. Ids of one kind sort as their first
// numbers do, and so by time.
func PublicID(p Prefix, numbers ...int64) string {
	var b strings.Builder
	b.Grow(len(p) + 1 + digitsEach*len(numbers))
	b.WriteString(string(p))
	b.WriteByte('_')
	for _, n := range numbers {
		// With the sign turned over, numbers below zero come first. The first digit holds the four upper bits, so that the
		// others are whole.
		u := uint64(n) ^ signBit
		b.WriteByte(digits[u>>(digitsShift+1)])
		for shift := digitsShift - digitBits + 1; shift >= 0; shift -= digitBits {
			b.WriteByte(digits[u>>shift&(1<<digitBits-1)])
		}
	}
	return b.String()
}

// ParsePublicID reads an id of the prefix back into as many numbers as there are places.
func ParsePublicID(p Prefix, id string, numbers ...*int64) error {
	rest, ok := strings.CutPrefix(id, string(p)+"_")
	if !ok || len(rest) != digitsEach*len(numbers) {
		return notAnID(p, id)
	}
	for _, to := range numbers {
		var u uint64
		for i := range digitsEach {
			digit := strings.IndexByte(digits, rest[i])
			if digit < 0 || i == 0 && digit >= 1<<(digitBits-1) {
				return notAnID(p, id)
			}
			u = u<<digitBits | uint64(digit)
		}
		*to, rest = int64(u^signBit), rest[digitsEach:]
	}
	return nil
}

func notAnID(p Prefix, id string) error {
	const most = 60
	if len(id) > most {
		id = id[:most] + "…"
	}
	return fault.Coded("bad_id", fault.Invalidf("%q is not an id that begins with %s_; take it as it was given", id, p))
}
