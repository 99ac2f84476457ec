package customer

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/feed"
)

// Named is an identity as it was written and as it is looked up.
type Named struct {
	Identity
	Written string
}

// Add gives a customer more identities. taken are those that belong to somebody else and so were not added: two customers
// who share one may be the same person, which is for somebody to say.
func Add(tx *db.Tx, customer int64, identities []Named) (added int, taken []Identity, err error) {
	slices.SortFunc(identities, func(a, b Named) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value))
	})
	identities = slices.CompactFunc(identities, func(a, b Named) bool { return a.Identity == b.Identity })
	plain := make([]Identity, len(identities))
	for i, n := range identities {
		plain[i] = n.Identity
	}
	have, err := Find(tx, plain)
	if err != nil {
		return 0, nil, err
	}
	var claims []any
	for _, i := range plain {
		if _, known := have[i]; !known {
			claims = append(claims, i.Kind, i.Value, customer)
		}
	}
	if len(claims) > 0 {
		if _, err := claimIdentities.Exec(tx, claims); err != nil {
			return 0, nil, err
		}
		if have, err = Find(tx, plain); err != nil {
			return 0, nil, err
		}
	}
	var rows []any
	for _, n := range identities {
		if have[n.Identity] != customer {
			taken = append(taken, n.Identity)
			continue
		}
		rows = append(rows, customer, n.Kind, n.Value, n.Written, tx.Now)
	}
	n, err := insertIdentities.Exec(tx, rows)
	if err == nil && n > 0 {
		err = feed.Add(tx, feed.Change{Customer: customer, Kind: feed.Customer})
	}
	return int(n), taken, err
}

// Consent is what a customer agreed to, or took back.
type Consent struct {
	Channel        string // email, sms, phone, post, push, messenger ...
	Purpose        string // newsletter, profiling, surveys ...
	Granted        bool
	Wording        string // what was shown, word for word
	WordingVersion string
	Source         string // where: till, web form, import ...
	Proof          string // such as the address of a recording, or an IP address
	Given          time.Time
}

// Check refuses what proves nothing.
func (c *Consent) Check() error {
	switch {
	case c.Channel == "" || c.Purpose == "":
		return fault.In("channel", fault.Invalidf("a consent names its channel (such as email) and its purpose (such as newsletter)"))
	case c.Given.IsZero():
		return fault.In("given_at", fault.Invalidf("a consent says when it was given"))
	case c.Granted && c.Wording == "" && c.WordingVersion == "":
		return fault.In("wording", fault.Invalidf("a consent that is granted keeps the wording that was shown, or its version"))
	}
	for _, t := range []struct {
		field, text string
		most        int
	}{{"channel", c.Channel, 100}, {"purpose", c.Purpose, 300}, {"wording", c.Wording, 20_000}, {"wording_version", c.WordingVersion, 300},
		{"source", c.Source, 300}, {"proof", c.Proof, 1000}} {
		if len(t.text) > t.most || !utf8.ValidString(t.text) || strings.IndexByte(t.text, 0) >= 0 {
			return fault.In(t.field, fault.Invalidf("the %s of a consent has more than %d bytes, or holds bytes that are no characters", t.field, t.most))
		}
	}
	return nil
}

// Agree records a consent. One of the same moment is the same one; it is never changed.
func Agree(tx *db.Tx, customer int64, c Consent) (created bool, err error) {
	if err := c.Check(); err != nil {
		return false, err
	}
	n, err := tx.Exec(`INSERT INTO consents (customer_id, channel, purpose, given_us, granted, wording, wording_version, source, proof,
		recorded_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
		customer, c.Channel, c.Purpose, c.Given, c.Granted, c.Wording, c.WordingVersion, c.Source, c.Proof, tx.Now)
	if err == nil && n == 1 {
		return true, feed.Add(tx, feed.Change{Customer: customer, Kind: feed.Customer})
	}
	if err != nil {
		return false, err
	}
	var granted bool
	var wording, version string
	if err := tx.QueryRow(`SELECT granted, wording, wording_version FROM consents WHERE customer_id = $1 AND channel = $2 AND purpose = $3
		AND given_us = $4`, customer, c.Channel, c.Purpose, c.Given).Scan(&granted, &wording, &version); err != nil {
		return false, err
	}
	if granted != c.Granted || wording != c.Wording || version != c.WordingVersion {
		return false, fault.In("given_at", fault.Conflictf("another consent for %s by %s of the same moment is recorded; "+
			"consents are never changed, record a later one", c.Purpose, c.Channel))
	}
	return false, nil
}

// Allowed tells whether the customer's last word for a channel and purpose was yes.
func Allowed(tx *db.Tx, customer int64, channel, purpose string) (granted bool, err error) {
	err = tx.QueryRow(`SELECT granted FROM consents WHERE customer_id = $1 AND channel = $2 AND purpose = $3
		ORDER BY given_us DESC LIMIT 1`, customer, channel, purpose).Scan(&granted)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return granted, err
}
