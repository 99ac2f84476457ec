package backup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/folder"
)

// Into restores into a PostgreSQL database without facts, in one transaction.
func (f *File) Into(ctx context.Context, d *db.DB, progress func(Progress)) error {
	return f.restore(ctx, d, false, progress)
}

// beside are what SQLite keeps beside a database.
var beside = [...]string{"-wal", "-shm", "-journal", "-migrating"}

// IntoFolder restores into a data folder without a database. The database has another name until it is whole.
func (f *File) IntoFolder(ctx context.Context, to *folder.Folder, progress func(Progress)) (err error) {
	if exists(to.Database()) {
		return fault.Conflictf("%s holds data already (%s); restore into an empty or a new folder", to.Path, filepath.Base(to.Database()))
	}
	for _, ending := range beside[:3] {
		if log := to.Database() + ending; exists(log) {
			// SQLite would take it for the log of the new database.
			return fault.Conflictf("%s is there without its database: it holds the last changes of one that was removed; move it away first", log)
		}
	}
	unfinished := to.Database() + ".restoring"
	if err := remove(unfinished); err != nil { // of one that was killed
		return err
	}
	defer func() { err = errors.Join(err, remove(unfinished)) }()
	d, err := db.Open(ctx, db.Options{Path: unfinished})
	if err != nil {
		return err
	}
	if err := errors.Join(f.restore(ctx, d, true, progress), d.Close()); err != nil {
		return err
	}
	if exists(unfinished + beside[0]) {
		// SQLite closes without a word when its log does not fit into the database any more.
		return fault.Unavailablef("the last of %s could not be written: the disk is full or failing; free some space and repeat", to.Database())
	}
	if err := os.Rename(unfinished, to.Database()); err != nil {
		return writing(to.Database(), err)
	}
	return syncFolder(to.Path)
}

// remove removes a database that is nobody's.
func remove(path string) error {
	for _, ending := range append([]string{""}, beside[:]...) {
		if err := os.Remove(path + ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fault.Unavailablef("cannot remove the unfinished %s: %w", path+ending, reason(err))
		}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
