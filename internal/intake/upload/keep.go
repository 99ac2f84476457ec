package upload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
	"regulars/internal/record/fact"
	"regulars/internal/record/importer"
)

// Bounds of what is sent, packed as it comes and unpacked.
const (
	BytesMost    = 2 << 30
	unpackedMost = 16 << 30
	partBytes    = 1 << 20
)

const (
	fileContent     = "file"
	rejectedContent = "rejected"
)

var ids fact.IDs

// New is a file to be kept.
type New struct {
	Name, Source string
	Reading      Reading
	By           string // id of who sent it
}

// Keep keeps the file and finds out how to read it. What cannot be read is not kept.
func Keep(ctx context.Context, d *db.DB, n New, from io.Reader, noted func(tx *db.Tx, id int64) error) (u Upload, err error) {
	if err := n.Reading.check(); err != nil { // before gigabytes have come
		return u, err
	}
	a, err := Receive(n.Name, from)
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, a.Drop()) }()
	return a.Keep(ctx, d, n, noted)
}

// Arrived is a file that has come and is not kept yet.
type Arrived struct {
	Name string
	Sum  [sha256.Size]byte // of what is in it, by which the same file is known when it comes again
	dir  string
	size int64
}

// Receive takes a file in. Whoever asked for it drops it.
func Receive(name string, from io.Reader) (a *Arrived, err error) {
	a = &Arrived{}
	if a.Name, err = named(name); err != nil {
		return nil, err
	}
	if a.dir, err = os.MkdirTemp("", "regulars-upload-*"); err != nil {
		return nil, fault.Unavailablef("a file cannot be written on the server: %w", err)
	}
	sum := sha256.New()
	if a.size, err = save(a.path(), io.TeeReader(from, sum)); err != nil {
		return nil, errors.Join(err, a.Drop())
	}
	sum.Sum(a.Sum[:0])
	return a, nil
}

func (a *Arrived) path() string { return filepath.Join(a.dir, a.Name) }

// Drop removes it from the server's disk.
func (a *Arrived) Drop() error {
	if err := os.RemoveAll(a.dir); err != nil {
		return fmt.Errorf("remove a file that came: %w", err)
	}
	return nil
}

// Keep keeps it and finds out how to read it, under the name that it came by.
func (a *Arrived) Keep(ctx context.Context, d *db.DB, n New, noted func(tx *db.Tx, id int64) error) (u Upload, err error) {
	if err := n.Reading.check(); err != nil {
		return u, err
	}
	n.Name = a.Name
	path, size := a.path(), a.size
	plan, err := inspect(ctx, d, path, n.Reading)
	if err != nil {
		return u, err
	}
	id := ids.New(now())
	if err := keepParts(ctx, d, id, fileContent, path); err != nil {
		return u, errors.Join(err, drop(context.WithoutCancel(ctx), d, id))
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO uploads (`+columns+`) VALUES ($1, $2, $3, $4, 'ready', $5, $6, '', '', 0, $7, 1, $8, $8, NULL)`,
			id, n.Name, n.Source, size, text(n.Reading), text(plan), n.By, tx.Now)
		if err == nil && noted != nil {
			err = noted(tx, id)
		}
		if err == nil {
			u, err = Get(tx, id)
		}
		return err
	})
	if err != nil {
		err = errors.Join(err, drop(context.WithoutCancel(ctx), d, id))
	}
	return u, err
}

// save writes what comes into a file.
func save(path string, from io.Reader) (size int64, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fault.Unavailablef("a file cannot be written on the server: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err = io.Copy(f, io.LimitReader(from, BytesMost+1))
	switch {
	case size > BytesMost:
		return 0, fault.Coded("too_large", fault.Invalidf("the file is larger than %d GB; pack it, or send it in parts", BytesMost>>30))
	case err != nil:
		return 0, fault.Invalidf("the file did not arrive whole: %w", err)
	}
	return size, bounded(path)
}

// bounded refuses a file that unpacks to more than can be meant: unpacking it would fill the disk.
func bounded(path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return fault.Unavailablef("a file cannot be read on the server: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	magic := make([]byte, 4)
	n, _ := io.ReadFull(f, magic) // a shorter file is not packed
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read an upload again: %w", err)
	}
	var unpacked io.Reader
	switch magic = magic[:n]; {
	case bytes.HasPrefix(magic, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil // reading it says what is wrong
		}
		unpacked = z
	case bytes.HasPrefix(magic, []byte("\x28\xb5\x2f\xfd")):
		const memory = 256 << 20
		z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(memory))
		if err != nil {
			return nil // reading it says what is wrong
		}
		defer z.Close()
		unpacked = z
	default:
		return nil
	}
	size, _ := io.Copy(io.Discard, io.LimitReader(unpacked, unpackedMost+1)) // what is damaged is told by reading
	if size > unpackedMost {
		return fault.Coded("too_large", fault.Invalidf("the file unpacks to more than %d GB; send it in parts", unpackedMost>>30))
	}
	return nil
}

// inspect finds out how the file would be read.
func inspect(ctx context.Context, d *db.DB, path string, r Reading) (Plan, error) {
	p, _, err := look(ctx, d, path, r)
	if err != nil {
		return Plan{}, short(err, path)
	}
	return planned(p), nil
}

func look(ctx context.Context, d *db.DB, path string, r Reading) (*importer.Plan, importer.Options, error) {
	var b business.Business
	err := d.Read(ctx, func(tx *db.Tx) (err error) {
		b, err = business.Load(tx)
		return err
	})
	o := r.options(b.Zone, b.Currency)
	o.RejectedDir = filepath.Dir(path)
	if err != nil {
		return nil, o, err
	}
	p, err := importer.Inspect(ctx, path, o)
	return p, o, err
}

// short leaves the folder out of a sentence about the file: it is the server's own.
func short(err error, path string) error {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	said := *f
	said.Message = string(bytes.ReplaceAll([]byte(f.Message), []byte(filepath.Dir(path)+string(filepath.Separator)), nil))
	said.Cause = err
	return &said
}

// Replan finds out how the file is read in another way, and keeps that. The version is the one that is changed; 0: any.
func Replan(ctx context.Context, d *db.DB, id, version int64, r Reading, noted func(tx *db.Tx) error) (u Upload, err error) {
	if err := r.check(); err != nil {
		return u, err
	}
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { u, err = Get(tx, id); return err }); err != nil {
		return u, err
	}
	if u.State != Ready && u.State != Failed {
		return u, fault.Conflictf("the file is being taken in, or was; send it again to read it in another way")
	}
	dir, path, err := fetch(ctx, d, u)
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	plan, err := inspect(ctx, d, path, r)
	if err != nil {
		return u, err
	}
	if version == 0 {
		version = u.Version
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`UPDATE uploads SET options = $3, plan = $4, state = 'ready', failure = '', version = version + 1, updated_us = $5
			WHERE upload_id = $1 AND version = $2 AND state IN ('ready', 'failed')`, id, version, text(r), text(plan), tx.Now)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Coded("changed_meanwhile", fault.Conflictf("somebody changed this import since you read it; read it again"))
		}
		if err := noted(tx); err != nil {
			return err
		}
		u, err = Get(tx, id)
		return err
	})
	return u, err
}

// keepParts keeps a file in packed parts.
func keepParts(ctx context.Context, d *db.DB, id int64, content, path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return fault.Unavailablef("a file cannot be read on the server: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	pack, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return fmt.Errorf("pack an upload: %w", err)
	}
	defer func() { err = errors.Join(err, pack.Close()) }()
	buffer := make([]byte, partBytes)
	for part := 1; ; part++ {
		n, err := io.ReadFull(f, buffer)
		if n == 0 {
			return nil
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return fault.Unavailablef("a file cannot be read on the server: %w", err)
		}
		packed := pack.EncodeAll(buffer[:n], nil)
		err = d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO upload_parts (upload_id, content, part_no, bytes) VALUES ($1, $2, $3, $4)
				ON CONFLICT (upload_id, content, part_no) DO UPDATE SET bytes = excluded.bytes`, id, content, part, packed)
			return err
		})
		if err != nil {
			return err
		}
	}
}

// drop forgets the parts of an upload that came to nothing.
func drop(ctx context.Context, d *db.DB, id int64) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM upload_parts WHERE upload_id = $1", id)
		return err
	})
}

// fetch writes an upload into a folder of its own, which the caller removes.
func fetch(ctx context.Context, d *db.DB, u Upload) (dir, path string, err error) {
	if dir, err = os.MkdirTemp("", "regulars-upload-*"); err != nil {
		return "", "", fault.Unavailablef("a file cannot be written on the server: %w", err)
	}
	path = filepath.Join(dir, u.Name)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", "", errors.Join(fault.Unavailablef("a file cannot be written on the server: %w", err), os.RemoveAll(dir))
	}
	n, err := Copy(ctx, d, u.ID, fileContent, f)
	if err = errors.Join(err, f.Close()); err == nil && n != u.Bytes {
		err = fault.Unavailablef("of the file %s %d of %d bytes are left; send it again", u.Name, n, u.Bytes)
	}
	if err != nil {
		return "", "", errors.Join(err, os.RemoveAll(dir))
	}
	return dir, path, nil
}

// Copy writes the parts of what is kept, and tells how many bytes they were.
func Copy(ctx context.Context, d *db.DB, id int64, content string, to io.Writer) (size int64, err error) {
	unpack, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return 0, fmt.Errorf("unpack an upload: %w", err)
	}
	defer unpack.Close()
	for part := 1; ; part++ {
		var packed []byte
		err := d.Read(ctx, func(tx *db.Tx) error {
			packed = nil
			rows, err := tx.Query("SELECT bytes FROM upload_parts WHERE upload_id = $1 AND content = $2 AND part_no = $3", id, content, part)
			if err != nil {
				return err
			}
			for rows.Next() {
				if err := rows.Scan(&packed); err != nil {
					return err
				}
			}
			return rows.Close()
		})
		if err != nil || packed == nil {
			return size, err
		}
		plain, err := unpack.DecodeAll(packed, nil)
		if err != nil {
			return size, fmt.Errorf("unpack part %d of upload %d: %w", part, id, err)
		}
		n, err := to.Write(plain)
		size += int64(n)
		if err != nil {
			return size, fmt.Errorf("write an upload: %w", err)
		}
	}
}

// Rejected writes the rows that could not be used, as CSV with the reason of each.
func Rejected(ctx context.Context, d *db.DB, id int64, to io.Writer) (size int64, err error) {
	return Copy(ctx, d, id, rejectedContent, to)
}
