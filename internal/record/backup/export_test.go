package backup

import (
	"context"
	"io/fs"

	"github.com/klauspost/compress/zstd"
)

// Sealed writes content as if it were a backup's.
func Sealed(path, content string) error {
	out, err := create(path)
	if err != nil {
		return err
	}
	packed, err := zstd.NewWriter(out)
	if err != nil {
		return err
	}
	if _, err := packed.Write([]byte(content)); err != nil {
		return err
	}
	if err := packed.Close(); err != nil {
		return err
	}
	_, err = out.finish(context.Background())
	return err
}

// Know has the file restored by a program with other migrations.
func (f *File) Know(migrations fs.FS) { f.migrations = migrations }

// Tables is exported to see that all are kept.
func Tables() []string { return tables() }
