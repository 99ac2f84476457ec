package account

import (
	"context"
	"crypto/subtle"
	_ "embed" // for the commonest passwords
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"regulars/internal/base/fault"
)

// A password has so many characters. The length is all that is asked of it, beside not being one that is tried first:
// rules about digits and signs lead to passwords that are written down.
const (
	passwordLeast = 12
	passwordMost  = 200
)

// cost is what hashing a password takes: as much as a sign-in may, and more than guessing can. It is kept with every
// hash, so that it can be raised: a hash of another cost is made anew at the next sign-in.
type cost struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
}

// OWASP's choice for argon2id with the least memory that it advises.
var costNow = cost{memory: 19 * 1024, passes: 2, lanes: 1}

const (
	saltSize = 16
	hashSize = 32
)

// Hashed is a password as it is kept. The zero value is one that nothing matches.
type Hashed struct{ text string }

// Hasher hashes passwords and checks them, so many at once: what comes in beyond that waits, so that a hundred sign-ins
// at the same moment do not take the memory of a hundred. It is safe for concurrent use.
type Hasher struct {
	slots   chan struct{}
	waiting chan struct{}
	cost    cost
	nobody  Hashed
}

// waitingMost bounds how many may wait for a slot: those are a few seconds of work.
const waitingMost = 64

// NewHasher makes one for the process.
func NewHasher() *Hasher {
	return newHasher(max(1, min(4, runtime.GOMAXPROCS(0))), waitingMost, costNow)
}

func newHasher(slots, waiting int, c cost) *Hasher {
	h := &Hasher{slots: make(chan struct{}, slots), waiting: make(chan struct{}, slots+waiting), cost: c}
	// No password is known for it, which needs no hashing of one.
	var salt [saltSize]byte
	var sum [hashSize]byte
	fill(salt[:])
	fill(sum[:])
	h.nobody = c.write(salt[:], sum[:])
	return h
}

// enter waits for a slot; the function returned gives it back.
func (h *Hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.waiting <- struct{}{}:
	default:
		return nil, fault.Coded("busy", fault.Unavailablef("too many people are signing in at this moment; try again in a few seconds"))
	}
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots; <-h.waiting }, nil
	case <-ctx.Done():
		<-h.waiting
		return nil, ctx.Err() //nolint:wrapcheck // whoever ended it knows why
	}
}

// Hash makes of a new password what is kept of it, and refuses one that would be guessed. Whose it is, the e-mail and
// the name, must not be all of it.
func (h *Hasher) Hash(ctx context.Context, password string, whose ...string) (Hashed, error) {
	password = normalised(password)
	if err := acceptable(password, whose); err != nil {
		return Hashed{}, err
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return Hashed{}, err
	}
	defer leave()
	var salt [saltSize]byte
	fill(salt[:])
	return h.cost.hash(password, salt[:]), nil
}

// matches tells whether it is the password, and the hash at today's cost where the kept one is of another. Of somebody
// who has no password, or is not there, it takes as long.
func (h *Hasher) matches(ctx context.Context, password string, kept Hashed) (same bool, renewed Hashed, err error) {
	if utf8.RuneCountInString(password) > passwordMost {
		password = "" // none that long was ever taken
	}
	password = normalised(password)
	leave, err := h.enter(ctx)
	if err != nil {
		return false, Hashed{}, err
	}
	defer leave()
	there := kept.text != ""
	if !there {
		kept = h.nobody
	}
	c, salt, sum, err := kept.parse()
	if err != nil {
		return false, Hashed{}, err
	}
	got := argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.lanes, uint32(len(sum))) //nolint:gosec // 32
	if subtle.ConstantTimeCompare(got, sum) != 1 || !there {
		return false, Hashed{}, nil
	}
	if c != h.cost {
		var salt [saltSize]byte
		fill(salt[:])
		renewed = h.cost.hash(password, salt[:])
	}
	return true, renewed, nil
}

func (c cost) hash(password string, salt []byte) Hashed {
	return c.write(salt, argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.lanes, hashSize))
}

// write is the PHC form, which names algorithm, version and cost.
func (c cost) write(salt, sum []byte) Hashed {
	b64 := base64.RawStdEncoding
	return Hashed{fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.lanes,
		b64.EncodeToString(salt), b64.EncodeToString(sum))}
}

var errHash = errors.New("a password is kept in a form that this program does not know")

func (h Hashed) parse() (c cost, salt, sum []byte, err error) {
	parts := strings.Split(h.text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.lanes); err != nil || c.passes == 0 || c.lanes == 0 {
		return c, nil, nil, errHash
	}
	salt, failed := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err = base64.RawStdEncoding.DecodeString(parts[5])
	if failed != nil || err != nil || len(sum) < saltSize {
		return c, nil, nil, errHash
	}
	return c, salt, sum, nil
}

// normalised writes what looks the same the same: keyboards differ in how they compose é.
func normalised(password string) string { return norm.NFKC.String(password) }

//go:embed common.txt
var commonest string

// acceptable refuses a password that would be among the first to be tried.
func acceptable(password string, whose []string) error {
	refuse := func(code, format string, args ...any) error {
		return fault.In("password", fault.Coded(code, fault.Invalidf(format, args...)))
	}
	switch n := utf8.RuneCountInString(password); {
	case n < passwordLeast:
		return refuse("password_short", "the password has %d characters and needs %d; a few words in a row are easy to keep in mind", n, passwordLeast)
	case n > passwordMost:
		return refuse("password_long", "the password has %d characters; at most %d are kept", n, passwordMost)
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return refuse("password_signs", "the password holds signs that cannot be typed; use letters, digits, signs and spaces")
	}
	folded := strings.ToLower(password)
	core := strings.TrimFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) })
	if slices.Contains(strings.Fields(commonest), folded) || slices.Contains(strings.Fields(commonest), core) || repeats(folded) || ascends(folded) {
		return refuse("password_common", "the password is one of those that are tried first; a few words in a row are harder to guess")
	}
	for _, own := range whose {
		local, _, _ := strings.Cut(strings.ToLower(own), "@")
		for _, part := range []string{strings.ToLower(own), local} {
			if n := len(part); n >= 4 && strings.Contains(folded, part) && len(folded)-n < 8 {
				return refuse("password_own", "the password is made of your own name or e-mail, which is tried first; choose another one")
			}
		}
	}
	return nil
}

// repeats tells whether a text is a short one again and again: aaaa, abcabc.
func repeats(text string) bool {
	letters := []rune(text)
	for period := 1; period <= len(letters)/3; period++ {
		same := true
		for i := period; i < len(letters) && same; i++ {
			same = letters[i] == letters[i-period]
		}
		if same {
			return true
		}
	}
	return false
}

// rows are what lies side by side on keyboards, and how one counts.
var rows = []string{"01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn",
	"abcdefghijklmnopqrstuvwxyz", "йцукенгшщзхъфывапролджэячсмитьбю"}

// ascends tells whether a text is a piece of such a row, either way.
func ascends(text string) bool {
	letters := []rune(text)
	slices.Reverse(letters)
	for _, row := range rows {
		if strings.Contains(row+row, text) || strings.Contains(row+row, string(letters)) {
			return true
		}
	}
	return false
}
