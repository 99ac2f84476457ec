package charset

import (
	"bytes"
	"io"

	"golang.org/x/text/transform"
)

// Reader yields r as UTF-8: the bytes after the mark are in the encoding that was found.
func Reader(r io.Reader, f Found) (io.Reader, error) {
	if f.BOM > 0 {
		if _, err := io.CopyN(io.Discard, r, int64(f.BOM)); err != nil {
			return nil, err
		}
	}
	enc := decoderOf(f.Name)
	if enc == nil {
		return r, nil
	}
	return transform.NewReader(r, enc.NewDecoder()), nil
}

// Auto yields r as UTF-8, where everything seen so far was plain ASCII: the first other byte decides. Decided, when
// not nil, is called then with the name of an encoding that is not UTF-8, from the goroutine that reads.
func Auto(r io.Reader, decided func(name string)) io.Reader {
	return &auto{src: r, decided: decided}
}

// lookahead is how much of a text is looked at to decide on its encoding.
const lookahead = 64 << 10

type auto struct {
	src     io.Reader
	sure    bool
	decided func(string)
}

// Read passes ASCII through until there is something to decide.
func (a *auto) Read(p []byte) (int, error) {
	if a.sure {
		return a.src.Read(p)
	}
	n, err := a.src.Read(p)
	k := firstHigh(p[:n])
	if k < 0 {
		return n, err
	}
	rest := bytes.Clone(p[k:n])
	for len(rest) < lookahead && err == nil {
		start := len(rest)
		rest = append(rest, make([]byte, lookahead-start)...)
		var m int
		m, err = a.src.Read(rest[start:])
		rest = rest[:start+m]
	}
	a.settle(rest, err)
	if k > 0 {
		return k, nil
	}
	return a.src.Read(p)
}

// settle decides by the bytes from the first that is not ASCII, and puts them back before what follows.
func (a *auto) settle(rest []byte, err error) {
	src := a.src
	if err != nil {
		src = failing{err}
	}
	src = io.MultiReader(bytes.NewReader(rest), src)
	a.sure, a.src = true, src
	if looksUTF8(rest) {
		return
	}
	name := byLetters(rest)
	a.src = transform.NewReader(src, decoderOf(name).NewDecoder())
	if a.decided != nil {
		a.decided(name)
	}
}

// failing is the end of a source that has already said how it ends.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
