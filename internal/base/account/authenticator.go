package account

import (
	"context"
	"crypto/subtle"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// KeyMemory is for how long a key is known without asking the database: so long a key that another process revoked may
// still be used in this one.
const KeyMemory = 5 * time.Second

const (
	// keysMost bounds how many keys are remembered, and how many texts that are none.
	keysMost = 4096
	// usedGrain is how exactly it is known when a key was last used: so often it is written at most.
	usedGrain = time.Minute
)

// Authenticator finds out who calls with a key. It remembers keys for KeyMemory, so that thousands of requests a second
// do not become as many queries, and gathers when each was used. It is safe for concurrent use.
type Authenticator struct {
	d     *db.DB
	clock func() time.Time

	lock    sync.RWMutex
	known   map[string]remembered // by hash
	unknown map[string]remembered

	usedLock sync.Mutex
	used     map[string]time.Time // by id, not written yet
	written  map[string]time.Time
}

// remembered is what the database said of a hash, and when.
type remembered struct {
	key     Key
	until   time.Time
	changes int64
}

// NewAuthenticator looks keys up in the database. The clock is for tests; nil: time.Now.
func NewAuthenticator(d *db.DB, clock func() time.Time) *Authenticator {
	if clock == nil {
		clock = time.Now
	}
	return &Authenticator{
		d: d, clock: clock, known: map[string]remembered{}, unknown: map[string]remembered{},
		used: map[string]time.Time{}, written: map[string]time.Time{},
	}
}

// Key tells who calls with the text of a key, from the address.
func (a *Authenticator) Key(ctx context.Context, text string, from netip.Addr) (Actor, error) {
	if !WellFormed(text) {
		return Actor{}, fault.Coded("unknown_key", fault.Unknownf("this is no API key: %s", misspelt(text)))
	}
	key, err := a.find(ctx, digestOf(text))
	if err != nil {
		return Actor{}, err
	}
	now := a.clock()
	switch {
	case key.ID == "":
		return Actor{}, fault.Coded("unknown_key", fault.Unknownf("there is no such API key here; it may belong to another installation"))
	case key.Revoked.Valid:
		return Actor{}, fault.Coded("key_revoked", fault.Unknownf("the API key %s has been revoked; use another one", key.ID))
	case key.Expires.Valid && !now.Before(key.Expires.V):
		return Actor{}, fault.Coded("key_expired", fault.Unknownf("the API key %s has expired; make a new one", key.ID))
	case !key.allows(from):
		return Actor{}, fault.Coded("address_not_allowed",
			fault.Forbiddenf("the API key %s may not be used from %s; add the address to the key's list", key.ID, from))
	}
	a.mark(key.ID, now)
	return key.actor(), nil
}

// misspelt says what is wrong with a text that cannot be a key.
func misspelt(text string) string {
	if strings.HasPrefix(text, secretPrefix) || strings.HasPrefix(text, publicPrefix) {
		return "some of it is missing or mistyped; copy the whole of it again"
	}
	return "keys begin with " + secretPrefix + " or " + publicPrefix
}

func (k *Key) allows(from netip.Addr) bool {
	if len(k.Addresses) == 0 {
		return true
	}
	from = from.Unmap().WithZone("")
	for _, network := range k.Addresses {
		if network.Contains(from) {
			return true
		}
	}
	return false
}

// find gives the key with the hash; one without id: there is none.
func (a *Authenticator) find(ctx context.Context, hash string) (Key, error) {
	now, changes := a.clock(), keyChanges.Load()
	a.lock.RLock()
	r, ok := a.known[hash]
	if !ok {
		r, ok = a.unknown[hash]
	}
	a.lock.RUnlock()
	if ok && r.changes == changes && now.Before(r.until) {
		return r.key, nil
	}
	r = remembered{until: now.Add(KeyMemory), changes: changes}
	err := a.d.Read(ctx, func(tx *db.Tx) error {
		r.key = Key{}
		keys, err := readKeys(tx, `SELECT `+keyColumns+` FROM api_keys WHERE hash = $1`, hash)
		// The index has compared already, and not in constant time: but what it compared is the hash of a guess, which
		// nobody can bring closer byte by byte.
		if err == nil && len(keys) == 1 && subtle.ConstantTimeCompare([]byte(keys[0].hash), []byte(hash)) == 1 {
			r.key = keys[0]
		}
		return err
	})
	if err != nil {
		return Key{}, err
	}
	a.lock.Lock()
	defer a.lock.Unlock()
	into, other := a.known, a.unknown
	if r.key.ID == "" {
		into, other = a.unknown, a.known
	}
	delete(other, hash)
	if len(into) >= keysMost {
		clear(into) // whoever is still wanted comes back with one query
	}
	into[hash] = r
	return r.key, nil
}

// mark remembers that the key was used.
func (a *Authenticator) mark(id string, now time.Time) {
	a.usedLock.Lock()
	defer a.usedLock.Unlock()
	if now.Sub(a.written[id]) >= usedGrain {
		a.used[id] = now
	}
}

// Flush writes when keys were used, of each key at most once a minute.
func (a *Authenticator) Flush(ctx context.Context) error {
	a.usedLock.Lock()
	used := a.used
	a.used = map[string]time.Time{}
	for id, at := range used {
		a.written[id] = at
	}
	a.usedLock.Unlock()
	if len(used) == 0 {
		return nil
	}
	err := a.d.Write(ctx, func(tx *db.Tx) error {
		for _, id := range slices.Sorted(maps.Keys(used)) {
			if _, err := tx.Exec(`UPDATE api_keys SET used_us = $1 WHERE key_id = $2 AND (used_us IS NULL OR used_us <= $3)`,
				used[id], id, used[id].Add(-usedGrain)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		a.usedLock.Lock()
		defer a.usedLock.Unlock()
		for id := range used {
			delete(a.written, id) // to be tried again at its next use
		}
	}
	return err
}

// Run writes when keys were used, every few seconds and once more when the context ends.
func (a *Authenticator) Run(ctx context.Context, failed func(error)) {
	every(ctx, flushEvery, func(ctx context.Context) {
		if err := a.Flush(ctx); err != nil {
			failed(err)
		}
	})
}

const (
	flushEvery = 5 * time.Second
	lastWait   = 5 * time.Second
)

// every calls the function again and again, and a last time when the context has ended.
func every(ctx context.Context, pause time.Duration, fn func(context.Context)) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-tick.C:
			once(ctx, fn)
		case <-ctx.Done():
		}
	}
	once(ctx, fn)
}

// once calls the function, which may finish what it has begun for a while after the context has ended.
func once(ctx context.Context, fn func(context.Context)) {
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(lastWait):
			cancel()
		case <-running.Done():
		}
	})
	defer stop()
	fn(running)
}
