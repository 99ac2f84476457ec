package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"slices"

	"regulars/internal/base/fault"
	"regulars/internal/record/importer"
)

// order is the version of the order in which facts are taken. A program with another one does not go on where this one
// was stopped: it begins anew, and finds what is there.
const orderVersion = 2

// fingerprint tells a file, read in one way and for one source, from all others.
func fingerprint(ctx context.Context, plan *importer.Plan, o Options) (string, error) {
	h := sha256.New()
	read := &o.Import
	zone := "UTC"
	if read.Zone != nil {
		zone = read.Zone.String()
	}
	fmt.Fprintf(h, "%d %q %q %q %q %d %q %v %v %d\n", orderVersion, o.Source, plan.Kind, read.Encoding, zone, read.Digits, read.Currency,
		read.IgnoreReturns, read.RejectZero, read.AsOf)
	for _, role := range slices.Sorted(maps.Keys(read.Map)) {
		fmt.Fprintf(h, "%q %q\n", role, read.Map[role])
	}
	if err := content(ctx, h, plan.Path); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// content hashes the file as it lies on disk.
func content(ctx context.Context, h hash.Hash, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fault.Invalidf("%s cannot be opened: %w", path, err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	buffer := make([]byte, 1<<20)
	for ctx.Err() == nil {
		n, err := f.Read(buffer)
		h.Write(buffer[:n])
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fault.Invalidf("%s cannot be read: %w", path, err)
		}
	}
	return ctx.Err()
}
