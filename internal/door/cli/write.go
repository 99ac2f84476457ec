package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"regulars/internal/base/fault"
)

// writeFile writes the whole file or leaves what was there. A file that was there keeps its permissions, a link keeps
// pointing where it did, and what is no file (a pipe, a device) is written into, never replaced.
func writeFile(path string, content []byte) error {
	if err := replaceFile(path, content); err != nil {
		var cause *fs.PathError // which also names the temporary file
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return fault.Invalidf("cannot write %s: %w", path, err)
	}
	return nil
}

func replaceFile(path string, content []byte) (err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	there, err := os.Stat(path)
	if err == nil && !there.Mode().IsRegular() {
		return writeInto(path, content)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(content)
	if there != nil {
		err = errors.Join(err, f.Chmod(there.Mode().Perm()))
	} else {
		err = errors.Join(err, f.Chmod(0o644))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// writeInto writes to what cannot be put in place as a whole.
func writeInto(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
