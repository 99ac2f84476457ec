package backup

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/base/setting"
)

// Shelf is a folder in which a server keeps backups of its store: one each night, and one whenever somebody asks.
type Shelf struct {
	DB      *db.DB
	Dir     string
	Program string // the version of the program
}

// Keeping says which backups are made and kept.
type Keeping struct {
	Nightly bool `json:"nightly"`
	Keep    int  `json:"keep"` // the newest so many
}

const (
	keepingKey = "backups"
	keepUsual  = 7
	keepMost   = 100
	shelfMode  = 0o700
)

// LoadKeeping reads it.
func LoadKeeping(tx *db.Tx) (Keeping, error) {
	k := Keeping{Nightly: true, Keep: keepUsual}
	_, err := setting.Load(tx, keepingKey, &k)
	return k, err
}

// Save keeps it.
func (k Keeping) Save(tx *db.Tx) error {
	if k.Keep < 1 || k.Keep > keepMost {
		return fault.In("keep", fault.Coded("out_of_range", fault.Invalidf("from 1 to %d backups are kept, not %d", keepMost, k.Keep)))
	}
	return setting.Save(tx, keepingKey, k)
}

// Kept is a backup on the shelf.
type Kept struct {
	Name  string
	Made  time.Time
	Bytes int64
}

// The names of backups on a shelf tell the moment, in UTC, so that they stand in their order.
const nameLayout = "regulars-20060102-150405.backup"

var keptName = regexp.MustCompile(`^regulars-\d{8}-\d{6}\.backup$`)

// List is what stands on the shelf, the newest first. What else is in the folder is not looked at.
func (s *Shelf) List() (all []Kept, err error) {
	entries, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Unavailablef("the folder of backups %s cannot be read: %w; check its permissions", s.Dir, reason(err))
	}
	for _, e := range entries {
		made, err := time.Parse(nameLayout, e.Name())
		if err != nil || !keptName.MatchString(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fault.Unavailablef("the backup %s cannot be looked at: %w", e.Name(), reason(err))
		}
		all = append(all, Kept{Name: e.Name(), Made: made, Bytes: info.Size()})
	}
	slices.SortFunc(all, func(a, b Kept) int { return cmp.Compare(b.Name, a.Name) })
	return all, nil
}

// Open opens a backup of the shelf by its name, and nothing else.
func (s *Shelf) Open(name string) (*os.File, error) {
	none := fault.Coded("not_found", fault.NotFoundf("there is no such backup"))
	if !keptName.MatchString(name) {
		return nil, none
	}
	f, err := os.OpenInRoot(s.Dir, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, none
	}
	if err != nil {
		return nil, fault.Unavailablef("the backup %s cannot be read: %w; check its permissions", name, reason(err))
	}
	return f, nil
}

// Make writes a backup, and then removes those that are more than are kept: first there is a new one.
func (s *Shelf) Make(ctx context.Context) (made Kept, err error) {
	if err := os.Mkdir(s.Dir, shelfMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return made, fault.Unavailablef("the folder of backups %s cannot be made: %w; check its permissions", s.Dir, reason(err))
	}
	made = Kept{Made: time.Now().UTC().Truncate(time.Second)}
	made.Name = made.Made.Format(nameLayout)
	sum, err := Write(ctx, s.DB, filepath.Join(s.Dir, made.Name), Options{Program: s.Program})
	if err != nil {
		return made, err
	}
	made.Bytes = sum.Bytes
	var k Keeping
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { k, err = LoadKeeping(tx); return err }); err != nil {
		return made, err
	}
	all, err := s.List()
	for _, old := range all[min(k.Keep, len(all)):] {
		if gone := os.Remove(filepath.Join(s.Dir, old.Name)); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, fault.Unavailablef("the old backup %s cannot be removed: %w", old.Name, reason(gone)))
		}
	}
	return made, err
}

// Kind is the job that makes backups.
const Kind = "backup"

// nightHour is when it is quiet, before what is reckoned each night.
const nightHour = 2

// Schedules say when one is made.
func Schedules() []job.Schedule {
	return []job.Schedule{{Name: Kind, Kind: Kind, Spec: job.Daily(nightHour, 0)}}
}

const asked = "asked"

// Ask has one made now. One that waits or is under way is that one.
func Ask(tx *db.Tx) (id int64, err error) {
	return job.Add(tx, job.Job{Kind: Kind, Key: Kind, Payload: job.Tick{Schedule: asked, At: tx.Now}})
}

// Job makes them. One that nobody asked for is made where that is wished.
func (s *Shelf) Job() job.Kind {
	const (
		longest = 4 * time.Hour
		tries   = 3
	)
	return job.Kind{Name: Kind, Everywhere: 1, Concurrency: 1, Attempts: tries, Timeout: longest, Run: func(ctx context.Context, run *job.Run) error {
		var tick job.Tick
		if err := run.Decode(&tick); err != nil {
			return err
		}
		var k Keeping
		if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { k, err = LoadKeeping(tx); return err }); err != nil {
			return err
		}
		if tick.Schedule != asked && !k.Nightly {
			return nil
		}
		_, err := s.Make(ctx)
		return err
	}}
}
