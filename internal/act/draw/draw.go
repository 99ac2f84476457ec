package draw

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/base/secret"
)

// Desk holds draws. It is safe for concurrent use.
type Desk struct {
	Ledger *points.Ledger
	Box    *secret.Box // keeps seeds
	// FourEyes tells whether somebody else publishes a draw than wrote it, and whether that is asked for and nobody else is there;
	// nil: nobody asks for that.
	FourEyes func(tx *db.Tx, by string) (another, alone bool, err error)
}

// State is how a draw stands.
type State string

// The states. Closing is one in which nobody can enter any more, and the list is being frozen.
const (
	Draft     State = "draft"
	Published State = "published"
	Closing   State = "closing"
	Frozen    State = "frozen"
	Drawn     State = "drawn"
	Cancelled State = "cancelled"
)

// Prize is something to win, and how many of it there are.
type Prize struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

// Bought is that entries are sold for units.
type Bought struct {
	Unit      string `json:"unit"`
	Price     int64  `json:"price"`
	PerMember int64  `json:"per_member"` // how many one person can buy
}

// Earned is that orders of members earn entries.
type Earned struct {
	MinimumMinor int64 `json:"minimum_minor"` // of what is left of the order when the list is frozen
	Most         int64 `json:"most"`          // entries of one person
}

// Draw is what the owner offers.
type Draw struct {
	Draw   string    `json:"draw"` // the owner's name for it, such as summer-2026
	Name   string    `json:"name"` // as members see it
	Prizes []Prize   `json:"prizes"`
	Opens  time.Time `json:"opens"`
	Closes time.Time `json:"closes"`
	Free   bool      `json:"free,omitempty"` // a member enters once for nothing
	Bought *Bought   `json:"bought,omitempty"`
	Earned *Earned   `json:"earned,omitempty"`
	Rules  *Rules    `json:"rules,omitempty"`
	Terms  string    `json:"terms,omitempty"` // beside what the terms say of themselves
	// Translations are what name, prizes and terms are in other languages. The list that is drawn from has them as they are above.
	Translations locale.Translations `json:"translations,omitempty"`
}

// Texts are what people read of the draw, each once.
func (d *Draw) Texts() []string {
	all := []string{d.Name}
	for _, p := range d.Prizes {
		all = append(all, p.Name)
	}
	if d.Terms != "" {
		all = append(all, d.Terms)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// In is the draw as it is told in a language: nothing is drawn or checked by it.
func (d *Draw) In(l *locale.Locale) *Draw {
	told := *d
	told.Name, told.Terms, told.Prizes = d.Translations.In(l, d.Name), d.Translations.In(l, d.Terms), slices.Clone(d.Prizes)
	for i := range told.Prizes {
		told.Prizes[i].Name = d.Translations.In(l, told.Prizes[i].Name)
	}
	return &told
}

func (d *Draw) checkTranslations() error {
	for _, texts := range d.Translations {
		for text, as := range texts {
			if text != d.Terms && strings.ContainsFunc(as, unicode.IsControl) {
				return fault.In("translations", fault.Coded("no_text", fault.Invalidf("a name is one line of text")))
			}
		}
	}
	return d.Translations.Check(func(text string) int {
		if text == d.Terms {
			return longestTerms
		}
		return longestName
	})
}

// Stored is a draw as it is kept.
type Stored struct {
	Draw

	State      State
	Version    int64
	Author     string
	Commitment string // hex; empty until it is published
	ListHash   string // hex; empty until the list is frozen
	Entrants   int64  // on the frozen list
	Entries    int64  // the sum of their weights
	Seed       string // hex; empty until it is drawn
	Reason     string // why it was cancelled
	Created    time.Time
	Published  time.Time // this and the next: zero until then
	FrozenAt   time.Time
	Ended      time.Time // drawn or cancelled
	Alone      bool      // of what was published just now: four eyes were asked for, and there were but two

	sealedSeed, sealedSalt []byte
}

// Open tells whether one can enter at the moment.
func (s *Stored) Open(now time.Time) bool {
	return s.State == Published && !now.Before(s.Opens) && now.Before(s.Closes)
}

// Over tells whether the time in which one enters is over, and the list can be frozen.
func (s *Stored) Over(now time.Time) bool {
	return (s.State == Published || s.State == Closing) && !now.Before(s.Closes)
}

// Bounds of what is said of a draw.
const (
	longestKey   = 40
	longestName  = 100
	longestTerms = 20_000
	longestWhy   = 500
	mostPrizes   = 50
	mostOfPrize  = 10_000
	mostPrice    = 1_000_000_000
	mostEntries  = 1_000_000 // of one person, by one way
	longestOpen  = 5 * 366 * 24 * time.Hour
)

func wrong(field, format string, args ...any) error {
	return fault.In(field, fault.Invalidf(format, args...))
}

// Check refuses a draw that makes no sense.
func (d *Draw) Check() error {
	if d.Draw == "" || len(d.Draw) > longestKey || strings.Trim(d.Draw, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return fault.In("draw", fault.Coded("draw_key", fault.Invalidf("a draw is called by small Latin letters, digits, _ and -, %d at most, such as summer-2026", longestKey)))
	}
	if err := checkName("name", d.Name); err != nil {
		return err
	}
	if err := d.checkPrizes(); err != nil {
		return err
	}
	if err := d.checkTranslations(); err != nil {
		return err
	}
	switch {
	case d.Opens.IsZero():
		return wrong("opens", "say from when on one can enter")
	case d.Closes.IsZero():
		return wrong("closes", "say until when one can enter")
	case !d.Closes.After(d.Opens):
		return fault.In("closes", fault.Coded("empty_time", fault.Invalidf("it closes before it opens")))
	case d.Closes.Sub(d.Opens) > longestOpen:
		return wrong("closes", "a draw is open for five years at most")
	case !utf8.ValidString(d.Terms) || utf8.RuneCountInString(d.Terms) > longestTerms:
		return fault.In("terms", fault.Coded("too_long", fault.Invalidf("terms have %d signs at most", longestTerms)))
	case !d.Free && d.Bought == nil && d.Earned == nil && d.Rules == nil:
		return fault.In("free", fault.Coded("draw_no_way", fault.Invalidf("say how one enters: free, bought, earned, rules, or several of them")))
	}
	return d.checkWays()
}

func checkName(field, name string) error {
	n := utf8.RuneCountInString(strings.TrimSpace(name))
	if n == 0 || n > longestName || !utf8.ValidString(name) || name != strings.TrimSpace(name) {
		return fault.In(field, fault.Coded("name_length", fault.Invalidf("a name has 1 to %d signs, and no space around it", longestName)))
	}
	if strings.ContainsFunc(name, unicode.IsControl) {
		return fault.In(field, fault.Coded("no_text", fault.Invalidf("a name is one line of text")))
	}
	return nil
}

func (d *Draw) checkPrizes() error {
	if len(d.Prizes) == 0 || len(d.Prizes) > mostPrizes {
		return fault.In("prizes", fault.Coded("draw_prizes", fault.Invalidf("a draw has 1 to %d kinds of prizes", mostPrizes)))
	}
	for i, p := range d.Prizes {
		if err := checkName(fmt.Sprintf("prizes[%d].name", i), p.Name); err != nil {
			return err
		}
		if p.Count < 1 || p.Count > mostOfPrize {
			return fault.In(fmt.Sprintf("prizes[%d].count", i), fault.Coded("draw_prizes", fault.Invalidf("there are 1 to %d of a prize, not %d", mostOfPrize, p.Count)))
		}
	}
	return nil
}

func (d *Draw) checkWays() error {
	outside := func(field string, least, most, is int64) error {
		if is < least || is > most {
			return fault.OutOfRange(field, least, most, is)
		}
		return nil
	}
	if b := d.Bought; b != nil {
		if b.Unit == "" {
			return wrong("bought.unit", "say in which unit entries are sold")
		}
		if err := errors.Join(outside("bought.price", 1, mostPrice, b.Price), outside("bought.per_member", 1, mostEntries, b.PerMember)); err != nil {
			return first(err)
		}
	}
	if e := d.Earned; e != nil {
		const mostMinor = 1_000_000_000_000
		if err := errors.Join(outside("earned.minimum_minor", 1, mostMinor, e.MinimumMinor), outside("earned.most", 1, mostEntries, e.Most)); err != nil {
			return first(err)
		}
	}
	if r := d.Rules; r != nil {
		return outside("rules.most", 1, mostEntries, r.Most)
	}
	return nil
}

// first is the first of errors that were joined: one field is mended after the other.
func first(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()[0]
	}
	return err
}

// Save makes a draft, or changes one. version is the one that it must have, 0: any.
func Save(tx *db.Tx, d Draw, author string, version int64) (Stored, error) {
	d.Opens, d.Closes = d.Opens.UTC().Truncate(time.Microsecond), d.Closes.UTC().Truncate(time.Microsecond)
	d.Translations = d.Translations.Of(d.Texts())
	if err := d.Check(); err != nil {
		return Stored{}, err
	}
	if d.Bought != nil {
		u, err := points.LoadUnit(tx, d.Bought.Unit)
		if err != nil {
			return Stored{}, fault.In("bought", err)
		}
		if u.Kind != points.Spendable {
			return Stored{}, fault.In("bought.unit", fault.Coded("unit_not_spendable", fault.Invalidf("units of %s are counted, and cannot be spent", u.Code)))
		}
	}
	settings, err := json.Marshal(d)
	if err != nil {
		return Stored{}, fmt.Errorf("write draw %s: %w", d.Draw, err)
	}
	var n int64
	if version == 0 {
		if n, err = tx.Exec(`INSERT INTO draws (draw, version, state, settings, opens_us, closes_us, author, commitment, sealed_seed, sealed_salt, list_hash, entrants, entries, seed,
			reason, created_us, published_us, frozen_us, ended_us, touched) VALUES ($1, 1, 'draft', $2, $3, $4, $5, '', $6, $6, '', 0, 0, '', '', $7, 0, 0, 0, 0)
			ON CONFLICT (draw) DO NOTHING`, d.Draw, string(settings), d.Opens, d.Closes, author, []byte{}, tx.Now); err != nil {
			return Stored{}, err
		}
	}
	if n == 0 {
		n, err = tx.Exec(`UPDATE draws SET version = version + 1, settings = $1, opens_us = $2, closes_us = $3, author = $4
			WHERE draw = $5 AND state = 'draft' AND (version = $6 OR $6 = 0)`, string(settings), d.Opens, d.Closes, author, d.Draw, version)
		if err != nil {
			return Stored{}, err
		}
		if n == 0 {
			return Stored{}, staleOrGone(tx, d.Draw)
		}
	}
	return Load(tx, d.Draw)
}

func staleOrGone(tx *db.Tx, key string) error {
	s, err := Load(tx, key)
	if err != nil {
		return err
	}
	if s.State != Draft {
		return inState(&s)
	}
	return changedMeanwhile(key)
}

// inState says that a draw has come too far for something, or not far enough.
func inState(s *Stored) error {
	return fault.Coded("draw_state", fault.Conflictf("the draw %s is %s; that is too far for this, or not far enough", s.Draw.Draw, s.State))
}

// Discard removes a draft.
func Discard(tx *db.Tx, key string) error {
	n, err := tx.Exec("DELETE FROM draws WHERE draw = $1 AND state = 'draft'", key)
	if err == nil && n == 0 {
		err = staleOrGone(tx, key)
	}
	return err
}

func notFound(key string) error {
	return fault.In("draw", fault.Coded("draw_not_found", fault.NotFoundf("there is no draw %.60q", key)))
}

const columns = `SELECT draw, version, state, settings, author, commitment, sealed_seed, sealed_salt, list_hash, entrants, entries, seed, reason, created_us, published_us, frozen_us, ended_us
	FROM draws`

func (s *Stored) scan(row interface{ Scan(targets ...any) error }) error {
	var key, state, settings string
	var created, published, frozen, ended int64
	if err := row.Scan(&key, &s.Version, &state, &settings, &s.Author, &s.Commitment, &s.sealedSeed, &s.sealedSalt, &s.ListHash, &s.Entrants, &s.Entries, &s.Seed, &s.Reason,
		&created, &published, &frozen, &ended); err != nil {
		return err
	}
	s.State = State(state)
	for _, t := range []struct {
		us int64
		to *time.Time
	}{{created, &s.Created}, {published, &s.Published}, {frozen, &s.FrozenAt}, {ended, &s.Ended}} {
		if t.us != 0 {
			*t.to = time.UnixMicro(t.us).UTC()
		}
	}
	if err := json.Unmarshal([]byte(settings), &s.Draw); err != nil {
		return fmt.Errorf("the settings of draw %s: %w", key, err)
	}
	return nil
}

// Load reads a draw.
func Load(tx *db.Tx, key string) (s Stored, err error) {
	err = s.scan(tx.QueryRow(columns+" WHERE draw = $1", key))
	if errors.Is(err, sql.ErrNoRows) {
		err = notFound(key)
	}
	return s, err
}

// List lists draws, those that close last first, from behind one on; drafts too where all is asked for.
func List(tx *db.Tx, all bool, closes int64, after string, limit int) (found []Stored, err error) {
	rows, err := tx.Query(columns+` WHERE (state <> 'draft' OR $1) AND ($2 = '' OR closes_us < $3 OR closes_us = $3 AND draw > $2)
		ORDER BY closes_us DESC, draw LIMIT $4`, all, after, closes, limit)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var s Stored
		if err := s.scan(rows); err != nil {
			return nil, err
		}
		found = append(found, s)
	}
	return found, rows.Close()
}

// Any tells whether there are draws that people can see.
func Any(tx *db.Tx) (some bool, err error) {
	var n int64
	err = tx.QueryRow("SELECT count(*) FROM (SELECT 1 AS one FROM draws WHERE state <> 'draft' LIMIT 1) AS seen").Scan(&n)
	return n > 0, err
}
