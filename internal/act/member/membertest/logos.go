// Package membertest makes files that people, cameras and attackers bring as a logo: right ones of every kind, such as cannot be
// read, and such as would fill the memory or take minutes.
//
// What always holds: each is named, and says what is to become of it: a picture of a size, or a refusal with a code.
package membertest

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	mathbits "math/bits"
	"strings"
)

// File is what somebody brings.
type File struct {
	Name, Code    string // of the refusal; empty: it is a right logo
	Content       []byte
	Width, Height int         // of the logo that is made of it
	Corner        color.NRGBA // at its left top, nearly
}

var (
	red  = color.NRGBA{0xd0, 0x10, 0x10, 0xff}
	blue = color.NRGBA{0x10, 0x10, 0xd0, 0xff}
)

// Files are those that there are.
func Files() []File {
	two := halves(64, 32)
	plain := encoded(func(b *bytes.Buffer) error { return png.Encode(b, two) })
	photo := encoded(func(b *bytes.Buffer) error { return jpeg.Encode(b, two, &jpeg.Options{Quality: 95}) })
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
	all := []File{
		{Name: "plain.png", Content: plain, Width: 64, Height: 32, Corner: red},
		{Name: "deep.png", Content: deep(), Width: 64, Height: 32, Corner: red},
		{Name: "moving.png", Content: pngWith(plain, "acTL", []byte{0, 0, 0, 2, 0, 0, 0, 0}), Width: 64, Height: 32, Corner: red},
		{Name: "page.png", Content: append(bytes.Clone(plain), svg...), Width: 64, Height: 32, Corner: red},
		{Name: "photo.jpg", Content: photo, Width: 64, Height: 32, Corner: red},
		{Name: "print.jpg", Content: cmyk(40, 24), Width: 40, Height: 24, Corner: color.NRGBA{0x7a, 0x1f, 0x5c, 0xff}},
		{Name: "still.webp", Content: riff(vp8l(64, 32)), Width: 64, Height: 32, Corner: blue},
		{Name: "turned.png", Content: pngWith(plain, "eXIf", exif(6, binary.LittleEndian)), Width: 32, Height: 64, Corner: red},
		{Name: "turned.webp", Content: riff(vp8x(0x08, 64, 32), vp8l(64, 32), part("EXIF", exif(8, binary.BigEndian))), Width: 32, Height: 64, Corner: blue},
		{Name: "nonsense-beside.jpg", Content: jpegWith(photo, []byte("Exif\x00\x00MM\x00*\xff\xff\xff\xff")), Width: 64, Height: 32, Corner: red},

		{Name: "drawing.png", Content: svg, Code: "logo_kind"},
		{Name: "drawing.svg", Content: append([]byte("\xef\xbb\xbf<?xml version=\"1.0\"?>"), svg...), Code: "logo_kind"},
		{Name: "page.gif", Content: []byte("GIF89a/*<script>*/=1"), Code: "logo_kind"},
		{Name: "sound.webp", Content: []byte("RIFF\x24\x00\x00\x00WAVEfmt "), Code: "logo_broken"},
		{Name: "half.png", Content: plain[:len(plain)/2], Code: "logo_broken"},
		{Name: "half.jpg", Content: photo[:len(photo)/2], Code: "logo_broken"},
		{Name: "head.png", Content: plain[:8], Code: "logo_broken"},
		{Name: "moving.webp", Content: riff(vp8x(0x02, 64, 32), part("ANIM", make([]byte, 6)), part("ANMF", append(make([]byte, 16), vp8l(64, 32)...))), Code: "logo_broken"},
		{Name: "bomb.png", Content: pngSized(60_000, 60_000), Code: "logo_size"},
		{Name: "thread.png", Content: pngSized(1, 8_000_000), Code: "logo_size"},
		{Name: "bomb.webp", Content: riff(vp8l(16_384, 16_384)), Code: "logo_size"},
		{Name: "bomb-inside.webp", Content: riff(vp8x(0, 64, 32), vp8l(16_384, 16_384)), Code: "logo_broken"},
		{Name: "passes.jpg", Content: Passes(2800, 20_000), Code: "logo_broken"},
		{Name: "dot.png", Content: pngSized(1, 1), Code: "logo_size"},
		{Name: "huge.png", Content: append(bytes.Clone(plain), strings.Repeat("x", 2<<20)...), Code: "logo_large"},
	}
	for how, corner := range []color.NRGBA{red, blue, blue, red, red, red, blue, blue} {
		one := File{Name: "held-" + string(rune('1'+how)) + ".jpg", Content: jpegWith(photo, append([]byte("Exif\x00\x00"), exif(how+1, binary.BigEndian)...)), Width: 64, Height: 32, Corner: corner}
		if how >= 4 {
			one.Width, one.Height = 32, 64
		}
		all = append(all, one)
	}
	return all
}

func encoded(write func(b *bytes.Buffer) error) []byte {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		panic(err) // into the memory
	}
	return b.Bytes()
}

// halves is a picture of which the left half is red, and the right one blue.
func halves(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.SetNRGBA(x, y, red)
			if x >= width/2 {
				m.SetNRGBA(x, y, blue)
			}
		}
	}
	return m
}

// deep is such a picture with 16 bits for each colour.
func deep() []byte {
	m := image.NewNRGBA64(image.Rect(0, 0, 64, 32))
	for y := range 32 {
		for x := range 64 {
			m.Set(x, y, halves(2, 1).At(x/32, 0))
		}
	}
	return encoded(func(b *bytes.Buffer) error { return png.Encode(b, m) })
}

// chunk is a part of a PNG.
func chunk(name string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body))) //nolint:gosec // they are short
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

const headEnd = 8 + 25 // of the mark and the head of a PNG

// pngWith is a PNG with another part after its head.
func pngWith(file []byte, name string, body []byte) []byte {
	return append(append(bytes.Clone(file[:headEnd]), chunk(name, body)...), file[headEnd:]...)
}

// pngSized is a PNG that says it is so large, and holds a few bytes.
func pngSized(width, height uint32) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	b := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 2, 0, 0, 0))...)
	return append(append(b, chunk("IDAT", []byte{0x78, 0x9c, 3, 0, 0, 0, 0, 1})...), chunk("IEND", nil)...)
}

// exif is what a camera writes that was held so.
func exif(how int, order binary.AppendByteOrder) []byte {
	b := []byte("II*\x00")
	if order.String() == "BigEndian" {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	for _, e := range [][2]int{{0x0100, 64}, {0x0112, how}} {
		b = order.AppendUint16(b, uint16(e[0])) //nolint:gosec // as they stand there
		b = order.AppendUint16(b, 3)
		b = order.AppendUint32(b, 1)
		b = order.AppendUint16(b, uint16(e[1])) //nolint:gosec // as they stand there
		b = order.AppendUint16(b, 0)
	}
	return order.AppendUint32(b, 0)
}

func segment(marker byte, body []byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2)) //nolint:gosec // they are short
	return append(b, body...)
}

// jpegWith is a JPEG with what a camera writes beside the picture.
func jpegWith(file, beside []byte) []byte {
	return append(append(bytes.Clone(file[:2]), segment(0xe1, beside)...), file[2:]...)
}

// bits are written one after another, as a JPEG has them or, from the other end, a WebP.
type bits struct{ text string }

func (b *bits) add(value, n int) {
	for n--; n >= 0; n-- {
		b.text += string(rune('0' + value>>n&1))
	}
}

// jpeg are the bytes, filled up with ones; after 255 stands a 0.
func (b *bits) jpeg() (out []byte) {
	for text := b.text + strings.Repeat("1", (8-len(b.text)%8)%8); text != ""; text = text[8:] {
		var c byte
		for _, d := range text[:8] {
			c = c<<1 | byte(d-'0')
		}
		if out = append(out, c); c == 0xff {
			out = append(out, 0)
		}
	}
	return out
}

func sized(precision byte, width, height int, components ...byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{precision}, uint16(height)) //nolint:gosec // as they stand there
	b = binary.BigEndian.AppendUint16(b, uint16(width))                   //nolint:gosec // as they stand there
	return append(b, components...)
}

var ones = append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)

// cmyk is a picture in the colours of print, one colour all over.
func cmyk(width, height int) []byte {
	out := []byte{0xff, 0xd8}
	out = append(out, segment(0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00"))...)
	out = append(out, segment(0xdb, ones)...)
	out = append(out, segment(0xc0, sized(8, width, height, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0))...)
	out = append(out, segment(0xc4, append([]byte{0x00, 0, 0, 4}, append(make([]byte, 13), 0, 6, 9, 10)...))...) // four codes of three bits
	out = append(out, segment(0xc4, append([]byte{0x10, 1}, append(make([]byte, 15), 0)...))...)                 // one of one: no more of this block
	out = append(out, segment(0xda, []byte{4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0})...)
	codes := map[int]int{0: 0, 6: 1, 9: 2, 10: 3}
	var b bits
	for block := range (width / 8) * (height / 8) {
		for _, value := range []int{0x7a, 0x1f, 0x5c, 0xff} { // as print has them the other way round
			mean := (value - 128) * 8
			if block > 0 {
				mean = 0 // as the block before
			}
			n := mathbits.Len(uint(max(mean, -mean))) //nolint:gosec // it is none below 0
			b.add(codes[n], 3)
			if mean < 0 {
				mean += 1<<n - 1
			}
			b.add(mean, n)
			b.add(0, 1)
		}
	}
	return append(append(out, b.jpeg()...), 0xff, 0xd9)
}

// Passes is a photograph of so many dots each way, told in so many passes over all of it that say nothing.
func Passes(side, passes int) []byte {
	out := append([]byte{0xff, 0xd8}, segment(0xdb, ones)...)
	out = append(out, segment(0xc2, sized(8, side, side, 1, 1, 0x11, 0))...)
	out = append(out, segment(0xc4, append([]byte{0x10, 1}, append(make([]byte, 15), 0xe0)...))...) // one code: so many blocks more are empty
	var b bits
	const most = 1<<15 - 1
	for n := 0; n < (side/8)*(side/8); n += most {
		b.add(0, 1)
		b.add(1<<14-1, 14)
	}
	pass := append(segment(0xda, []byte{1, 1, 0, 1, 63, 0}), b.jpeg()...)
	return append(append(out, bytes.Repeat(pass, passes)...), 0xff, 0xd9)
}

// part is a part of a WebP.
func part(name string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body))) //nolint:gosec // they are short
	if b = append(b, body...); len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func riff(parts ...[]byte) []byte {
	return part("RIFF", append([]byte("WEBP"), bytes.Join(parts, nil)...))
}

// vp8x is the head of a WebP with more than a picture.
func vp8x(flags byte, width, height int) []byte {
	w, h := width-1, height-1
	return part("VP8X", []byte{flags, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)})
}

// vp8l is a picture in one colour, blue: each of its dots takes no bit at all.
func vp8l(width, height int) []byte {
	var b bits
	low := func(value, n int) { // the lowest bit first
		for i := range n {
			b.add(value>>i&1, 1)
		}
	}
	low(width-1, 14)
	low(height-1, 14)
	low(0, 1+3+3) // opaque; version; neither changed, nor with a cache, nor in parts
	for _, colour := range []int{int(blue.G), int(blue.R), int(blue.B), 0xff} {
		low(1, 1) // simple
		low(0, 1) // one symbol
		low(1, 1) // of eight bits
		low(colour, 8)
	}
	low(1, 4) // the last one, of distances: simple, one symbol, of one bit, 0
	out := []byte{0x2f}
	for text := b.text + strings.Repeat("0", (8-len(b.text)%8)%8); text != ""; text = text[8:] {
		var c byte
		for i, d := range text[:8] {
			c |= byte(d-'0') << i
		}
		out = append(out, c)
	}
	return part("VP8L", out)
}
