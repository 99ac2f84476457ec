package reward

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
)

// Reward is what the owner offers.
type Reward struct {
	Reward      string          `json:"reward"` // the owner's name for it, such as free-coffee
	Name        string          `json:"name"`   // as customers see it
	Description string          `json:"description,omitempty"`
	Image       string          `json:"image,omitempty"` // an https address
	Kind        Kind            `json:"kind"`
	Terms       json.RawMessage `json:"terms,omitempty"` // of the kind
	Unit        string          `json:"unit,omitempty"`  // in which the price is
	Price       int64           `json:"price,omitempty"` // 0: nothing
	// From and Until are between when it can be had; zero: without bound.
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// PerCustomer is how many one customer can have in a period; 0: as many as they like.
	PerCustomer int64  `json:"per_customer,omitempty"`
	Period      Period `json:"period,omitempty"`
	// GoodDays is how many days after it was issued it can be used; 0: for ever.
	GoodDays int    `json:"good_days,omitempty"`
	Coding   Coding `json:"codes,omitzero"`
}

// Stored is a reward as it is kept.
type Stored struct {
	Reward

	Version  int64
	Left     *int64 // how many are left; nil: as many as are asked for
	Archived bool   // it cannot be had any more; what was promised stays
	Updated  time.Time
	PoolLeft int64 // codes of the pool that are left
}

// Period is the piece of the calendar that a limit is for.
type Period string

// The periods.
const (
	Ever     Period = ""
	PerDay   Period = "day"
	PerWeek  Period = "week" // from Monday
	PerMonth Period = "month"
	PerYear  Period = "year"
)

// Begins is the day that the period of a day begins on; 0: there is no end to it.
func (p Period) Begins(at fact.Moment) int64 {
	day := time.UnixMicro(at.Local).UTC()
	switch p {
	case PerDay:
	case PerWeek:
		const week = 7
		day = day.AddDate(0, 0, -(int(day.Weekday())+week-1)%week)
	case PerMonth:
		day = day.AddDate(0, 0, 1-day.Day())
	case PerYear:
		day = day.AddDate(0, 0, 1-day.YearDay())
	default:
		return 0
	}
	return int64((fact.Moment{Local: day.UnixMicro()}).Day())
}

// Bounds of what is said of a reward.
const (
	longestName        = 200
	longestDescription = 4000
	mostPrice          = 1_000_000_000
	mostGoodDays       = 3660
	mostLeft           = 1_000_000_000
)

// Check refuses a reward that makes no sense.
func (r *Reward) Check() error {
	if r.Reward == "" || len(r.Reward) > 60 || strings.Trim(r.Reward, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return fault.In("reward", fault.Invalidf("a reward is called by small Latin letters, digits, _ and -, 60 at most, such as free-coffee"))
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(r.Name)); n == 0 || n > longestName {
		return fault.In("name", fault.Invalidf("a reward has a name of 1 to %d signs, as customers see it", longestName))
	}
	if utf8.RuneCountInString(r.Description) > longestDescription {
		return fault.In("description", fault.Invalidf("a description has %d signs at most", longestDescription))
	}
	if r.Image != "" && (!strings.HasPrefix(r.Image, "https://") || len(r.Image) > longestDescription) {
		return fault.In("image", fault.Invalidf("an image is an address that begins with https://"))
	}
	if err := r.checkPrice(); err != nil {
		return err
	}
	if !r.Until.IsZero() && !r.Until.After(r.From) {
		return fault.In("until", fault.Invalidf("it ends before it begins"))
	}
	if r.GoodDays < 0 || r.GoodDays > mostGoodDays {
		return fault.In("good_days", fault.Invalidf("a reward is good for 0 (for ever) to %d days, not %d", mostGoodDays, r.GoodDays))
	}
	if err := checkTerms(r.Kind, r.Terms); err != nil {
		return err
	}
	return fault.In("codes", r.Coding.Check())
}

func (r *Reward) checkPrice() error {
	switch {
	case r.Price < 0 || r.Price > mostPrice:
		return fault.In("price", fault.Invalidf("a price is 0 to %d units, not %d", mostPrice, r.Price))
	case r.Price > 0 && r.Unit == "":
		return fault.In("unit", fault.Invalidf("say in which unit the price is"))
	case r.PerCustomer < 0:
		return fault.In("per_customer", fault.Invalidf("a limit is 1 or more; 0 is none"))
	case r.Period != Ever && r.PerCustomer == 0:
		return fault.In("period", fault.Invalidf("a period needs a limit in per_customer"))
	}
	switch r.Period {
	case Ever, PerDay, PerWeek, PerMonth, PerYear:
		return nil
	}
	return fault.In("period", fault.Invalidf("%q is no period; use day, week, month or year, or leave it out", string(r.Period)))
}

// Save makes a reward, or changes it; left is how many are left from now on, nil: as many as are asked for. version is the
// one that it must have, 0: any. What customers have taken stays as it was promised to them.
func Save(tx *db.Tx, r Reward, left *int64, version int64) (Stored, error) {
	if err := r.Check(); err != nil {
		return Stored{}, err
	}
	if left != nil && (*left < 0 || *left > mostLeft) {
		return Stored{}, fault.In("left", fault.Invalidf("0 to %d can be left, not %d", mostLeft, *left))
	}
	r.From, r.Until = r.From.UTC(), r.Until.UTC()
	settings, err := json.Marshal(r)
	if err != nil {
		return Stored{}, fmt.Errorf("write reward %s: %w", r.Reward, err)
	}
	var n int64
	if version == 0 {
		if n, err = tx.Exec(`INSERT INTO rewards (reward, version, kind, settings, left_count, archived, updated_us)
			VALUES ($1, 1, $2, $3, $4, $5, $6) ON CONFLICT (reward) DO NOTHING`, r.Reward, string(r.Kind), string(settings), left, false, tx.Now); err != nil {
			return Stored{}, err
		}
	}
	if n == 0 {
		n, err = tx.Exec(`UPDATE rewards SET version = version + 1, kind = $1, settings = $2, left_count = $3, archived = $4, updated_us = $5
			WHERE reward = $6 AND (version = $7 OR $7 = 0)`, string(r.Kind), string(settings), left, false, tx.Now, r.Reward, version)
		if err != nil {
			return Stored{}, err
		}
		if n == 0 {
			return Stored{}, staleOrGone(tx, r.Reward)
		}
	}
	if err := saveGeneric(tx, &r); err != nil {
		return Stored{}, err
	}
	return Load(tx, r.Reward)
}

func staleOrGone(tx *db.Tx, name string) error {
	if _, err := Load(tx, name); err != nil {
		return err
	}
	return fault.Coded("changed_meanwhile", fault.Conflictf("somebody changed the reward %s since you read it; read it again", name))
}

// Archive takes a reward out of the offer. What customers have of it stays.
func Archive(tx *db.Tx, name string) error {
	n, err := tx.Exec("UPDATE rewards SET archived = $1, version = version + 1, updated_us = $2 WHERE reward = $3", true, tx.Now, name)
	if err == nil && n == 0 {
		err = notFound(name)
	}
	return err
}

func notFound(name string) error {
	return fault.Coded("reward_not_found", fault.In("reward", fault.NotFoundf("there is no reward %q", name)))
}

const columns = "SELECT reward, settings, version, left_count, archived, updated_us FROM rewards"

func (s *Stored) scan(r interface{ Scan(targets ...any) error }) error {
	var name, settings string
	var left sql.Null[int64]
	if err := r.Scan(&name, &settings, &s.Version, &left, &s.Archived, &s.Updated); err != nil {
		return err
	}
	if left.Valid {
		s.Left = &left.V
	}
	if err := json.Unmarshal([]byte(settings), &s.Reward); err != nil {
		return fmt.Errorf("the settings of reward %s: %w", name, err)
	}
	return nil
}

// countPools counts what is left in the pools of rewards that follow one another. It is a statement of its own, for on a cluster
// the codes are spread and the rewards are not.
func countPools(tx *db.Tx, some []Stored) error {
	if len(some) == 0 {
		return nil
	}
	left, err := tx.Numbers("SELECT reward, count(*) FROM reward_codes WHERE kind = 'pool' AND redemption_id = 0 AND reward BETWEEN $1 AND $2 GROUP BY reward",
		some[0].Reward.Reward, some[len(some)-1].Reward.Reward)
	if err != nil {
		return err
	}
	for i := range some {
		some[i].PoolLeft = left[some[i].Reward.Reward]
	}
	return nil
}

// Load reads a reward.
func Load(tx *db.Tx, name string) (Stored, error) {
	one := make([]Stored, 1)
	err := one[0].scan(tx.QueryRow(columns+" WHERE reward = $1", name))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = notFound(name)
	case err == nil:
		err = countPools(tx, one)
	}
	return one[0], err
}

// List lists rewards by name, from behind one on; archived ones too where all is asked for.
func List(tx *db.Tx, all bool, after string, limit int) (found []Stored, err error) {
	rows, err := tx.Query(columns+" WHERE reward > $1 AND (NOT archived OR $2) ORDER BY reward LIMIT $3", after, all, limit)
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
	if err := rows.Close(); err != nil {
		return nil, err
	}
	return found, countPools(tx, found)
}
