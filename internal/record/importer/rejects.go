package importer

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// RejectedSuffix ends the name of the file of rejected rows, which begins with that of their source.
const RejectedSuffix = ".rejected.csv"

// The first two columns of a file of rejected rows; the columns of the file itself follow.
const (
	ownLine   = "line"
	ownReason = "reason"
)

// isOwnHeader is true for the header of a file of rejected rows.
func isOwnHeader(titles []string) bool {
	return len(titles) > 2 && titles[0] == ownLine && titles[1] == ownReason
}

// rejects writes the unreadable and rejected rows of a file to FILE.rejected.csv: beside the file, else in the
// current directory. The file appears only when the reading is done, as a whole. One that a former run has left is
// replaced, or removed when nothing is rejected any more; a file of that name that is not ours is left alone.
type rejects struct {
	path   string // of the file that is read
	dir    string // where to write, as told; empty: beside the file
	titles []string
	temp   *os.File
	out    *bufio.Writer
	target string
	failed error
	rows   int64
}

func newRejects(path, dir string, titles []string) *rejects {
	return &rejects{path: path, dir: dir, titles: titles}
}

// folders lists where the file may go, best first.
func (r *rejects) folders() []string {
	if r.dir != "" {
		return []string{r.dir}
	}
	return []string{filepath.Dir(r.path), "."}
}

// name is the n-th name to try.
func (r *rejects) name(folder string, n int) string {
	base := filepath.Base(r.path)
	if n > 1 {
		base += "-" + strconv.Itoa(n)
	}
	return filepath.Join(folder, base+RejectedSuffix)
}

// begin opens a temporary file in the first folder that takes one.
func (r *rejects) begin() {
	for _, folder := range r.folders() {
		temp, err := os.CreateTemp(folder, "."+filepath.Base(r.path)+".rejected-*.tmp")
		if err != nil {
			r.failed = err
			continue
		}
		r.temp, r.out, r.failed = temp, bufio.NewWriterSize(temp, 64<<10), nil
		for n := 1; ; n++ {
			r.target = r.name(folder, n)
			if _, err := os.Lstat(r.target); errors.Is(err, os.ErrNotExist) || r.isOurs(r.target) || n > 99 {
				break
			}
		}
		r.header()
		return
	}
}

func (r *rejects) header() {
	_, _ = r.out.WriteString(ownLine + "," + ownReason)
	for _, t := range r.titles {
		_ = r.out.WriteByte(',')
		writeCell(r.out, t)
	}
	_ = r.out.WriteByte('\n')
}

// add writes a row. Errors of writing come to light in finish.
func (r *rejects) add(line int64, why string, cells [][]byte) {
	r.rows++
	if r.rows == 1 {
		r.begin()
	}
	if r.temp == nil {
		return
	}
	var number [20]byte
	_, _ = r.out.Write(strconv.AppendInt(number[:0], line, 10))
	_ = r.out.WriteByte(',')
	writeCell(r.out, why)
	for _, c := range cells {
		_ = r.out.WriteByte(',')
		if bytes.IndexByte(c, 0) >= 0 {
			c = bytes.ReplaceAll(c, []byte{0}, []byte("\uFFFD"))
		}
		writeCell(r.out, strings.ToValidUTF8(text(c), "\uFFFD"))
	}
	_ = r.out.WriteByte('\n')
}

// finish puts the file in its place and says where it is.
func (r *rejects) finish() (notes []Note, path string) {
	if r.rows == 0 {
		return r.removeOld(), ""
	}
	if r.temp == nil {
		return []Note{note(NoteNotWritten, r.rows, cause(r.failed))}, ""
	}
	err := r.out.Flush()
	if info, statErr := os.Stat(r.path); statErr == nil {
		err = errors.Join(err, r.temp.Chmod(info.Mode().Perm()|0o600))
	}
	err = errors.Join(err, r.temp.Close())
	if err == nil {
		err = os.Rename(r.temp.Name(), r.target)
	}
	if err != nil {
		_ = os.Remove(r.temp.Name())
		return []Note{note(NoteNotWritten, r.rows, cause(err))}, ""
	}
	if r.dir == "" && filepath.Dir(r.target) != filepath.Dir(r.path) {
		notes = append(notes, note(NoteElsewhere, Path(r.path), Path(r.target)))
	}
	return notes, r.target
}

// abandon forgets what was written: the reading did not come to its end.
func (r *rejects) abandon() {
	if r.temp != nil {
		_ = r.temp.Close()
		_ = os.Remove(r.temp.Name())
	}
}

// removeOld removes the file that a former run has left.
func (r *rejects) removeOld() []Note {
	old := r.name(r.folders()[0], 1)
	if !r.isOurs(old) {
		return nil
	}
	if err := os.Remove(old); err != nil {
		return []Note{note(NoteOldKept, Path(old), cause(err))}
	}
	return []Note{note(NoteOldRemoved, Path(old))}
}

// isOurs is true for a regular file that begins as we begin it, and is not the file that is read.
func (r *rejects) isOurs(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	if own, err := os.Stat(r.path); err == nil && os.SameFile(info, own) {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	want := ownLine + "," + ownReason + ","
	head := make([]byte, len(want))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == want
}
