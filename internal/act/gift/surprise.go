package gift

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

// Desk gives presents. It is safe for concurrent use.
type Desk struct {
	Programme *programme.Programme
	Rewards   *reward.Desk
}

// State is how a surprise stands.
type State string

// The states. Giving is one whose list is frozen.
const (
	Draft     State = "draft"
	Planned   State = "planned"
	Giving    State = "giving"
	Given     State = "given"
	Cancelled State = "cancelled"
)

// Surprise is what the owner plans.
type Surprise struct {
	Surprise string `json:"surprise"` // the owner's name for it, such as spring-2027
	Name     string `json:"name"`     // as customers see it
	// Translations are what the name is in other languages.
	Translations locale.Translations `json:"translations,omitempty"`
	Who          Who                 `json:"who"`
	// What each is given: units, or a reward.
	Unit   string `json:"unit,omitempty"`
	Units  int64  `json:"units,omitempty"`
	Reward string `json:"reward,omitempty"`
	// Gifts is how many there are; of units one may say a Budget for all together instead.
	Gifts  int64 `json:"gifts,omitempty"`
	Budget int64 `json:"budget,omitempty"`
	// HoldOut is how many in a hundred of those who qualify are kept back, to be compared with.
	HoldOut int64     `json:"hold_out"`
	Gives   time.Time `json:"gives"`
}

// Count is how many gifts there are at most.
func (s *Surprise) Count() int64 {
	if s.Budget > 0 {
		return s.Budget / s.Units
	}
	return s.Gifts
}

// Stored is a surprise as it is kept.
type Stored struct {
	Surprise

	State     State
	Version   int64
	Author    string
	Seed      string // hex; this and the next three: empty until the list is frozen
	Qualified int64
	Chosen    int64 // who are given something
	Held      int64 // who are kept back
	Created   time.Time
	Frozen    time.Time // this and the next: zero until then
	Ended     time.Time
}

// Bounds of what is said of a surprise.
const (
	longestKey  = 40
	longestName = 100
	mostGifts   = 1_000_000
	mostHeld    = 90
	mostUnits   = 1_000_000
)

func coded(field, code, format string, args ...any) error {
	return fault.In(field, fault.Coded(code, fault.Invalidf(format, args...)))
}

func outside(field string, least, most, is int64) error {
	if is < least || is > most {
		return fault.OutOfRange(field, least, most, is)
	}
	return nil
}

// Check refuses a surprise that makes no sense.
func (s *Surprise) Check() error {
	if s.Surprise == "" || len(s.Surprise) > longestKey || strings.Trim(s.Surprise, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return coded("surprise", "surprise_key", "a surprise is called by small Latin letters, digits, _ and -, %d at most, such as spring-2027", longestKey)
	}
	n := utf8.RuneCountInString(s.Name)
	if n == 0 || n > longestName || s.Name != strings.TrimSpace(s.Name) || !utf8.ValidString(s.Name) || strings.ContainsFunc(s.Name, unicode.IsControl) {
		return coded("name", "name_length", "a name has 1 to %d signs, on one line, and no space around it", longestName)
	}
	if err := s.checkTranslations(); err != nil {
		return err
	}
	if err := s.Who.check(); err != nil {
		return fault.In("who", err)
	}
	if err := s.checkGift(); err != nil {
		return err
	}
	if s.Gives.IsZero() {
		return coded("gives", "required", "say when it is given")
	}
	return outside("hold_out", 0, mostHeld, s.HoldOut)
}

func (s *Surprise) checkTranslations() error {
	for _, names := range s.Translations {
		if strings.ContainsFunc(names[s.Name], unicode.IsControl) {
			return coded("translations", "no_text", "a name is one line of text")
		}
	}
	return s.Translations.Check(func(string) int { return longestName })
}

func (s *Surprise) checkGift() error {
	switch {
	case (s.Reward == "") == (s.Unit == ""):
		return coded("unit", "surprise_gift", "it gives either units or a reward")
	case s.Reward != "" && s.Units != 0:
		return coded("units", "surprise_gift", "a reward is given as it is, without a number of units")
	case s.Reward != "" && s.Budget != 0:
		return coded("budget", "surprise_gift", "of a reward say how many there are")
	case s.Unit != "" && outside("units", 1, mostUnits, s.Units) != nil:
		return outside("units", 1, mostUnits, s.Units)
	case s.Gifts != 0 && s.Budget != 0:
		return coded("budget", "surprise_gift", "say how many gifts there are, or the units for all together; not both")
	case s.Budget != 0:
		return outside("budget", s.Units, mostUnits*mostGifts, s.Budget)
	}
	return outside("gifts", 1, mostGifts, s.Gifts)
}

// known refuses units and rewards that there are not.
func (s *Surprise) known(tx *db.Tx) error {
	if s.Reward != "" {
		r, err := reward.Load(tx, s.Reward)
		if err != nil {
			return err
		}
		if r.Coding.Kind == reward.Generic {
			return coded("reward", "reward_for_all", "%s has one code for everybody; give one whose codes are for one customer each", r.Name)
		}
		return nil
	}
	u, err := points.LoadUnit(tx, s.Unit)
	if err == nil && u.Kind != points.Spendable {
		err = coded("unit", "unit_not_spendable", "units of %s are counted, and cannot be spent", u.Code)
	}
	return err
}

// Save makes a draft, or changes one. version is the one that it must have, 0: any.
func Save(tx *db.Tx, s Surprise, author string, version int64) (Stored, error) {
	s.Gives, s.Translations = s.Gives.UTC().Truncate(time.Microsecond), s.Translations.Of([]string{s.Name})
	if err := s.Check(); err != nil {
		return Stored{}, err
	}
	if err := s.known(tx); err != nil {
		return Stored{}, err
	}
	settings, err := json.Marshal(s)
	if err != nil {
		return Stored{}, fmt.Errorf("write surprise %s: %w", s.Surprise, err)
	}
	var n int64
	if version == 0 {
		n, err = tx.Exec(`INSERT INTO surprises (surprise, version, state, settings, gives_us, author, seed, gifts, held, qualified, created_us, frozen_us, ended_us)
			VALUES ($1, 1, 'draft', $2, $3, $4, '', 0, 0, 0, $5, 0, 0) ON CONFLICT (surprise) DO NOTHING`, s.Surprise, string(settings), s.Gives, author, tx.Now)
	}
	if err == nil && n == 0 {
		n, err = tx.Exec(`UPDATE surprises SET version = version + 1, settings = $1, gives_us = $2, author = $3 WHERE surprise = $4 AND state = 'draft' AND (version = $5 OR $5 = 0)`,
			string(settings), s.Gives, author, s.Surprise, version)
		if err == nil && n == 0 {
			err = staleOrGone(tx, s.Surprise)
		}
	}
	if err != nil {
		return Stored{}, err
	}
	return Load(tx, s.Surprise)
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

// inState says that a surprise has come too far for something, or not far enough.
func inState(s *Stored) error {
	return fault.Coded("surprise_state", fault.Conflictf("the surprise %s is %s; that is too far for this, or not far enough", s.Surprise.Surprise, s.State))
}

// Discard removes a draft.
func Discard(tx *db.Tx, key string) error {
	n, err := tx.Exec("DELETE FROM surprises WHERE surprise = $1 AND state = 'draft'", key)
	if err == nil && n == 0 {
		err = staleOrGone(tx, key)
	}
	return err
}

// Plan has a draft be given when its time has come. Planned again it is the same.
func Plan(tx *db.Tx, key string) (s Stored, planned bool, err error) {
	s, err = Load(tx, key)
	if err != nil || s.State == Planned {
		return s, false, err
	}
	if s.State != Draft {
		return s, false, inState(&s)
	}
	if err := s.known(tx); err != nil { // a reward may have gone since
		return s, false, err
	}
	return move(tx, key, Draft, Planned)
}

// Cancel has a planned one not be given. Once its list is frozen it is too late.
func Cancel(tx *db.Tx, key string) (s Stored, cancelled bool, err error) {
	s, err = Load(tx, key)
	if err != nil || s.State == Cancelled {
		return s, false, err
	}
	return move(tx, key, Planned, Cancelled)
}

func move(tx *db.Tx, key string, from, to State) (s Stored, moved bool, err error) {
	n, err := tx.Exec("UPDATE surprises SET state = $1, version = version + 1 WHERE surprise = $2 AND state = $3", string(to), key, string(from))
	if err != nil {
		return s, false, err
	}
	s, err = Load(tx, key)
	if err == nil && n == 0 && s.State != to { // or else somebody else did the same at this moment
		err = inState(&s)
	}
	return s, n > 0, err
}

const columns = "SELECT version, state, settings, author, seed, gifts, held, qualified, created_us, frozen_us, ended_us FROM surprises"

func (s *Stored) scan(row interface{ Scan(targets ...any) error }) error {
	var state, settings string
	var created, frozen, ended int64
	if err := row.Scan(&s.Version, &state, &settings, &s.Author, &s.Seed, &s.Chosen, &s.Held, &s.Qualified, &created, &frozen, &ended); err != nil {
		return err
	}
	s.State = State(state)
	for _, t := range []struct {
		us int64
		to *time.Time
	}{{created, &s.Created}, {frozen, &s.Frozen}, {ended, &s.Ended}} {
		if t.us != 0 {
			*t.to = time.UnixMicro(t.us).UTC()
		}
	}
	if err := json.Unmarshal([]byte(settings), &s.Surprise); err != nil {
		return fmt.Errorf("the settings of a surprise: %w", err)
	}
	return nil
}

// Load reads a surprise.
func Load(tx *db.Tx, key string) (s Stored, err error) {
	err = s.scan(tx.QueryRow(columns+" WHERE surprise = $1", key))
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.In("surprise", fault.Coded("surprise_not_found", fault.NotFoundf("there is no surprise %.60q", key)))
	}
	return s, err
}

// List lists surprises, those that are given last first, from behind one on; an empty key: from the first.
func List(tx *db.Tx, gives int64, after string, limit int) (found []Stored, err error) {
	rows, err := tx.Query(columns+" WHERE $1 = '' OR gives_us < $2 OR gives_us = $2 AND surprise > $1 ORDER BY gives_us DESC, surprise LIMIT $3", after, gives, limit)
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
