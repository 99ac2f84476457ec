package fact

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// idEpoch is when the time in ids begins; idRandomBits is how many bits below the millisecond are not time.
const (
	idEpoch      = 1_577_836_800_000 // 2020-01-01, in milliseconds
	idRandomBits = 22
)

// IDs makes ids that sort by the time they were made at: 41 bits of milliseconds, then bits that begin at random in each
// millisecond and count up, so that one process never makes the same twice and two hardly ever do. Uniqueness is the
// primary keys' to see to.
type IDs struct{ last atomic.Int64 }

// New makes one.
func (g *IDs) New(now time.Time) int64 {
	ms := max(now.UnixMilli()-idEpoch, 1)
	first := ms<<idRandomBits | rand.Int64N(1<<idRandomBits) //nolint:gosec // no secret: it only keeps processes apart
	for {
		last := g.last.Load()
		next := first
		if last>>idRandomBits >= ms {
			next = last + 1
		}
		if g.last.CompareAndSwap(last, next) {
			return next
		}
	}
}

// HashID is the id of what has no other identity than its name: the same parts, the same id, above 0.
func HashID(parts ...string) int64 {
	var text []byte
	for _, p := range parts {
		text = binary.AppendUvarint(text, uint64(len(p)))
		text = append(text, p...)
	}
	sum := sha256.Sum256(text)
	return int64(binary.BigEndian.Uint64(sum[:8])>>1) | 1
}

// FirstID is the least id that can have been made at a moment or later.
func FirstID(at time.Time) int64 {
	return max(at.UnixMilli()-idEpoch, 0) << idRandomBits
}
