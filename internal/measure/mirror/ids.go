package mirror

import (
	"hash/maphash"
	"strings"
)

// idTable numbers customers' ids like a dictionary, for millions of them asked for in no order: an id of up to
// inlineID bytes lies in its slot, so that finding it touches one line of memory and not four.
type idTable struct {
	seed   maphash.Seed
	slots  []idSlot
	long   dictionary // ids that do not fit
	values []string
	codes  []int32 // of long ids, by their place in long
	// touched keeps the reads of reach from being optimised away.
	touched uint8
}

const inlineID = 27

// idSlot is half a line of memory.
type idSlot struct {
	id   [inlineID]byte
	size uint8 // of the id, + 1; 0: a free slot
	code int32
}

func newIDTable() *idTable {
	return &idTable{seed: maphash.MakeSeed(), slots: make([]idSlot, 1024), long: newDictionary()}
}

// code gives the number of s, which may be borrowed: it is copied when it is new.
func (t *idTable) code(s string) int32 { return t.codeAt(s, maphash.String(t.seed, s)) }

// reach hashes ids and touches their slots, so that memory fetches many at once and not one after the other. It gives
// the hashes, for codeAt.
func (t *idTable) reach(n int, id func(i int) string, hashes []uint64) []uint64 {
	hashes = hashes[:0]
	mask := uint64(len(t.slots) - 1)
	for i := range n {
		h := maphash.String(t.seed, id(i))
		hashes = append(hashes, h)
		t.touched += t.slots[h&mask].size
	}
	return hashes
}

func (t *idTable) codeAt(s string, hash uint64) int32 {
	if len(s) > inlineID {
		place := t.long.code(s)
		if int(place) == len(t.codes) {
			t.codes = append(t.codes, t.add(t.long.values[place]))
		}
		return t.codes[place]
	}
	slot := t.find(s, hash)
	if slot.size == 0 {
		code := t.add(strings.Clone(s))
		slot.code, slot.size = code, uint8(len(s)+1)
		copy(slot.id[:], s)
		if 3*len(t.values) > 2*len(t.slots) {
			t.grow()
		}
		return code
	}
	return slot.code
}

func (t *idTable) add(s string) int32 {
	t.values = append(t.values, s)
	return int32(len(t.values) - 1)
}

// find gives the slot of s, or the free one where it belongs.
func (t *idTable) find(s string, hash uint64) *idSlot {
	mask := uint64(len(t.slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		slot := &t.slots[at]
		if slot.size == 0 || int(slot.size) == len(s)+1 && string(slot.id[:len(s)]) == s {
			return slot
		}
	}
}

func (t *idTable) grow() {
	old := t.slots
	t.slots = make([]idSlot, 2*len(old))
	for i := range old {
		if o := &old[i]; o.size > 0 {
			*t.find(string(o.id[:o.size-1]), maphash.Bytes(t.seed, o.id[:o.size-1])) = *o
		}
	}
}
