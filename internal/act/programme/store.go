package programme

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/setting"
	"regulars/internal/record/holiday"
)

// State is how a version stands.
type State string

// The states.
const (
	Draft     State = "draft"
	Published State = "published"
	Retired   State = "retired" // it was published, and another one is now
)

// Version is a version of the programme as it is kept.
type Version struct {
	Version     int64
	State       State
	Document    json.RawMessage
	Note        string
	Author      string
	Created     time.Time
	Published   time.Time // zero: never
	PublishedBy string
	// Alone says of what was published just now that four eyes were asked for, and there were but two.
	Alone bool
}

// Book knows the versions of the programme. It is safe for concurrent use.
type Book struct {
	lock    sync.Mutex
	current *Compiled
	looked  time.Time
	known   map[int64]*Compiled
}

// stale is after what time it is looked again which version is in force, in case another process published one.
const stale = time.Second

// Current is the version in force; nil: there is none.
func (b *Book) Current(tx *db.Tx, zone *time.Location) (*Compiled, error) {
	b.lock.Lock()
	current, fresh := b.current, tx.Now.Sub(b.looked).Abs() < stale
	b.lock.Unlock()
	if fresh {
		return current, nil
	}
	var version int64
	err := tx.QueryRow("SELECT version FROM programme_versions WHERE state = 'published'").Scan(&version)
	current = nil
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return nil, err
	default:
		if current, err = b.Version(tx, version, zone); err != nil {
			return nil, err
		}
	}
	b.lock.Lock()
	defer b.lock.Unlock()
	b.current, b.looked = current, tx.Now
	return current, nil
}

// forget has it looked again at once.
func (b *Book) forget(tx *db.Tx) {
	tx.AfterCommit(func() {
		b.lock.Lock()
		defer b.lock.Unlock()
		b.looked, b.known = time.Time{}, nil
	})
}

// Version is one of the versions, ready to be applied.
func (b *Book) Version(tx *db.Tx, version int64, zone *time.Location) (*Compiled, error) {
	b.lock.Lock()
	c := b.known[version]
	b.lock.Unlock()
	if c != nil {
		return c.Named(tx)
	}
	v, err := Load(tx, version)
	if err != nil {
		return nil, err
	}
	d, err := Parse(v.Document)
	if err != nil {
		return nil, err
	}
	if c, err = Compile(d, version, zone); err != nil {
		return nil, err
	}
	if c.Published = v.Published; v.State == Draft {
		return c, nil // it may be changed yet
	}
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.known == nil {
		b.known = map[int64]*Compiled{}
	}
	b.known[version] = c
	return c.Named(tx)
}

// Named knows what the business calls its own days, which it may change at any time.
func (c *Compiled) Named(tx *db.Tx) (*Compiled, error) {
	if !c.Looks(OnHoliday) {
		return c, nil
	}
	calendar, err := holiday.Load(tx)
	if err != nil {
		return nil, err
	}
	with := *c
	with.calendar = calendar
	return &with, nil
}

const versionColumns = "SELECT version, state, document, note, author, created_us, published_us, published_by FROM programme_versions"

func (v *Version) scan(r interface{ Scan(targets ...any) error }) error {
	var state, document string
	var published sql.Null[time.Time]
	if err := r.Scan(&v.Version, &state, &document, &v.Note, &v.Author, &v.Created, &published, &v.PublishedBy); err != nil {
		return err
	}
	v.State, v.Document, v.Published = State(state), json.RawMessage(document), published.V
	return nil
}

func noVersion() error {
	return fault.Coded("programme_not_found", fault.NotFoundf("there is no such version of the programme"))
}

// Load reads a version.
func Load(tx *db.Tx, version int64) (v Version, err error) {
	err = v.scan(tx.QueryRow(versionColumns+" WHERE version = $1", version))
	if errors.Is(err, sql.ErrNoRows) {
		err = noVersion()
	}
	return v, err
}

// InForce reads the version that is published.
func InForce(tx *db.Tx) (v Version, err error) {
	err = v.scan(tx.QueryRow(versionColumns + " WHERE state = 'published'"))
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Coded("no_programme", fault.NotFoundf("no programme is published yet"))
	}
	return v, err
}

// Eyes is who may publish what somebody wrote.
type Eyes string

// The eyes.
const (
	Own   Eyes = "own"   // whoever wrote it, too
	Four  Eyes = "four"  // somebody else, as the programme in force asks for
	Alone Eyes = "alone" // it asks for that, and there is nobody else: else nothing could ever be published again
)

// EyesOn tells whether somebody else publishes than one who wrote something.
func EyesOn(tx *db.Tx, by string) (Eyes, error) {
	v, err := InForce(tx)
	if fault.KindOf(err) == fault.NotFound {
		return Own, nil
	}
	if err != nil {
		return Own, err
	}
	d, err := Parse(v.Document)
	if err != nil || !d.FourEyes {
		return Own, err
	}
	another, err := account.Another(tx, by, account.ProgrammeWrite)
	if err == nil && !another {
		return Alone, nil
	}
	return Four, err
}

// FourEyes tells whether somebody else must publish what one wrote; alone, whether that is asked for and nobody else is there.
func FourEyes(tx *db.Tx, by string) (another, alone bool, err error) {
	eyes, err := EyesOn(tx, by)
	return eyes == Four, eyes == Alone, err
}

// Versions lists versions, the newest first, from before one on; 0: from the newest on.
func Versions(tx *db.Tx, before int64, limit int) ([]Version, error) {
	return versions(tx, " WHERE version < $1 OR $1 = 0 ORDER BY version DESC LIMIT $2", before, limit)
}

func versions(tx *db.Tx, where string, args ...any) (all []Version, err error) {
	rows, err := tx.Query(versionColumns+where, args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var v Version
		if err := v.scan(rows); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Close()
}

// kept is a document as it is kept. It must be right in itself.
func kept(tx *db.Tx, text []byte, zone *time.Location) (string, error) {
	d, err := Parse(text)
	if err != nil {
		return "", err
	}
	if _, err := Compile(d, 0, zone); err != nil {
		return "", err
	}
	if err := d.known(tx); err != nil {
		return "", err
	}
	const longest = 1 << 20
	out, err := json.Marshal(d)
	if err != nil || len(out) > longest {
		return "", fault.Invalidf("a programme has %d bytes at most", longest)
	}
	return string(out), nil
}

// Write keeps a document as a new draft.
func Write(tx *db.Tx, text []byte, note, author string, zone *time.Location) (Version, error) {
	document, err := kept(tx, text, zone)
	if err != nil {
		return Version{}, err
	}
	if len(note) > 1000 {
		return Version{}, fault.Invalidf("a note has 1000 bytes at most")
	}
	var version int64
	if err := tx.QueryRow("SELECT coalesce(max(version), 0) + 1 FROM programme_versions").Scan(&version); err != nil {
		return Version{}, err
	}
	var last int64
	if _, err := setting.Load(tx, lastKey, &last); err != nil {
		return Version{}, err
	}
	version = max(version, last+1)
	n, err := tx.Exec(`INSERT INTO programme_versions (version, state, document, note, author, created_us, published_by) VALUES ($1, 'draft', $2, $3, $4, $5, '')
		ON CONFLICT (version) DO NOTHING`, version, document, note, author, tx.Now)
	if err == nil && n == 0 {
		err = db.ErrRestart // somebody else wrote one at the same time
	}
	if err != nil {
		return Version{}, err
	}
	return Load(tx, version)
}

// Rewrite changes a draft, in place of what it was changed from. Whoever does so is its author from then on: with four eyes
// somebody else publishes it than changed it last.
func Rewrite(tx *db.Tx, of *Version, text []byte, author string, zone *time.Location) error {
	document, err := kept(tx, text, zone)
	if err != nil {
		return err
	}
	n, err := tx.Exec("UPDATE programme_versions SET document = $1, author = $2 WHERE version = $3 AND state = 'draft' AND document = $4",
		document, author, of.Version, string(of.Document))
	if err != nil || n == 1 {
		return err
	}
	now, err := Load(tx, of.Version)
	switch {
	case err != nil:
		return err
	case now.State != Draft:
		return fault.Coded("no_draft", fault.Conflictf("version %d is no draft any more; make a new one of it", of.Version))
	}
	return db.ErrRestart // somebody else changed it at the same time: it is looked at again
}

// FreeName finds a name for a rule, reward, tier or unit that none has had in any version: what was counted for one of before
// does not count for it.
func FreeName(tx *db.Tx, of, like string) (string, error) {
	for n := 1; ; n++ {
		name := like
		if n > 1 {
			name += "-" + strconv.Itoa(n)
		}
		var had bool
		if err := tx.QueryRow("SELECT EXISTS (SELECT 1 FROM programme_versions WHERE document LIKE $1)", `%"`+of+`":"`+name+`"%`).Scan(&had); err != nil || !had {
			return name, err
		}
	}
}

// known refuses holidays that there are not: a rule on one would never give anything, and nobody would know why.
func (d *Document) known(tx *db.Tx) error {
	calendar, err := holiday.Load(tx)
	if err != nil {
		return err
	}
	for i := range d.Rules {
		for at, key := range d.Rules[i].Holidays {
			if err := calendar.Known(key); err != nil {
				return fault.In(fmt.Sprintf("rules[%d].holidays[%d]", i, at), err)
			}
		}
	}
	return nil
}

// Publish puts a version in force: a draft, or one of before, which takes back what came after it. Its units and rewards are
// saved; what is left of a reward stays.
func (b *Book) Publish(tx *db.Tx, version int64, by string, zone *time.Location) (Version, error) {
	v, err := Load(tx, version)
	if err != nil || v.State == Published {
		return v, err
	}
	c, err := b.Version(tx, version, zone)
	if err != nil {
		return v, err
	}
	eyes := Own
	if v.State == Draft && v.Author == by {
		if eyes, err = EyesOn(tx, by); err != nil {
			return v, err
		}
	}
	if eyes == Four {
		return v, fault.Coded("four_eyes", fault.Forbiddenf("the programme in force asks for four eyes: somebody else than its author publishes a draft"))
	}
	if err := c.Document.known(tx); err != nil { // the calendar may have changed since it was written
		return v, err
	}
	for i := range c.Document.Units {
		if err := points.SaveUnit(tx, c.Document.Units[i].unit()); err != nil {
			return v, err
		}
	}
	for i := range c.Document.Rewards {
		if err := saveReward(tx, &c.Document.Rewards[i]); err != nil {
			return v, err
		}
	}
	if _, err := tx.Exec("UPDATE programme_versions SET state = 'retired' WHERE state = 'published'"); err != nil {
		return v, err
	}
	n, err := tx.Exec("UPDATE programme_versions SET state = 'published', published_us = $1, published_by = $2 WHERE version = $3 AND document = $4",
		tx.Now, by, version, string(v.Document))
	if err == nil && n == 0 {
		err = db.ErrRestart // it was changed at the same time: its units and rewards are others
	}
	if err != nil {
		return v, err
	}
	b.forget(tx)
	v, err = Load(tx, version)
	v.Alone = eyes == Alone
	return v, err
}

// lastKey is under which the number of the newest version is kept that was discarded: no other has it again.
const lastKey = "programme_discarded"

// Discard removes a draft for good. What was published once stays.
func Discard(tx *db.Tx, version int64) error {
	n, err := tx.Exec("DELETE FROM programme_versions WHERE version = $1 AND state = 'draft'", version)
	if err != nil {
		return err
	}
	if n == 0 {
		if _, err := Load(tx, version); err != nil {
			return err
		}
		return fault.Coded("no_draft", fault.Conflictf("version %d is no draft any more, and what was in force stays", version))
	}
	_, err = tx.Exec(`INSERT INTO settings (key, value, updated_us) VALUES ($1, $2, $3) ON CONFLICT (key) DO UPDATE SET updated_us = excluded.updated_us,
		value = CASE WHEN CAST(settings.value AS BIGINT) < CAST(excluded.value AS BIGINT) THEN excluded.value ELSE settings.value END`, lastKey, strconv.FormatInt(version, 10), tx.Now)
	return err
}

// Drafts lists the drafts, the newest first.
func Drafts(tx *db.Tx, limit int) ([]Version, error) {
	return versions(tx, " WHERE state = 'draft' ORDER BY version DESC LIMIT $1", limit)
}

// saveReward offers a reward as the programme has it. How many of it are left stays, but that an event has more places, or fewer.
func saveReward(tx *db.Tx, r *reward.Reward) error {
	left, err := r.LeftNow(tx)
	if err != nil {
		return err
	}
	_, err = reward.Save(tx, *r, left, 0)
	return err
}

func one(n int64, err error) error {
	if err == nil && n != 1 {
		err = fmt.Errorf("%d rows were changed, want one", n)
	}
	return err
}

// Difference is a place at which two documents differ.
type Difference struct {
	At            string
	Before, After string // as JSON; empty: it is not there
}

// Diff lists where two documents differ. Rules, challenges, accesses, units, tiers and rewards are compared by their names, not their places.
func Diff(before, after []byte) ([]Difference, error) {
	var flat [2]map[string]string
	for i, text := range [][]byte{before, after} {
		var v any
		if len(text) > 0 {
			if err := json.Unmarshal(text, &v); err != nil {
				return nil, fault.Invalidf("the programme cannot be read: %w", err)
			}
		}
		flat[i] = map[string]string{}
		if err := flatten("", v, flat[i]); err != nil {
			return nil, err
		}
	}
	all := maps.Clone(flat[0])
	maps.Copy(all, flat[1])
	var found []Difference
	for _, at := range slices.Sorted(maps.Keys(all)) {
		if flat[0][at] != flat[1][at] {
			found = append(found, Difference{at, flat[0][at], flat[1][at]})
		}
	}
	return found, nil
}

func flatten(at string, v any, into map[string]string) error {
	switch v := v.(type) {
	case nil:
		return nil
	case map[string]any:
		for key, inner := range v {
			next := key
			if at != "" {
				next = at + "." + key
			}
			if err := flatten(next, inner, into); err != nil {
				return err
			}
		}
		return nil
	case []any:
		for i, inner := range v {
			name := fmt.Sprint(i)
			if m, ok := inner.(map[string]any); ok {
				for _, key := range []string{"rule", "challenge", "access", "reward", "tier", "unit"} {
					if text, ok := m[key].(string); ok {
						name = text
						break
					}
				}
			}
			if err := flatten(at+"["+name+"]", inner, into); err != nil {
				return err
			}
		}
		return nil
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // people read it
	err := e.Encode(v)
	into[at] = strings.TrimSpace(text.String())
	return err //nolint:wrapcheck // of a value that was JSON
}
