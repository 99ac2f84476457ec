package folder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"regulars/internal/base/fault"
)

// Default is the name of the folder where none is given.
const Default = "regulars-data"

// The files in it.
const (
	databaseName = "regulars.db"
	mirrorName   = "mirror.duckdb"
	lockName     = "in-use"
	keyName      = "secret.key"
	socketName   = "server.sock"
	backupsName  = "backups"
)

const (
	ownersFolder = 0o700
	ownersFile   = 0o600
)

// Folder is a data folder.
type Folder struct {
	// Path is as it was given, for sentences.
	Path string
	lock *os.File // nil: only looked at
}

// Database is the path of the SQLite database: the facts.
func (f *Folder) Database() string { return filepath.Join(f.Path, databaseName) }

// Mirror is the path of the columnar copy, which may be deleted.
func (f *Folder) Mirror() string { return filepath.Join(f.Path, mirrorName) }

// Key is the path of the key that secrets in the database are sealed with. A backup of the database is without it.
func (f *Folder) Key() string { return filepath.Join(f.Path, keyName) }

// Socket is where the server that has the folder takes commands from other programs of its owner.
func (f *Folder) Socket() string { return filepath.Join(f.Path, socketName) }

// Backups is the folder in which a server keeps backups.
func (f *Folder) Backups() string { return filepath.Join(f.Path, backupsName) }

// Make opens the folder for the command, and makes it where it is not there yet.
func Make(path, command string) (*Folder, error) {
	if err := os.Mkdir(path, ownersFolder); err != nil && !errors.Is(err, fs.ErrExist) {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.NotFoundf("there is no folder %s to make %s in; make it first", filepath.Dir(path), filepath.Base(path))
		}
		return nil, fault.Unavailablef("the folder %s cannot be made: %w", path, reason(err))
	}
	if err := isFolder(path); err != nil {
		return nil, err
	}
	return hold(path, command)
}

// Open opens the folder for the command; there must be a database in it.
func Open(path, command string) (*Folder, error) {
	if _, err := Look(path); err != nil {
		return nil, err
	}
	return hold(path, command)
}

// Look finds the folder, whoever has it open; there must be a database in it.
func Look(path string) (*Folder, error) {
	if err := isFolder(path); err != nil {
		return nil, err
	}
	f := &Folder{Path: path}
	switch _, err := os.Stat(f.Database()); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.NotFoundf("%s holds no data yet: there is no %s in it; import some, or name the right folder", path, databaseName)
	case err != nil:
		return nil, fault.Unavailablef("%s cannot be read: %w; check its permissions", f.Database(), reason(err))
	}
	return f, nil
}

// Close lets others have the folder.
func (f *Folder) Close() error {
	if f.lock == nil {
		return nil
	}
	// Closing lets go of the lock. The file stays: removed, it could be locked by two, each having its own.
	err := errors.Join(f.lock.Truncate(0), f.lock.Close())
	f.lock = nil
	if err != nil {
		return fmt.Errorf("let go of the folder: %w", err)
	}
	return nil
}

// Clear removes what was kept in a folder that is held and whose database is closed; the key, with which other things may
// be sealed, stays. The database goes last, so that a cut leaves it whole or nothing.
func (f *Folder) Clear() error {
	if f.lock == nil {
		return errors.New("a folder is cleared that is not held")
	}
	for _, name := range []string{mirrorName + ".wal", mirrorName + ".tmp", mirrorName, databaseName + "-wal", databaseName + "-shm", databaseName} {
		path := filepath.Join(f.Path, name)
		if err := os.RemoveAll(path); err != nil {
			return fault.Unavailablef("%s cannot be removed: %w; check its permissions", path, reason(err))
		}
	}
	return nil
}

func isFolder(path string) error {
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return fault.NotFoundf("there is no folder %s; import some data into it, or name the right one", path)
	case err != nil:
		return fault.Unavailablef("the folder %s cannot be used: %w; check its permissions", path, reason(err))
	case !info.IsDir():
		return fault.Invalidf("%s is a file; name a folder for the data", path)
	}
	return nil
}

// hold locks the folder.
func hold(path, command string) (*Folder, error) {
	if kind := networkDisk(path); kind != "" {
		return nil, fault.Unavailablef("the folder %s is on a network drive (%s), where a database is not safe; "+
			"keep it on a local disk, or use a PostgreSQL server", path, kind)
	}
	file, err := os.OpenFile(filepath.Join(path, lockName), os.O_CREATE|os.O_RDWR, ownersFile)
	if err != nil {
		return nil, fault.Unavailablef("the folder %s may not be written to: %w; check its permissions and the disk", path, reason(err))
	}
	by, held, err := lock(file)
	switch {
	case err != nil:
		return nil, errors.Join(fault.Unavailablef("the folder %s cannot be locked: %w; keep it on a local disk", path, err), file.Close())
	case held:
		return nil, errors.Join(inUse(path, by), file.Close())
	}
	// The lock is what counts. On a full disk the words about it are missing, and whoever only reads may go on.
	_ = write(file, Holder{Command: command, Process: os.Getpid(), Since: time.Now()})
	return &Folder{Path: path, lock: file}, nil
}

// lock locks the file, or tells who holds it. Whoever has locked it a moment ago may not have said so yet.
func lock(file *os.File) (by Holder, held bool, err error) {
	const looks, pause = 20, 25 * time.Millisecond
	for range looks {
		if held, err = tryLock(file); err != nil || !held {
			return by, held, err
		}
		if by = read(file); by.Process != 0 {
			break
		}
		time.Sleep(pause)
	}
	return by, held, nil
}

// Holder is who has a folder open.
type Holder struct {
	Command string    `json:"command"`
	Process int       `json:"process"`
	Since   time.Time `json:"since"`
	// Folder is the one that is held, as the one who wants it named it.
	Folder string `json:"-"`
}

// busy is the cause in the fault of a folder that somebody else has open.
type busy struct{ by Holder }

func (b *busy) Error() string { return fmt.Sprintf("the folder is held by process %d", b.by.Process) }

// HeldBy tells whether the error is that somebody has the folder open, and who.
func HeldBy(err error) (by Holder, held bool) {
	var b *busy
	if errors.As(err, &b) {
		return b.by, true
	}
	return by, false
}

func inUse(path string, by Holder) error {
	by.Folder = path
	who := "another program" // it has locked the file and not yet written into it
	if by.Process != 0 {
		layout := "15:04"
		if time.Since(by.Since) > 12*time.Hour {
			layout = "2006-01-02 15:04"
		}
		who = fmt.Sprintf("`regulars %s` (process %d, since %s)", by.Command, by.Process, by.Since.Local().Format(layout))
	}
	return &fault.Fault{Kind: fault.Unavailable, Cause: &busy{by}, Message: path + " is in use by " + who + "; wait for it or stop it"}
}

func read(file *os.File) (h Holder) {
	const longest = 4096
	text, err := io.ReadAll(io.NewSectionReader(file, 0, longest))
	if err != nil || json.Unmarshal(text, &h) != nil {
		return Holder{}
	}
	return h
}

func write(file *os.File, h Holder) error {
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err = file.WriteAt(append(text, '\n'), 0)
	return err
}

// reason is what the system says, without the name of the file, which the sentence has.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
