package account

import (
	"database/sql"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Key is a key that programs call with. What it begins with and Hint, its end, are all of its text that is kept.
type Key struct {
	ID        string
	Name      string
	Public    bool
	Hint      string
	Scopes    []Permission   // or All alone
	Addresses []netip.Prefix // from where it may be used; empty: from everywhere
	CreatedBy string         // id of an actor
	Created   time.Time
	Updated   time.Time
	Expires   sql.Null[time.Time]
	Used      sql.Null[time.Time] // to the minute
	Revoked   sql.Null[time.Time]
	Version   int64

	hash string
	may  permissions
}

// All is the scope of a key that may everything, also what later versions of the program bring.
const All Permission = "all"

// NewKey is what a key is to be.
type NewKey struct {
	Name      string
	Public    bool         // to be read by everybody, from a web page or an app: may add events and nothing else
	Scopes    []Permission // or All alone; of a public key none
	Addresses []netip.Prefix
	Expires   time.Time // zero: never
}

// KeyChange is what is to be other; nil stays as it is.
type KeyChange struct {
	Name      *string
	Scopes    *[]Permission
	Addresses *[]netip.Prefix
	Expires   *time.Time // zero: never
}

// nameMost bounds names that people give.
const nameMost = 100

// CreateKey makes a key and gives its text, which is in no other place and cannot be shown again.
func CreateKey(tx *db.Tx, by Actor, want NewKey) (key Key, text string, err error) {
	if err := by.Require(KeysManage); err != nil {
		return key, "", err
	}
	key = Key{
		ID: newID("key", tx.Now), Public: want.Public, Addresses: want.Addresses, CreatedBy: by.ID,
		Created: tx.Now, Updated: tx.Now, Version: 1,
	}
	if key.Name, err = named(want.Name); err != nil {
		return key, "", err
	}
	if key.Scopes, key.may, err = scopes(want.Public, want.Scopes); err != nil {
		return key, "", err
	}
	if err := by.grants(key.may); err != nil {
		return key, "", fault.In("scopes", err)
	}
	if key.Expires, err = expiry(tx.Now, want.Expires); err != nil {
		return key, "", err
	}
	text = newKeyText(want.Public)
	key.hash, key.Hint = digestOf(text), text[len(text)-4:]
	if _, err := tx.Exec(`INSERT INTO api_keys (key_id, hash, name, public, hint, scopes, addresses, created_by, created_us, updated_us,
			expires_us, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, 1)`, key.ID, key.hash, key.Name, key.Public, key.Hint,
		joined(key.Scopes), joined(key.Addresses), key.CreatedBy, tx.Now, key.Expires); err != nil {
		return key, "", err
	}
	return key, text, Record(tx, Entry{Actor: by, Action: "key.create", Target: key.ID})
}

// UpdateKey changes a key that is still at the version given; 0: at whichever.
func UpdateKey(tx *db.Tx, by Actor, id string, version int64, change KeyChange) (key Key, err error) {
	if err := by.Require(KeysManage); err != nil {
		return key, err
	}
	if key, err = KeyOf(tx, id); err != nil {
		return key, err
	}
	if key.Revoked.Valid {
		return key, fault.Coded("key_revoked", fault.Conflictf("the key %s has been revoked and cannot be changed; make a new one", id))
	}
	changed, err := key.apply(tx.Now, change)
	if err != nil {
		return key, err
	}
	if err := by.grants(key.may); err != nil {
		return key, fault.In("scopes", err)
	}
	if version == 0 {
		version = key.Version
	}
	n, err := tx.Exec(`UPDATE api_keys SET name = $1, scopes = $2, addresses = $3, expires_us = $4, updated_us = $5, version = version + 1
		WHERE key_id = $6 AND version = $7 AND revoked_us IS NULL`, key.Name, joined(key.Scopes), joined(key.Addresses), key.Expires, tx.Now,
		id, version)
	if err != nil {
		return key, err
	}
	if n == 0 {
		return key, meanwhile("key", id)
	}
	key.Version, key.Updated = version+1, tx.Now
	tx.AfterCommit(forget)
	return key, Record(tx, Entry{Actor: by, Action: "key.update", Target: id, Fields: changed})
}

// apply changes the key in memory and names the fields.
func (k *Key) apply(now time.Time, change KeyChange) (changed []string, err error) {
	if change.Name != nil {
		changed = append(changed, "name")
		if k.Name, err = named(*change.Name); err != nil {
			return nil, err
		}
	}
	if change.Scopes != nil {
		changed = append(changed, "scopes")
		if k.Scopes, k.may, err = scopes(k.Public, *change.Scopes); err != nil {
			return nil, err
		}
	}
	if change.Addresses != nil {
		changed = append(changed, "addresses")
		k.Addresses = *change.Addresses
	}
	if change.Expires != nil {
		changed = append(changed, "expires_at")
		if k.Expires, err = expiry(now, *change.Expires); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// RevokeKey ends a key for good: in this process at once, in others within KeyMemory. A key that was revoked before
// stays as it was.
func RevokeKey(tx *db.Tx, by Actor, id string) error {
	if err := by.Require(KeysManage); err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE api_keys SET revoked_us = $1, updated_us = $1, version = version + 1
		WHERE key_id = $2 AND revoked_us IS NULL`, tx.Now, id)
	if err != nil {
		return err
	}
	if n == 0 {
		_, err := KeyOf(tx, id)
		return err
	}
	tx.AfterCommit(forget)
	return Record(tx, Entry{Actor: by, Action: "key.revoke", Target: id})
}

// keyChanges counts changes of keys in this process: what is remembered of keys counts no more after one.
var keyChanges atomic.Int64

func forget() { keyChanges.Add(1) }

const keyColumns = `key_id, hash, name, public, hint, scopes, addresses, created_by, created_us, updated_us, expires_us, used_us,
	revoked_us, version`

// Keys lists all keys, the newest first, also those that are of no use any more.
func Keys(tx *db.Tx) (keys []Key, err error) {
	return readKeys(tx, `SELECT `+keyColumns+` FROM api_keys ORDER BY key_id DESC`)
}

// KeyOf gives one key.
func KeyOf(tx *db.Tx, id string) (Key, error) {
	keys, err := readKeys(tx, `SELECT `+keyColumns+` FROM api_keys WHERE key_id = $1`, id)
	if err != nil {
		return Key{}, err
	}
	if len(keys) == 0 {
		return Key{}, fault.Coded("not_found", fault.NotFoundf("there is no key %.40s", id))
	}
	return keys[0], nil
}

func readKeys(tx *db.Tx, query string, args ...any) (keys []Key, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var k Key
		var listed, addresses string
		if err := rows.Scan(&k.ID, &k.hash, &k.Name, &k.Public, &k.Hint, &listed, &addresses, &k.CreatedBy, &k.Created, &k.Updated,
			&k.Expires, &k.Used, &k.Revoked, &k.Version); err != nil {
			return nil, err
		}
		for _, word := range strings.Fields(listed) {
			k.Scopes = append(k.Scopes, Permission(word))
		}
		k.may = reach(k.Public, k.Scopes)
		for _, text := range strings.Fields(addresses) {
			prefix, err := netip.ParsePrefix(text)
			if err != nil {
				return nil, err //nolint:wrapcheck // what was kept does not parse: nothing a person could do
			}
			k.Addresses = append(k.Addresses, prefix)
		}
		keys = append(keys, k)
	}
	return keys, rows.Close()
}

// Expired tells whether the time of the key is over by the clock of this machine.
func (k *Key) Expired() bool { return k.Expires.Valid && !time.Now().Before(k.Expires.V) }

// MayMake tells whether the actor may make such a key.
func (a Actor) MayMake(k NewKey) bool {
	return a.May(KeysManage) && a.grants(reach(k.Public, k.Scopes)) == nil
}

// actor is who calls with the key.
func (k *Key) actor() Actor {
	kind := Program
	if k.Public {
		kind = Public
	}
	return Actor{Kind: kind, ID: k.ID, Name: k.Name, may: k.may}
}

// reach is what scopes allow. A public key may add events, whatever stands in the database.
func reach(public bool, listed []Permission) permissions {
	if public {
		return all([]Permission{EventsAdd})
	}
	if slices.Contains(listed, All) {
		return all(Permissions())
	}
	return all(listed)
}

// scopes checks what a key is to be allowed.
func scopes(public bool, want []Permission) ([]Permission, permissions, error) {
	if public {
		if len(want) > 1 || len(want) == 1 && want[0] != EventsAdd {
			return nil, nil, fault.In("scopes", fault.Coded("public_key_scopes",
				fault.Invalidf("a public key can be read by everybody, so it may add events and nothing else; leave its scopes out")))
		}
		want = []Permission{EventsAdd}
	}
	if len(want) == 0 {
		return nil, nil, fault.In("scopes", fault.Coded("no_scopes", fault.Invalidf("say what the key may do: %s, or all", words(Permissions()))))
	}
	sorted := slices.Clone(want)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	for _, p := range sorted {
		switch {
		case p == All && len(sorted) > 1:
			return nil, nil, fault.In("scopes", fault.Coded("unknown_scope", fault.Invalidf("all has everything within it; leave the other scopes out")))
		case p != All && !slices.Contains(Permissions(), p):
			return nil, nil, fault.In("scopes", fault.Coded("unknown_scope", fault.Invalidf("%.40q is no permission; use %s, or all", string(p), words(Permissions()))))
		}
	}
	return sorted, reach(public, sorted), nil
}

func named(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > nameMost {
		return "", fault.In("name", fault.Coded("name_length", fault.Invalidf("a name has 1 to %d characters", nameMost)))
	}
	return name, nil
}

func expiry(now, at time.Time) (sql.Null[time.Time], error) {
	if !at.IsZero() && !at.After(now) {
		return sql.Null[time.Time]{}, fault.In("expires_at", fault.Coded("in_the_past", fault.Invalidf("the key is to expire in the past; give a later moment, or none")))
	}
	return sql.Null[time.Time]{V: at, Valid: !at.IsZero()}, nil
}

// ParseAddresses reads addresses and networks: 192.0.2.7, 192.0.2.0/24, 2001:db8::/32.
func ParseAddresses(list []string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, text := range list {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			address, failed := netip.ParseAddr(text)
			if failed != nil || address.Zone() != "" {
				return nil, fault.In("addresses", fault.Coded("no_address",
					fault.Invalidf("%.60q is no address; write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32", text)))
			}
			prefix = netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen())
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes, nil
}

// joined is how lists are kept.
func joined[T any](list []T) string {
	var words []string
	for _, one := range list {
		words = append(words, fmt.Sprint(one))
	}
	return strings.Join(words, " ")
}

// meanwhile says that something is not as the caller last saw it.
func meanwhile(what, id string) error {
	return fault.Coded("changed_meanwhile", fault.Conflictf("the %s %s has been changed meanwhile; look at it again", what, id))
}
