package backup

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/klauspost/compress/zstd"

	"regulars/internal/base/fault"
	"regulars/internal/record/schema"
)

// The end of the file: a frame that zstd skips, with a mark and the checksum of all before it.
const (
	skippedFrame = 0x184d2a50
	mark         = "regulars sha256\n"
	sealSize     = 8 + len(mark) + sha256.Size
)

func seal(sum []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, skippedFrame)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(mark)+len(sum)))
	return append(append(b, mark...), sum...)
}

// unfinished is a backup being written, under a name of its own until it is whole.
type unfinished struct {
	path string
	file *os.File // nil: no longer ours
	sum  hash.Hash
}

// target is the file that a path means, if a backup may be put there.
func target(path string) (string, error) {
	if behind, err := filepath.EvalSymlinks(path); err == nil {
		path = behind
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path, nil
	case err != nil:
		return "", fault.Unavailablef("cannot write %s: %w", path, reason(err))
	case info.IsDir():
		return "", fault.Invalidf("%s is a folder; name a file for the backup", path)
	case !info.Mode().IsRegular():
		return "", fault.Invalidf("%s is no file that a backup could be kept in; name another", path)
	}
	if f, err := os.Open(path); err == nil {
		_, known := begin(f)
		if err = errors.Join(known, f.Close()); err == nil {
			return path, nil
		}
	}
	return "", fault.Conflictf("%s is there already and is no backup of Regulars; name another file", path)
}

func create(path string) (*unfinished, error) {
	// Of its owner alone, as os.CreateTemp makes it: whoever can read a backup can read everything.
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, writing(path, err)
	}
	return &unfinished{path: path, file: file, sum: sha256.New()}, nil
}

func (u *unfinished) restart() error {
	u.sum.Reset()
	_, err := u.file.Seek(0, io.SeekStart)
	if err = errors.Join(err, u.file.Truncate(0)); err != nil {
		return writing(u.path, err)
	}
	return nil
}

func (u *unfinished) Write(b []byte) (int, error) {
	n, err := u.file.Write(b)
	u.sum.Write(b[:n])
	if err != nil {
		return n, writing(u.path, err)
	}
	return n, nil
}

// finish seals the file and gives it its name, when it is on disk.
func (u *unfinished) finish(ctx context.Context) (size int64, err error) {
	_, err = u.file.Write(seal(u.sum.Sum(nil)))
	if err == nil {
		err = u.file.Sync()
	}
	if err == nil {
		size, err = u.file.Seek(0, io.SeekCurrent)
	}
	if err == nil {
		err = ctx.Err() // last chance to stop
	}
	if err == nil {
		err = u.file.Close()
	}
	if err == nil {
		err = os.Rename(u.file.Name(), u.path)
	}
	if err != nil {
		return 0, writing(u.path, err)
	}
	u.file = nil
	return size, syncFolder(filepath.Dir(u.path))
}

// discard removes what was not finished.
func (u *unfinished) discard() error {
	if u.file == nil {
		return nil
	}
	_ = u.file.Close() // it may be closed already, and goes
	if err := os.Remove(u.file.Name()); err != nil {
		return fault.Unavailablef("cannot remove the unfinished %s: %w", u.file.Name(), reason(err))
	}
	return nil
}

// syncFolder brings a new name in the folder to disk.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return writing(path, err)
	}
	err = dir.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		err = nil // not everywhere is a folder something to sync
	}
	if err = errors.Join(err, dir.Close()); err != nil {
		return writing(path, err)
	}
	return nil
}

func writing(path string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.Unavailablef("the disk of %s is full: %w; free some space and repeat", path, reason(err))
	}
	return fault.Unavailablef("cannot write %s: %w", path, reason(err))
}

// reason is what the system says, without names of files, which the sentence has.
func reason(err error) error {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number
	}
	return err
}

// File is a backup whose checksum is right.
type File struct {
	Header
	path string
	file *os.File
	size int64 // without the seal

	migrations fs.FS // what a schema of its version is made with, and brought to the newest
}

// Open opens a backup and makes sure that it is whole.
func Open(ctx context.Context, path string) (f *File, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.NotFoundf("there is no file %s", path)
	}
	if err != nil {
		return nil, reading(path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return nil, reading(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fault.Invalidf("%s is no file; name a backup", path)
	}
	f = &File{path: path, file: file, size: info.Size() - int64(sealSize), migrations: schema.Migrations()}
	if err := f.verify(ctx); err != nil {
		return nil, err
	}
	if f.Header, err = begin(io.NewSectionReader(file, 0, f.size)); err != nil {
		return nil, f.damaged(err)
	}
	if f.Format > formatVersion {
		return nil, fault.Unavailablef("%s was written by a newer version of the program (%s); use that one", path, f.Program)
	}
	return f, nil
}

// Close closes the file.
func (f *File) Close() error {
	if err := f.file.Close(); err != nil {
		return reading(f.path, err)
	}
	return nil
}

// verify compares the checksum.
func (f *File) verify(ctx context.Context) error {
	last := make([]byte, sealSize)
	if f.size >= 0 {
		if _, err := f.file.ReadAt(last, f.size); err != nil {
			return reading(f.path, err)
		}
	}
	front := len(last) - sha256.Size
	if !bytes.Equal(last[:front], seal(make([]byte, sha256.Size))[:front]) {
		if _, err := begin(io.NewSectionReader(f.file, 0, f.size+int64(sealSize))); err != nil {
			return fault.Invalidf("%s is no backup of Regulars", f.path)
		}
		return fault.Invalidf("%s is a backup without its end: it was cut short or damaged; copy it again, or take another", f.path)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, &stoppable{ctx, io.NewSectionReader(f.file, 0, f.size)}); err != nil {
		return reading(f.path, err)
	}
	if !bytes.Equal(sum.Sum(nil), last[front:]) {
		return f.damaged(errors.New("the checksum is not that of the content"))
	}
	return nil
}

func (f *File) damaged(cause error) error {
	return &fault.Fault{Kind: fault.Invalid, Cause: cause,
		Message: f.path + " is damaged, and nothing was restored; copy it again, or take another backup"}
}

func reading(path string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return fault.Unavailablef("cannot read %s: %w", path, reason(err))
}

// stoppable is a reader that ends with its context.
type stoppable struct {
	ctx context.Context
	io.Reader
}

func (s *stoppable) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err //nolint:wrapcheck // whoever ended it knows why
	}
	return s.Reader.Read(b) //nolint:wrapcheck // nothing to add
}

// begin reads the header.
func begin(r io.Reader) (h Header, err error) {
	unpacked, err := unpack(r)
	if err != nil {
		return h, err
	}
	defer unpacked.Close()
	const longest = 4096
	line, err := bufio.NewReader(io.LimitReader(unpacked, longest)).ReadSlice('\n')
	if err != nil {
		return h, fmt.Errorf("read the header: %w", err)
	}
	if err := json.Unmarshal(line, &h); err != nil {
		return h, fmt.Errorf("read the header: %w", err)
	}
	if h.Format < 1 {
		return h, errors.New("the header is of something else")
	}
	return h, nil
}

func unpack(r io.Reader) (*zstd.Decoder, error) {
	const most = 64 << 20 // of memory, whatever the file asks for
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(most), zstd.WithDecoderLowmem(true))
}
