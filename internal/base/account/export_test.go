package account

import (
	"context"
	"testing"
)

// For tests.
var (
	NewKeyText = newKeyText
	Spell      = spell
	Unspell    = unspell
)

// SealBatch is how many entries a seal is over at most.
const SealBatch = sealBatch

// SealsAtOnce is how many seals are looked at together.
const SealsAtOnce = sealsAtOnce

// CheapHasher hashes at a cost that only tests can afford.
func CheapHasher(slots, waiting int) *Hasher {
	return newHasher(slots, waiting, cost{memory: 64, passes: 1, lanes: 1})
}

// HashedAs is a hash as it stands in the database.
func HashedAs(text string) Hashed { return Hashed{text} }

// Matches checks a password.
func (h *Hasher) Matches(ctx context.Context, password string, kept Hashed) (same bool, renewed Hashed, err error) {
	return h.matches(ctx, password, kept)
}

// Enter takes a slot, as a password being hashed does.
func (h *Hasher) Enter(tb testing.TB) (leave func()) {
	tb.Helper()
	leave, err := h.enter(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return leave
}

// Waiting is how many hash or wait.
func (h *Hasher) Waiting() int { return len(h.waiting) }
