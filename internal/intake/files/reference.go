package files

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
)

// place tells equal facts of a file apart that have no name of their own: they follow one another in the stage, in an
// order that their content decides.
type place struct {
	whose, what string
	utc, amount int64
	late        bool
	count       int64
}

// reference names a fact by what it is of: the customer, the question or channel, the moment, the amount where it counts,
// and the place among those that are equal in all of these. Nothing of it can be read back.
func (p *place) reference(prefix string, r *row, amount int64) string {
	now := place{whose: r.whose, what: r.what, utc: r.utc, amount: amount, late: r.late, count: p.count}
	if now == *p {
		p.count++
	} else {
		now.count = 1
		*p = now
	}
	var text []byte
	for _, s := range []string{prefix, r.whose, r.what} {
		text = binary.AppendUvarint(text, uint64(len(s)))
		text = append(text, s...)
	}
	for _, v := range []int64{r.utc, amount, p.count} {
		text = binary.AppendVarint(text, v)
	}
	const kept = 15 // bytes, so that their letters come out even
	sum := sha256.Sum256(text)
	return prefix + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:kept]))
}

// Words that tell costs of keeping customers from costs of winning them, in the stage and in references.
func purpose(retention bool) string {
	if retention {
		return "keep"
	}
	return "win"
}

// divided takes apart what two texts were put together as, with a line feed between them.
func divided(what string) (first, second string) {
	first, second, _ = strings.Cut(what, "\n")
	return first, second
}
