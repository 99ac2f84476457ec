package table

import (
	"bytes"
	"context"
	"io"
	"unicode/utf8"
)

const (
	blockSize = 256 << 10
	blocks    = 4
)

// block is a piece of the text that ends with a line where it can, else with a whole character.
type block struct {
	buf     []byte
	data    []byte
	last    bool
	suspect bool
	err     error
}

// feed reads blocks ahead in a goroutine of its own.
type feed struct {
	full   chan *block
	free   chan *block
	cancel context.CancelFunc
	done   chan struct{}
	ctx    context.Context
	err    error // to be told after the last block
}

func startFeed(ctx context.Context, r io.Reader, lineEnd byte) *feed {
	f := &feed{full: make(chan *block, blocks), free: make(chan *block, blocks), done: make(chan struct{})}
	f.ctx, f.cancel = context.WithCancel(ctx)
	for range blocks {
		f.free <- &block{}
	}
	go f.run(r, lineEnd)
	return f
}

// next waits for the next block.
func (f *feed) next() (*block, error) {
	if f.err != nil {
		return nil, f.err
	}
	select {
	case b := <-f.full:
		if b.err != nil {
			// What was read before the error is still good; the row it cuts in two is not.
			f.err = b.err
			if len(b.data) == 0 {
				return nil, b.err
			}
		}
		return b, nil
	case <-f.ctx.Done():
		return nil, f.ctx.Err()
	}
}

// recycle takes a block back when nothing points into it any more.
func (f *feed) recycle(b *block) {
	if b != nil {
		f.free <- b
	}
}

// stop ends the goroutine and waits for it.
func (f *feed) stop() {
	f.cancel()
	<-f.done
}

// run fills blocks until the text ends.
func (f *feed) run(r io.Reader, lineEnd byte) {
	defer close(f.done)
	var rest []byte
	for {
		var b *block
		select {
		case b = <-f.free:
		case <-f.ctx.Done():
			return
		}
		if b.buf == nil {
			b.buf = make([]byte, blockSize)
		}
		rest = b.fill(r, rest, lineEnd)
		end := b.last || b.err != nil
		select {
		case f.full <- b:
		case <-f.ctx.Done():
			return
		}
		if end {
			return
		}
	}
}

// fill reads the block full and returns what belongs to the next one.
func (b *block) fill(r io.Reader, rest []byte, lineEnd byte) []byte {
	n := copy(b.buf, rest)
	b.last, b.err = false, nil
	for n < len(b.buf) {
		m, err := r.Read(b.buf[n:])
		n += m
		if err == io.EOF {
			b.last = true
			break
		}
		if err != nil {
			b.err = err
			break
		}
	}
	end := n
	if !b.last {
		end = cutPoint(b.buf[:n], lineEnd)
	}
	b.data = b.buf[:end]
	b.suspect = isSuspect(b.data)
	return append(rest[:0], b.buf[end:n]...)
}

// cutPoint is the end of the last line, or of the last whole character where there is no line end.
func cutPoint(b []byte, lineEnd byte) int {
	if i := bytes.LastIndexByte(b, lineEnd); i >= 0 {
		return i + 1
	}
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if utf8.FullRune(b[i:]) {
				break
			}
			return i
		}
	}
	return len(b)
}
