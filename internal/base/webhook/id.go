package webhook

import (
	"strings"

	"regulars/internal/base/fault"
)

// Ids are numbers inside, and outside a prefix and 13 digits that sort as they do.
const (
	endpointPrefix = "whe_"
	messagePrefix  = "msg_"
	digits         = "0123456789abcdefghjkmnpqrstvwxyz"
	digitBits      = 5
	places         = 13
)

func spell(prefix string, n int64) string {
	var text [places]byte
	for i := places - 1; i >= 0; i-- {
		text[i] = digits[n&(1<<digitBits-1)]
		n >>= digitBits
	}
	return prefix + string(text[:])
}

func number(prefix, id string) (n int64, err error) {
	rest, ok := strings.CutPrefix(id, prefix)
	if ok = ok && len(rest) == places; ok {
		for i := range places {
			digit := strings.IndexByte(digits, rest[i])
			// The first digit holds the upper bits of a number above zero.
			if digit < 0 || i == 0 && digit > 7 {
				ok = false
				break
			}
			n = n<<digitBits | int64(digit)
		}
	}
	if !ok {
		return 0, fault.Coded("bad_id", fault.Invalidf("an id that begins with %s is needed here; take it as it was given", prefix))
	}
	return n, nil
}
