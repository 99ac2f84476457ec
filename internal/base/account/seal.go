package account

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"regulars/internal/base/db"
)

// How the trail is chained. Entries are written beside each other, as many at once as the engine can take: a chain that
// each had to join would make all transactions wait for one another. Shortly after, Seal moves them, in one transaction
// and one process at a time, from audit_fresh into audit_entries, numbers them without gaps, and closes them with a
// seal: a hash over the seal before and over every entry. An entry that commits late is met by a later seal, because
// what is not sealed lies by itself: nothing is passed over, however long its transaction went on.
//
// Who can write into the database can also compute hashes, and so could rewrite the end of the trail from some entry on
// with everything after it. Against that a Mark that was noted down elsewhere helps (the sealer gives each to the log):
// Verify says whether it is still on the chain.

// Mark is a point of the chain: everything up to a seal, in one hash.
type Mark struct {
	Seal    int64
	Entries int64 // sealed up to here
	Hash    string
	At      time.Time
}

// sealBatch bounds the entries of one seal, and so the transaction that makes it.
const sealBatch = 1000

var (
	insertEntries = db.NewInsert(`INSERT INTO audit_entries (place, entry_id, at_us, actor_kind, actor_id, action, target, fields, touched,
		request)`, 10, "")
	lookupFresh = `SELECT ` + entryColumns + ` FROM audit_fresh ORDER BY entry_id LIMIT $1`
	// Those that were sealed, one by one: another may have committed between them meanwhile.
	deleteFresh = db.NewLookup("DELETE FROM audit_fresh", "entry_id BIGINT")
)

// Seal chains everything that was recorded and committed before, and gives the new end of the chain. When there is
// nothing to seal it writes nothing.
func Seal(ctx context.Context, d *db.DB) (end Mark, err error) {
	for {
		var waiting bool
		err := d.Read(ctx, func(tx *db.Tx) (err error) {
			if end, err = End(tx); err != nil {
				return err
			}
			return tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM audit_fresh)`).Scan(&waiting)
		})
		if err != nil || !waiting {
			return end, err
		}
		if err := d.Write(ctx, seal); err != nil {
			return end, err
		}
	}
}

// seal makes one seal.
func seal(tx *db.Tx) error {
	// The row is held from here on, so that no other process seals between.
	var last Mark
	err := tx.QueryRow(`INSERT INTO audit_head (head_id, seal_no, place, hash, sealed_us) VALUES (1, 0, 0, '', 0)
		ON CONFLICT (head_id) DO UPDATE SET head_id = excluded.head_id RETURNING seal_no, place, hash`).Scan(
		&last.Seal, &last.Entries, &last.Hash)
	if err != nil {
		return err
	}
	rows, err := tx.Query(lookupFresh, sealBatch)
	if err != nil {
		return err
	}
	var entries []Entry
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	if err := rows.Close(); err != nil || len(entries) == 0 {
		return err
	}
	next := Mark{Seal: last.Seal + 1, Entries: last.Entries + int64(len(entries)), At: tx.Now}
	chain := newChain(last, next)
	args, numbers := make([]any, 0, 10*len(entries)), make([]any, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		chain.add(e)
		numbers = append(numbers, e.number)
		args = append(args, last.Entries+int64(i)+1, e.number, e.At, string(e.Actor.Kind), e.Actor.ID, e.Action, e.Target,
			strings.Join(e.Fields, " "), e.Count, e.Request)
	}
	next.Hash = chain.sum()
	if _, err := insertEntries.Exec(tx, args); err != nil {
		return err
	}
	if err := deleteFresh.Each(tx, numbers, func(*db.Rows) error { return nil }); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO audit_seals (seal_no, last_place, sealed_us, hash) VALUES ($1, $2, $3, $4)`,
		next.Seal, next.Entries, tx.Now, next.Hash); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE audit_head SET seal_no = $1, place = $2, hash = $3, sealed_us = $4 WHERE head_id = 1`,
		next.Seal, next.Entries, next.Hash, tx.Now)
	return err
}

// End is the end of the chain: the mark to note down elsewhere. Of an empty trail it is the zero mark.
func End(tx *db.Tx) (end Mark, err error) {
	err = tx.QueryRow(`SELECT seal_no, place, hash, sealed_us FROM audit_head WHERE head_id = 1`).Scan(
		&end.Seal, &end.Entries, &end.Hash, &end.At)
	if errors.Is(err, sql.ErrNoRows) || err == nil && end.Seal == 0 {
		return Mark{}, nil
	}
	return end, err
}

// RunSealer seals every few seconds, and once more when the context ends. Each new end of the chain is told to noted,
// for the log.
func RunSealer(ctx context.Context, d *db.DB, noted func(Mark), failed func(error)) {
	var last Mark
	every(ctx, sealEvery, func(ctx context.Context) {
		end, err := Seal(ctx, d)
		if err != nil {
			failed(err)
			return
		}
		if end.Seal != last.Seal {
			noted(end)
		}
		last = end
	})
}

const sealEvery = 2 * time.Second

// chain computes the hash of a seal: over numbers of fixed and texts of stated length, so that nothing can be moved from
// one field to the next.
type chain struct{ text []byte }

func newChain(last, next Mark) *chain {
	c := &chain{}
	c.word("regulars audit 1")
	c.word(last.Hash)
	c.number(next.Seal)
	c.number(next.Entries)
	c.number(next.At.UnixMicro())
	return c
}

func (c *chain) number(n int64) { c.text = binary.BigEndian.AppendUint64(c.text, uint64(n)) } //nolint:gosec // bits as they are

func (c *chain) word(s string) {
	c.number(int64(len(s)))
	c.text = append(c.text, s...)
}

func (c *chain) add(e *Entry) {
	c.number(e.number)
	c.number(e.At.UnixMicro())
	c.word(string(e.Actor.Kind))
	c.word(e.Actor.ID)
	c.word(e.Action)
	c.word(e.Target)
	c.word(strings.Join(e.Fields, " "))
	c.number(e.Count)
	c.word(e.Request)
}

func (c *chain) sum() string {
	sum := sha256.Sum256(c.text)
	return hex.EncodeToString(sum[:])
}

// Verdict is what Verify found.
type Verdict struct {
	End   Mark
	Fresh int64    // not sealed yet, and so not protected yet
	Flaws []string // what is wrong, a sentence each; empty: the trail is whole
}

// flawsMost bounds how many flaws are told one by one.
const flawsMost = 100

func (v *Verdict) flaw(format string, args ...any) {
	if len(v.Flaws) < flawsMost {
		v.Flaws = append(v.Flaws, fmt.Sprintf(format, args...))
	}
}

// Verify reads the whole trail and finds what was changed, taken out, put in or cut off. Marks noted down earlier are
// checked to be on the chain still.
func Verify(tx *db.Tx, noted ...Mark) (v Verdict, err error) {
	if v.End, err = End(tx); err != nil {
		return v, err
	}
	if err := tx.QueryRow(`SELECT count(*) FROM audit_fresh`).Scan(&v.Fresh); err != nil {
		return v, err
	}
	var last Mark
	for after := int64(math.MinInt64); ; after = last.Seal { // seals begin with 1: what lies before was put in
		next, err := readSeals(tx, after)
		if err != nil {
			return v, err
		}
		if len(next) == 0 {
			break
		}
		if last, err = v.chain(tx, last, next); err != nil {
			return v, err
		}
	}
	var beyond int64
	if err := tx.QueryRow(`SELECT count(*) FROM audit_entries WHERE place < 1 OR place > $1`, last.Entries).Scan(&beyond); err != nil {
		return v, err
	}
	if beyond > 0 {
		v.flaw("beyond the seals there are %d entries that nobody sealed", beyond)
	}
	if last != v.End {
		v.flaw("the trail ended with seal %d over %d entries, and now with seal %d over %d: its end was cut off or changed",
			v.End.Seal, v.End.Entries, last.Seal, last.Entries)
	}
	return v, v.notes(tx, noted)
}

// notes checks the marks that were noted down.
func (v *Verdict) notes(tx *db.Tx, noted []Mark) error {
	for _, m := range noted {
		if m.Seal == 0 {
			continue
		}
		var hash string
		err := tx.QueryRow(`SELECT hash FROM audit_seals WHERE seal_no = $1`, m.Seal).Scan(&hash)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if hash != m.Hash {
			v.flaw("seal %d is not the one that was noted: the trail was rewritten before it", m.Seal)
		}
	}
	return nil
}

// sealsAtOnce is how many seals are held in memory, with none of their entries.
const sealsAtOnce = 500

func readSeals(tx *db.Tx, after int64) (marks []Mark, err error) {
	rows, err := tx.Query(`SELECT seal_no, last_place, sealed_us, hash FROM audit_seals WHERE seal_no > $1 ORDER BY seal_no LIMIT $2`,
		after, sealsAtOnce)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var m Mark
		if err := rows.Scan(&m.Seal, &m.Entries, &m.At, &m.Hash); err != nil {
			return nil, err
		}
		marks = append(marks, m)
	}
	return marks, rows.Close()
}

// chain goes through some seals, which follow on the last one, and the entries that each is over.
func (v *Verdict) chain(tx *db.Tx, last Mark, marks []Mark) (Mark, error) {
	rows, err := tx.Query(`SELECT `+entryColumns+`, place FROM audit_entries WHERE place > $1 AND place <= $2 ORDER BY place`,
		last.Entries, marks[len(marks)-1].Entries)
	if err != nil {
		return last, err
	}
	var next Entry
	var place int64
	more := true
	step := func() (err error) {
		if more = rows.Next(); more {
			next, err = scanEntry(rows, &place)
		}
		return err
	}
	if err := step(); err != nil {
		return last, err
	}
	for _, m := range marks {
		if m.Seal != last.Seal+1 {
			v.flaw("seal %d follows seal %d: those between are missing", m.Seal, last.Seal)
		}
		c := newChain(last, m)
		var found int64
		for more && place <= m.Entries {
			c.add(&next)
			found++
			if err := step(); err != nil {
				return last, err
			}
		}
		v.compare(last, m, found, c.sum())
		last = m
	}
	return last, rows.Close()
}

// compare says what is wrong under one seal.
func (v *Verdict) compare(last, m Mark, found int64, sum string) {
	switch want := m.Entries - last.Entries; {
	case found < want:
		v.flaw("of the %d entries under seal %d of %s, %d are missing", want, m.Seal, moment(m.At), want-found)
	case found > want:
		v.flaw("under seal %d of %s there are %d entries too many", m.Seal, moment(m.At), found-want)
	case sum != m.Hash:
		v.flaw("an entry under seal %d of %s (entries %d to %d), or the seal, was changed", m.Seal, moment(m.At), last.Entries+1, m.Entries)
	}
}

func moment(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") }
