package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"regulars/internal/base/fault"
	"regulars/internal/base/folder"
)

// prefix begins the names of folders that a stage may spill into.
const prefix = "regulars-import-"

// spill is a folder of one run, locked while the run goes on, so that another run can tell it from one left behind.
type spill struct {
	path string
	lock *folder.Folder // nil where the disk cannot lock
}

// openFolder makes a folder in the given one, and removes those that runs have left which were killed.
func openFolder(parent string) (*spill, error) {
	if parent == "" {
		parent = os.TempDir()
	}
	left, err := filepath.Glob(filepath.Join(parent, prefix+"*"))
	if err != nil {
		left = nil // the name of the folder is a pattern that cannot be read; then they stay
	}
	for _, path := range left {
		if lock, err := folder.Make(path, "import"); err == nil {
			_ = errors.Join(lock.Close(), os.RemoveAll(path)) // what cannot be removed stays
		}
	}
	const tries = 5
	for range tries {
		path, err := os.MkdirTemp(parent, prefix)
		if err != nil {
			return nil, fault.Unavailablef("no folder can be made in %s, which the import needs while it runs: %w", parent, reason(err))
		}
		lock, err := folder.Make(path, "import")
		if _, held := folder.HeldBy(err); !held && fault.KindOf(err) != fault.NotFound {
			return &spill{path, lock}, nil
		}
		// Another run took it for one left behind, between our making and our locking it.
	}
	return nil, fault.Unavailablef("other imports keep removing folders in %s; try again in a moment", parent)
}

func (s *spill) close() error {
	if s.lock != nil {
		_ = s.lock.Close() // the folder goes anyway
	}
	if err := os.RemoveAll(s.path); err != nil {
		return fault.Unavailablef("the folder %s could not be removed: %w; remove it by hand", s.path, reason(err))
	}
	return nil
}

// reason is what the system says, without the name of the file, which the sentence has.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
