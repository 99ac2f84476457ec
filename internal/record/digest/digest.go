// Package digest makes a short mark of what a fact says, by which one that is handed in again is known for the same.
//
// What always holds: the same parts in the same order give the same mark, on every machine and in every version of the
// program, since marks are kept with the facts.
package digest

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
)

// Digest gathers what is to be compared.
type Digest struct{ text []byte }

// Numbers takes whole numbers.
func (d *Digest) Numbers(all ...int64) {
	for _, v := range all {
		d.text = binary.AppendVarint(d.text, v)
	}
}

// Float takes a number.
func (d *Digest) Float(v float64) { d.Numbers(int64(math.Float64bits(v))) }

// Texts takes texts.
func (d *Digest) Texts(all ...string) {
	for _, s := range all {
		d.text = binary.AppendUvarint(d.text, uint64(len(s)))
		d.text = append(d.text, s...)
	}
}

// Sum is the mark.
func (d *Digest) Sum() []byte {
	const kept = 16
	sum := sha256.Sum256(d.text)
	return sum[:kept]
}
