package account

import (
	"crypto/rand"
	"encoding/binary"
	"strings"
	"sync/atomic"
	"time"
)

// Ids sort by the time they were made at: 41 bits of milliseconds since 2020, then bits that begin at random in each
// millisecond and count up. One process never makes the same twice; that two do not is for the primary keys to see to.
const (
	idEpoch      = 1_577_836_800_000
	idRandomBits = 22
)

var lastID atomic.Int64

func newNumber(now time.Time) int64 {
	ms := max(now.UnixMilli()-idEpoch, 1)
	var random [4]byte
	fill(random[:])
	first := ms<<idRandomBits | int64(binary.BigEndian.Uint32(random[:])>>(32-idRandomBits))
	for {
		last := lastID.Load()
		next := first
		if last>>idRandomBits >= ms {
			next = last + 1
		}
		if lastID.CompareAndSwap(last, next) {
			return next
		}
	}
}

// crockford are the digits of public ids: no i, l, o or u, which are misread.
const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

// newID makes a public id, such as key_0h4m2xq7v1c3d.
func newID(prefix string, now time.Time) string { return prefix + "_" + spell(newNumber(now)) }

// spell writes a number in 13 digits that sort as it does.
func spell(n int64) string {
	var text [13]byte
	for i := len(text) - 1; i >= 0; i-- {
		text[i] = crockford[n&31]
		n >>= 5
	}
	return string(text[:])
}

// unspell reads what spell wrote.
func unspell(text string) (n int64, ok bool) {
	if len(text) != 13 || text[0] > '7' {
		return 0, false
	}
	for _, c := range []byte(text) {
		digit := strings.IndexByte(crockford, c)
		if digit < 0 {
			return 0, false
		}
		n = n<<5 | int64(digit)
	}
	return n, true
}

func fill(random []byte) {
	if _, err := rand.Read(random); err != nil {
		panic(err) // it never fails
	}
}
