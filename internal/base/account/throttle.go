package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// How guessing is slowed without locking anybody out. Every try to sign in is charged, before it is looked at, to
// buckets: to the e-mail as tried from one network, and to the network. So many are free; from then on each makes the
// next one wait, twice as long each time. No bucket is the e-mail's alone: whoever tries it from elsewhere spends the
// budget of elsewhere. A device from which the user signed in before has a budget of its own, and no other counts for
// it. The second step is charged to the user alone, which needs the password first.
//
// The buckets are in the database: several processes charge the same ones.
const (
	freeTries   = 5
	freeNetwork = 30
	freeDevice  = 10
	freeCodes   = 5
	freeGuesses = 10
	freeMails   = 3 // links to set a new password, an e-mail; a network has freeNetwork

	firstWait    = time.Second
	longestWait  = 15 * time.Minute
	forgetsAfter = 2 * time.Hour // without a try
)

// bucket is what tries are charged to.
type bucket struct {
	key  string
	free int64
}

// TooSoon is the cause of the fault too_many_tries: when the next try is let in.
type TooSoon struct{ Wait time.Duration }

func (t *TooSoon) Error() string {
	return fmt.Sprintf("the next try is let in after %s", t.Wait.Round(time.Second))
}

// wait is for how long so many tries make the next one wait.
func (b bucket) wait(tries int64) time.Duration {
	if tries <= b.free {
		return 0
	}
	return min(firstWait<<min(tries-b.free-1, 20), longestWait)
}

// charge takes a try from every bucket, or from none when one of them has the caller wait.
func charge(ctx context.Context, d *db.DB, buckets ...bucket) error {
	slices.SortFunc(buckets, func(a, b bucket) int { return strings.Compare(a.key, b.key) })
	return d.Write(ctx, func(tx *db.Tx) error {
		for _, b := range buckets {
			if err := b.charge(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b bucket) charge(tx *db.Tx) error {
	var tries int64
	// The row is held until the transaction ends: of a hundred at once each counts.
	err := tx.QueryRow(`INSERT INTO sign_in_tries (bucket, tries, last_us, next_us) VALUES ($1, 1, $2, 0)
		ON CONFLICT (bucket) DO UPDATE SET tries = CASE WHEN sign_in_tries.last_us < $3 THEN 1 ELSE sign_in_tries.tries + 1 END,
		last_us = excluded.last_us WHERE sign_in_tries.next_us <= excluded.last_us RETURNING tries`,
		b.key, tx.Now, tx.Now.Add(-forgetsAfter)).Scan(&tries)
	if errors.Is(err, sql.ErrNoRows) {
		return b.refuse(tx)
	}
	if err != nil {
		return err
	}
	if wait := b.wait(tries); wait > 0 {
		_, err = tx.Exec(`UPDATE sign_in_tries SET next_us = $1 WHERE bucket = $2`, tx.Now.Add(wait), b.key)
	}
	return err
}

func (b bucket) refuse(tx *db.Tx) error {
	var next time.Time
	if err := tx.QueryRow(`SELECT next_us FROM sign_in_tries WHERE bucket = $1`, b.key).Scan(&next); err != nil {
		return err
	}
	soon := &TooSoon{Wait: max(next.Sub(tx.Now), time.Second)}
	err := fault.Coded("too_many_tries", fault.Unavailablef("too many tries: wait %d seconds before the next one", int(soon.Wait.Round(time.Second)/time.Second)))
	var f *fault.Fault
	if errors.As(err, &f) {
		f.Cause = soon
	}
	return err
}

// forgive gives back the last try of the buckets.
func forgive(tx *db.Tx, buckets ...bucket) error {
	for _, b := range buckets {
		if _, err := tx.Exec(`UPDATE sign_in_tries SET tries = tries - 1, next_us = 0 WHERE bucket = $1 AND tries > 0`, b.key); err != nil {
			return err
		}
	}
	return nil
}

// empty forgets all tries of the bucket.
func (b bucket) empty(tx *db.Tx) error {
	_, err := tx.Exec(`DELETE FROM sign_in_tries WHERE bucket = $1`, b.key)
	return err
}

// network is what one household, office or attacker has for itself: neighbours in it share a budget.
func network(from netip.Addr) string {
	from = from.Unmap().WithZone("")
	bits := 24
	if from.Is6() {
		bits = 56
	}
	prefix, err := from.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}

func triesOf(email, network string) bucket {
	return bucket{"e:" + digestOf(email+" "+network), freeTries}
}

func triesFrom(network string) bucket { return bucket{"n:" + digestOf(network), freeNetwork} }

func triesAt(device string) bucket { return bucket{"d:" + digestOf(device), freeDevice} }

func codesOf(user string) bucket { return bucket{"c:" + user, freeCodes} }

func mailsTo(email, network string) bucket {
	return bucket{"m:" + digestOf(email+" "+network), freeMails}
}

// ChargeLetter charges a letter that somebody asks for to the e-mail that it goes to, as asked for from one network, and to
// the network.
func ChargeLetter(ctx context.Context, d *db.DB, email string, from netip.Addr) error {
	n := network(from)
	return charge(ctx, d, mailsTo(email, n), triesFrom(n))
}

func guessesOf(who string) bucket { return bucket{"g:" + digestOf(who), freeGuesses} }

// ChargeGuess charges a code that somebody tries, who has shown who they are, to them and to the network that they come from.
// ForgiveGuess gives the try back where the code was right.
func ChargeGuess(ctx context.Context, d *db.DB, who string, from netip.Addr) error {
	return charge(ctx, d, guessesOf(who), triesFrom(network(from)))
}

// ForgiveGuess gives back what ChargeGuess charged.
func ForgiveGuess(tx *db.Tx, who string, from netip.Addr) error {
	return forgive(tx, guessesOf(who), triesFrom(network(from)))
}

// Sweep forgets what has run out: links, sessions, tries.
func Sweep(ctx context.Context, d *db.DB) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		for _, statement := range []struct {
			sql  string
			past time.Time
		}{
			{`DELETE FROM one_time_links WHERE expires_us <= $1`, tx.Now},
			{`DELETE FROM sessions WHERE expires_us <= $1`, tx.Now},
			{`DELETE FROM sign_in_tries WHERE last_us < $1`, tx.Now.Add(-forgetsAfter)},
		} {
			if _, err := tx.Exec(statement.sql, statement.past); err != nil {
				return err
			}
		}
		return nil
	})
}
