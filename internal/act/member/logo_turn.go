package member

import (
	"bytes"
	"encoding/binary"
	"image"
)

// How a camera was held is written beside the picture (EXIF), which is not turned itself: 1 is upright, and the others are what to
// do before it is looked at.
const (
	upright  = 1
	mirrored = 2
	around   = 3
	flipped  = 4
	diagonal = 5
	right    = 6
	crossed  = 7
	left     = 8
)

// held is how the camera was held that took a picture; upright where nothing is said, or not in a way that can be read.
func held(file []byte) int {
	exif := exifOf(file)
	const head, entry, tag, short = 8, 12, 0x0112, 3
	if len(exif) < head {
		return upright
	}
	var order binary.ByteOrder
	switch string(exif[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	at := uint64(order.Uint32(exif[4:]))
	if at+2 > uint64(len(exif)) {
		return upright
	}
	n := order.Uint16(exif[at:])
	for rest := exif[at+2:]; n > 0 && len(rest) >= entry; n, rest = n-1, rest[entry:] {
		if order.Uint16(rest) != tag || order.Uint16(rest[2:]) != short {
			continue
		}
		if how := int(order.Uint16(rest[8:])); how >= upright && how <= left {
			return how
		}
		break
	}
	return upright
}

// exifOf finds what a camera wrote beside a picture; empty: nothing.
func exifOf(file []byte) []byte {
	switch {
	case bytes.HasPrefix(file, []byte("\xff\xd8")): // JPEG: segments with a length each, until the picture begins
		for rest := file[2:]; len(rest) >= 4 && rest[0] == 0xff && rest[1] != 0xda; {
			size := 2 + int(binary.BigEndian.Uint16(rest[2:]))
			if size < 4 || size > len(rest) {
				return nil
			}
			if found, is := bytes.CutPrefix(rest[4:size], []byte("Exif\x00\x00")); rest[1] == 0xe1 && is {
				return found
			}
			rest = rest[size:]
		}
	case bytes.HasPrefix(file, []byte("\x89PNG")):
		return chunk(file[min(8, len(file)):], "eXIf", binary.BigEndian, false)
	case bytes.HasPrefix(file, []byte("RIFF")): // WebP
		return bytes.TrimPrefix(chunk(file[min(12, len(file)):], "EXIF", binary.LittleEndian, true), []byte("Exif\x00\x00"))
	}
	return nil
}

// chunk finds a part of a file by its name: of a WebP, where the name comes before the length, or of a PNG, where a checksum follows.
func chunk(rest []byte, name string, order binary.ByteOrder, webp bool) []byte {
	const head, sum = 8, 4
	for len(rest) >= head {
		length, called := rest[:4], rest[4:head]
		if webp {
			length, called = called, length
		}
		size := uint64(order.Uint32(length))
		if size > uint64(len(rest)-head) {
			return nil
		}
		if string(called) == name {
			return rest[head : head+size]
		}
		size += head
		if webp {
			size += size % 2
		} else {
			size += sum
		}
		rest = rest[min(size, uint64(len(rest))):]
	}
	return nil
}

// turned is a picture as it was seen by who took it.
func turned(from *image.NRGBA, how int) *image.NRGBA {
	w, h := from.Bounds().Dx(), from.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if how >= diagonal {
		size = image.Rect(0, 0, h, w)
	}
	to := image.NewNRGBA(size)
	for y := range h {
		for x := range w {
			var at image.Point
			switch how {
			case mirrored:
				at = image.Pt(w-1-x, y)
			case around:
				at = image.Pt(w-1-x, h-1-y)
			case flipped:
				at = image.Pt(x, h-1-y)
			case diagonal:
				at = image.Pt(y, x)
			case right:
				at = image.Pt(h-1-y, x)
			case crossed:
				at = image.Pt(h-1-y, w-1-x)
			case left:
				at = image.Pt(y, w-1-x)
			default:
				at = image.Pt(x, y)
			}
			to.SetNRGBA(at.X, at.Y, from.NRGBAAt(x, y))
		}
	}
	return to
}
