package reward

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Coding says what codes a reward has.
type Coding struct {
	Kind CodeKind `json:"kind,omitempty"`
	// Pattern is of unique codes: each # is a random sign, the rest stands as it is; empty: ####-####-####.
	Pattern string `json:"pattern,omitempty"`
	// Code is the one that is for everybody, where the kind is generic.
	Code string `json:"code,omitempty"`
}

// CodeKind is a way of making codes.
type CodeKind string

// The ways.
const (
	NoCode  CodeKind = ""        // the till knows the customer
	Unique  CodeKind = "unique"  // made for each redemption
	Pool    CodeKind = "pool"    // handed in before, and given out one by one
	Generic CodeKind = "generic" // one for everybody
)

// CodeKinds lists them.
func CodeKinds() []CodeKind { return []CodeKind{NoCode, Unique, Pool, Generic} }

const (
	alphabet     = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ" // without 0 O 1 I, which look alike
	usualPattern = "####-####-####"
	leastRandom  = 10
	longestCode  = 60
	shortestCode = 3
)

// MostCodes is how many are handed in at once.
const MostCodes = 10_000

// Check refuses what is no way of making codes.
func (c *Coding) Check() error {
	switch c.Kind {
	case NoCode, Pool:
		if c.Pattern != "" || c.Code != "" {
			return fault.In("pattern", fault.Invalidf("a pattern is of unique codes, and a code of generic ones"))
		}
	case Unique:
		return c.checkPattern()
	case Generic:
		if c.Pattern != "" {
			return fault.In("pattern", fault.Invalidf("a code for everybody has no pattern"))
		}
		_, err := normal(c.Code)
		return fault.In("code", err)
	default:
		return fault.In("kind", fault.Invalidf("%q is no way of making codes; use unique, pool or generic, or leave codes out", string(c.Kind)))
	}
	return nil
}

func (c *Coding) checkPattern() error {
	if c.Code != "" {
		return fault.In("code", fault.Invalidf("unique codes are made by a pattern; code is for generic ones"))
	}
	if c.Pattern == "" {
		return nil
	}
	if n := strings.Count(c.Pattern, "#"); n < leastRandom {
		return fault.In("pattern", fault.Invalidf("a pattern has %d random signs (#) at least, so that codes cannot be guessed; this one has %d", leastRandom, n))
	}
	_, err := normal(strings.ReplaceAll(c.Pattern, "#", "X"))
	return fault.In("pattern", err)
}

// normal is a code as it is compared: capitals and digits, without what people put between them.
func normal(code string) (string, error) {
	text := strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '_' || r == '.' {
			return -1
		}
		return r
	}, strings.TrimSpace(code)))
	if len(text) < shortestCode || len(text) > longestCode || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return "", fault.Invalidf("a code has %d to %d Latin letters and digits, with spaces and hyphens between them where you like", shortestCode, longestCode)
	}
	return text, nil
}

// fill makes a code by the pattern.
func (c *Coding) fill() (string, error) {
	pattern := c.Pattern
	if pattern == "" {
		pattern = usualPattern
	}
	var b strings.Builder
	for _, r := range pattern {
		if r != '#' {
			b.WriteRune(r)
			continue
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			return "", fmt.Errorf("make a code: %w", err)
		}
		b.WriteByte(alphabet[n.Int64()])
	}
	return b.String(), nil
}

// saveGeneric keeps the code for everybody that the reward has, and no other.
func saveGeneric(tx *db.Tx, r *Reward) error {
	want := ""
	if r.Coding.Kind == Generic {
		var err error
		if want, err = normal(r.Coding.Code); err != nil {
			return fault.In("codes", fault.In("code", err))
		}
	}
	if _, err := tx.Exec("DELETE FROM reward_codes WHERE reward = $1 AND kind = 'generic' AND code <> $2", r.Reward, want); err != nil || want == "" {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO reward_codes (code, shown, reward, kind, customer_id, redemption_id, created_us) VALUES ($1, $2, $3, 'generic', 0, 0, $4)
		ON CONFLICT (code) DO NOTHING`, want, strings.TrimSpace(r.Coding.Code), r.Reward, tx.Now); err != nil {
		return err
	}
	var of, kind string
	if err := tx.QueryRow("SELECT reward, kind FROM reward_codes WHERE code = $1", want).Scan(&of, &kind); err != nil {
		return err
	}
	if of != r.Reward || kind != string(Generic) {
		return fault.Coded("code_taken", fault.In("codes", fault.In("code", fault.Conflictf("the code %s is another reward's already; choose another one", r.Coding.Code))))
	}
	return nil
}

var insertCodes = db.NewInsert("INSERT INTO reward_codes (code, shown, reward, kind, customer_id, redemption_id, created_us)", 7, "ON CONFLICT (code) DO NOTHING")

// AddCodes puts codes into the pool of a reward, and tells how many were new. Those that are there already are passed over, so
// that a list may be handed in again.
func AddCodes(tx *db.Tx, name string, codes []string) (added int64, err error) {
	r, err := Load(tx, name)
	if err != nil {
		return 0, err
	}
	if r.Coding.Kind != Pool {
		return 0, fault.Coded("no_pool", fault.Conflictf("the reward %s has no pool of codes; give it codes of the kind pool first", name))
	}
	if len(codes) == 0 || len(codes) > MostCodes {
		return 0, fault.In("codes", fault.Invalidf("1 to %d codes at once, not %d", MostCodes, len(codes)))
	}
	rows := make([]any, 0, 7*len(codes))
	seen := map[string]bool{}
	for i, code := range codes {
		text, err := normal(code)
		if err != nil {
			return 0, fault.In(fmt.Sprintf("codes[%d]", i), err)
		}
		if !seen[text] {
			seen[text] = true
			rows = append(rows, text, strings.TrimSpace(code), name, string(Pool), 0, 0, tx.Now)
		}
	}
	return insertCodes.Exec(tx, rows)
}

// give finds the redemption a code, and writes it down as its own.
func (d *Desk) give(tx *db.Tx, r *Reward, customer, redemption int64) (shown string, err error) {
	switch r.Coding.Kind {
	case Unique:
		return d.makeCode(tx, r, customer, redemption)
	case Pool:
		return takeCode(tx, r.Reward, customer, redemption)
	case Generic:
		return strings.TrimSpace(r.Coding.Code), nil
	}
	return "", nil
}

func (d *Desk) makeCode(tx *db.Tx, r *Reward, customer, redemption int64) (string, error) {
	for range 3 { // a collision is next to impossible
		shown, err := r.Coding.fill()
		if err != nil {
			return "", err
		}
		text, err := normal(shown)
		if err != nil {
			return "", err
		}
		n, err := insertCodes.Exec(tx, []any{text, shown, r.Reward, string(Unique), customer, redemption, tx.Now})
		if err != nil || n == 1 {
			return shown, err
		}
	}
	return "", fault.Unavailablef("no free code was found for %s; give its codes a longer pattern", r.Reward)
}

// takeCode takes a code out of the pool. Another one may take the same at the same time: then the next is tried.
func takeCode(tx *db.Tx, name string, customer, redemption int64) (string, error) {
	const some = 20
	rows, err := tx.Query("SELECT code, shown FROM reward_codes WHERE reward = $1 AND kind = 'pool' AND redemption_id = 0 ORDER BY code LIMIT $2", name, some)
	if err != nil {
		return "", err
	}
	var free [][2]string
	for rows.Next() {
		var one [2]string
		if err := rows.Scan(&one[0], &one[1]); err != nil {
			return "", err
		}
		free = append(free, one)
	}
	if err := rows.Close(); err != nil {
		return "", err
	}
	// Begun at a place of its own, so that few meet at the same code.
	for i := range free {
		one := free[(i+int(redemption%some))%len(free)]
		n, err := tx.Exec("UPDATE reward_codes SET customer_id = $1, redemption_id = $2 WHERE code = $3 AND redemption_id = 0", customer, redemption, one[0])
		if err != nil || n == 1 {
			return one[1], err
		}
	}
	if len(free) == some {
		return "", db.ErrRestart // there are more
	}
	return "", fault.Coded("no_codes_left", fault.Conflictf("there are no codes left for %s; hand in more", name))
}

// Code is what a code leads to.
type Code struct {
	Code       string
	Reward     Stored
	Redemption *Redemption // nil: nobody's; it is for everybody, or still in the pool
	Kind       CodeKind
	Created    time.Time
}

// Find finds what a code leads to.
func (d *Desk) Find(tx *db.Tx, code string) (c Code, err error) {
	text, err := normal(code)
	if err != nil {
		return c, unknownCode()
	}
	var name, kind string
	var customer, redemption int64
	err = tx.QueryRow("SELECT shown, reward, kind, customer_id, redemption_id, created_us FROM reward_codes WHERE code = $1", text).
		Scan(&c.Code, &name, &kind, &customer, &redemption, &c.Created)
	if errors.Is(err, sql.ErrNoRows) {
		return c, unknownCode()
	}
	if err != nil {
		return c, err
	}
	if c.Reward, err = Load(tx, name); err != nil {
		return c, err
	}
	if c.Kind = CodeKind(kind); redemption == 0 {
		return c, nil
	}
	r, err := Get(tx, customer, redemption)
	c.Redemption = &r
	return c, err
}

func unknownCode() error {
	return fault.Coded("code_not_found", fault.In("code", fault.NotFoundf("there is no such code; compare it with what the customer has, sign by sign")))
}
