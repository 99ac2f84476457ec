package files

import (
	"encoding/binary"
	"errors"
	"math"

	"regulars/internal/record/fact"
)

// packer packs what of a fact has no column of its own in the stage. The bytes are used until the next call.
type packer struct{ b []byte }

func (p *packer) text(s string) {
	p.b = binary.AppendUvarint(p.b, uint64(len(s)))
	p.b = append(p.b, s...)
}

func (p *packer) number(v int64) { p.b = binary.AppendVarint(p.b, v) }

func (p *packer) float(v float64) { p.b = binary.BigEndian.AppendUint64(p.b, math.Float64bits(v)) }

func (p *packer) flag(v bool) {
	if v {
		p.b = append(p.b, 1)
	} else {
		p.b = append(p.b, 0)
	}
}

func (p *packer) texts(all []string) {
	for _, s := range all {
		p.text(s)
	}
}

func (p *packer) sale(s *fact.Sale) []byte {
	p.b = p.b[:0]
	p.text(s.Product)
	p.text(s.Category)
	p.float(s.Quantity)
	p.texts(s.Attributes)
	return p.b
}

func (p *packer) customer(c *fact.Customer) []byte {
	p.b = p.b[:0]
	p.text(c.Channel)
	p.number(int64(c.Referred))
	p.number(int64(c.Member))
	p.number(c.Joined.UTC)
	p.number(c.Joined.Local)
	p.texts(c.Attributes)
	return p.b
}

func (p *packer) answer(a *fact.Answer) []byte {
	p.b = p.b[:0]
	p.flag(a.Scored)
	p.float(a.Score)
	p.number(int64(a.Scale))
	p.flag(a.Delivered)
	p.flag(a.Finished)
	for _, m := range []fact.Moment{a.Replied, a.Solved, a.Due} {
		p.number(m.UTC)
		p.number(m.Local)
	}
	p.text(a.Comment)
	p.texts(a.Attributes)
	return p.b
}

func (p *packer) product(f *fact.Product) []byte {
	p.b = p.b[:0]
	p.text(f.Name)
	p.text(f.Category)
	p.number(int64(f.SoldOut))
	p.flag(f.Costed)
	return p.b
}

// unpacker reads what a packer has packed.
type unpacker struct {
	s   string
	bad bool
}

var errPacked = errors.New("a row of the stage cannot be read")

func (u *unpacker) cut(n int) string {
	if u.bad || n < 0 || n > len(u.s) {
		u.bad = true
		return ""
	}
	out := u.s[:n]
	u.s = u.s[n:]
	return out
}

func (u *unpacker) size() int {
	// Lengths are mostly of one byte.
	if u.s != "" && u.s[0] < 0x80 {
		n := int(u.s[0])
		u.s = u.s[1:]
		return n
	}
	v, n := binary.Uvarint([]byte(u.s[:min(len(u.s), binary.MaxVarintLen64)]))
	if n <= 0 {
		u.bad = true
		return 0
	}
	u.s = u.s[n:]
	return int(v)
}

func (u *unpacker) text() string { return u.cut(u.size()) }

func (u *unpacker) number() int64 {
	v, n := binary.Varint([]byte(u.s[:min(len(u.s), binary.MaxVarintLen64)]))
	if n <= 0 {
		u.bad = true
		return 0
	}
	u.s = u.s[n:]
	return v
}

func (u *unpacker) float() float64 {
	const size = 8
	b := u.cut(size)
	if u.bad {
		return 0
	}
	return math.Float64frombits(binary.BigEndian.Uint64([]byte(b)))
}

func (u *unpacker) flag() bool { return u.cut(1) == "\x01" }

func (u *unpacker) moment() fact.Moment { return fact.Moment{UTC: u.number(), Local: u.number()} }

// attributes are the values under the names that are said; what is empty is left out.
func (u *unpacker) attributes(names []string) (all fact.Attributes) {
	for i, name := range names {
		if value := u.text(); value != "" {
			if all == nil {
				all = make(fact.Attributes, 0, len(names)-i)
			}
			all = append(all, fact.Attribute{Name: name, Value: value})
		}
	}
	return all
}

// err tells whether everything was there.
func (u *unpacker) err() error {
	if u.bad {
		return errPacked
	}
	return nil
}
