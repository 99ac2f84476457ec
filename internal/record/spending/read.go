package spending

import (
	"database/sql"
	"math"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
)

// Key is what a source calls a cost or an initiative. Lists are in the order of keys.
type Key struct{ Source, Reference string }

// StoredCost is a cost as it is kept.
type StoredCost struct {
	Cost
	Updated time.Time
}

// CostFilter chooses costs; what is zero chooses nothing out.
type CostFilter struct {
	Source, Channel string
	From, To        time.Time // when it was spent: not before the one, and before the other
	Updated         time.Time // changed or recorded since then
}

const costColumns = `SELECT source, reference, spent_us, local_us, channel, retention, amount_minor, note, updated_us FROM costs`

func (c *StoredCost) scan(r *db.Rows) error {
	return r.Scan(&c.Source, &c.Reference, &c.Spent.UTC, &c.Spent.Local, &c.Channel, &c.Retention, &c.AmountMinor, &c.Note, &c.Updated)
}

// LoadCost reads a cost.
func LoadCost(tx *db.Tx, key Key) (*StoredCost, error) {
	all, err := costs(tx, costColumns+" WHERE source = $1 AND reference = $2", key.Source, key.Reference)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fault.NotFoundf("there is no cost %s of %s", key.Reference, key.Source)
	}
	return &all[0], nil
}

// ListCosts reads at most limit costs behind a key.
func ListCosts(tx *db.Tx, f CostFilter, after Key, limit int) ([]StoredCost, error) {
	return costs(tx, costColumns+` WHERE (source, reference) > ($1, $2) AND ($3 = '' OR source = $3) AND ($4 = '' OR channel = $4)
		AND spent_us >= $5 AND spent_us < $6 AND updated_us >= $7 ORDER BY source, reference LIMIT $8`,
		after.Source, after.Reference, f.Source, f.Channel, from(f.From), to(f.To), from(f.Updated), limit)
}

// Place is where a cost stands among the others in the order of time; the zero value is before the newest.
type Place struct {
	Spent int64 // microseconds in UTC
	Key
}

// NewestCosts reads at most limit costs behind a place, the newest first.
func NewestCosts(tx *db.Tx, after Place, limit int) ([]StoredCost, error) {
	if after == (Place{}) {
		after.Spent = math.MaxInt64
	}
	return costs(tx, costColumns+` WHERE (spent_us, source, reference) < ($1, $2, $3) ORDER BY spent_us DESC, source DESC, reference DESC LIMIT $4`,
		after.Spent, after.Source, after.Reference, limit)
}

// Place is where the cost stands.
func (c *StoredCost) Place() Place { return Place{c.Spent.UTC, Key{c.Source, c.Reference}} }

func costs(tx *db.Tx, query string, args ...any) (all []StoredCost, err error) {
	err = each(tx, query, args, func(r *db.Rows) error {
		all = append(all, StoredCost{})
		return all[len(all)-1].scan(r)
	})
	return all, err
}

// DeleteCost takes back a cost that was handed in by mistake.
func DeleteCost(tx *db.Tx, key Key) error {
	return remove(tx, "DELETE FROM costs WHERE source = $1 AND reference = $2", key, "cost", feed.Cost)
}

// StoredInitiative is an initiative as it is kept: of its moments only the days, which begin at midnight.
type StoredInitiative struct {
	Initiative
	Updated time.Time
}

const initiativeColumns = `SELECT source, reference, name, description, started_day, ended_day, measures, updated_us FROM initiatives`

func (i *StoredInitiative) scan(r *db.Rows) error {
	var started int64
	var ended sql.Null[int64]
	var measures string
	err := r.Scan(&i.Source, &i.Reference, &i.Name, &i.Description, &started, &ended, &measures, &i.Updated)
	i.Started = Day(started)
	if ended.Valid {
		i.Ended = Day(ended.V)
	}
	if measures != "" {
		i.Measures = strings.Split(measures, ",")
	}
	return err
}

// Day is the moment that a day begins at, by the clock on the wall; of the clock in UTC nothing is said.
func Day(day int64) fact.Moment {
	return fact.Moment{UTC: day * fact.MicrosPerDay, Local: day * fact.MicrosPerDay}
}

// LoadInitiative reads an initiative.
func LoadInitiative(tx *db.Tx, key Key) (*StoredInitiative, error) {
	all, err := initiatives(tx, initiativeColumns+" WHERE source = $1 AND reference = $2", key.Source, key.Reference)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fault.NotFoundf("there is no initiative %s of %s", key.Reference, key.Source)
	}
	return &all[0], nil
}

// ListInitiatives reads at most limit initiatives behind a key.
func ListInitiatives(tx *db.Tx, after Key, limit int) ([]StoredInitiative, error) {
	return initiatives(tx, initiativeColumns+" WHERE (source, reference) > ($1, $2) ORDER BY source, reference LIMIT $3",
		after.Source, after.Reference, limit)
}

// AllInitiatives reads all of them, the newest first: people undertake a few a month.
func AllInitiatives(tx *db.Tx) ([]StoredInitiative, error) {
	return initiatives(tx, initiativeColumns+" ORDER BY started_day DESC, source, reference")
}

func initiatives(tx *db.Tx, query string, args ...any) (all []StoredInitiative, err error) {
	err = each(tx, query, args, func(r *db.Rows) error {
		all = append(all, StoredInitiative{})
		return all[len(all)-1].scan(r)
	})
	return all, err
}

// DeleteInitiative takes back an initiative that was handed in by mistake.
func DeleteInitiative(tx *db.Tx, key Key) error {
	return remove(tx, "DELETE FROM initiatives WHERE source = $1 AND reference = $2", key, "initiative", feed.Initiative)
}

func remove(tx *db.Tx, query string, key Key, what string, kind feed.Kind) error {
	n, err := tx.Exec(query, key.Source, key.Reference)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.NotFoundf("there is no %s %s of %s", what, key.Reference, key.Source)
	}
	return feed.Add(tx, feed.Change{Kind: kind})
}

func each(tx *db.Tx, query string, args []any, scan func(*db.Rows) error) error {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Close()
}

// from and to are bounds that nothing lies beyond where none is wanted.
func from(at time.Time) int64 {
	if at.IsZero() {
		return -1 << 63
	}
	return at.UnixMicro()
}

func to(at time.Time) int64 {
	if at.IsZero() {
		return 1<<63 - 1
	}
	return at.UnixMicro()
}
