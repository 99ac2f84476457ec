package member

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"sync"
	"time"

	scale "golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Picture is one of the pictures that are made of a logo, as PNG.
type Picture struct {
	Name          string
	Width, Height int
	Content       []byte
	Updated       time.Time
}

// The pictures: as pages show it, and as icons of installed pages.
const (
	Logo      = "logo"
	SmallIcon = "icon-192"
	LargeIcon = "icon-512"
)

// Bounds of an upload.
const (
	LogoMost   = 2 << 20 // bytes
	mostPixels = 8_000_000
	leastSide  = 16
)

// forms are what a logo may come as. A drawing (SVG) can hold scripts and addresses, so it is none of them.
var forms = []struct {
	begins string
	config func(b []byte) (image.Config, error)
	decode func(b []byte) (image.Image, error)
}{
	{"\x89PNG\r\n\x1a\n", func(b []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(b)) }, func(b []byte) (image.Image, error) { return png.Decode(bytes.NewReader(b)) }},
	{"\xff\xd8\xff", passes, func(b []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(b)) }},
	{"RIFF", func(b []byte) (image.Config, error) { return webp.DecodeConfig(bytes.NewReader(b)) }, func(b []byte) (image.Image, error) { return webp.Decode(bytes.NewReader(b)) }},
}

// passes refuses a photograph that is told in too many passes: a small file can have a hundred thousand of them, each over the
// whole of it, which takes minutes. Cameras make about ten; a few more marks of one may stand in what is written beside it.
func passes(file []byte) (image.Config, error) {
	const most = 64
	if n := bytes.Count(file, []byte("\xff\xda")); n > most {
		return image.Config{}, fmt.Errorf("the picture is told in %d passes", n)
	}
	return jpeg.DecodeConfig(bytes.NewReader(file)) //nolint:wrapcheck // it is said that it cannot be read
}

var drawing sync.Mutex //nolint:gochecknoglobals // the memory is the process's

// DrawLogo draws the pictures of a logo that was uploaded. Nothing of the file itself is kept: neither where a photograph was
// taken, nor what hides behind a picture.
func DrawLogo(file []byte) ([]Picture, error) {
	if len(file) > LogoMost {
		return nil, fault.In("logo", fault.Coded("logo_large", fault.Invalidf("a logo has 2 MB at most")))
	}
	// One after another: while one of the largest is unpacked it takes some 200 MB.
	drawing.Lock()
	defer drawing.Unlock()
	from, err := readLogo(file)
	if err != nil {
		return nil, err
	}
	if how := held(file); how != upright {
		const enough = 1024 // more than is needed of it, and little to turn
		from = turned(fit(from, enough, enough, false), how)
	}
	const wide, high, small, large = 480, 160, 192, 512
	var all []Picture
	for _, p := range []struct {
		name          string
		width, height int
		square        bool
	}{{Logo, wide, high, false}, {SmallIcon, small, small, true}, {LargeIcon, large, large, true}} {
		to := fit(from, p.width, p.height, p.square)
		var out bytes.Buffer
		if err := png.Encode(&out, to); err != nil {
			return nil, fmt.Errorf("draw the logo: %w", err)
		}
		all = append(all, Picture{Name: p.name, Width: to.Bounds().Dx(), Height: to.Bounds().Dy(), Content: out.Bytes()})
	}
	return all, nil
}

func readLogo(file []byte) (image.Image, error) {
	for _, f := range forms {
		if !bytes.HasPrefix(file, []byte(f.begins)) {
			continue
		}
		broken := fault.In("logo", fault.Coded("logo_broken", fault.Invalidf("the picture cannot be read")))
		c, err := f.config(file)
		if err != nil {
			return nil, broken
		}
		// Known before it is unpacked: a small file can hold a picture that fills the memory.
		if c.Width < leastSide || c.Height < leastSide || int64(c.Width)*int64(c.Height) > mostPixels {
			return nil, fault.In("logo", fault.Coded("logo_size", fault.Invalidf("a logo has %d dots at least each way, and %d altogether at most; this one has %d × %d", leastSide, mostPixels, c.Width, c.Height)))
		}
		picture, err := f.decode(file)
		if err != nil {
			return nil, broken
		}
		return picture, nil
	}
	return nil, fault.In("logo", fault.Coded("logo_kind", fault.Invalidf("a logo is a picture as PNG, JPEG or WebP")))
}

// fit draws a picture as large as it goes into so many dots; a square one in the middle of white, with room around it.
func fit(from image.Image, width, height int, square bool) *image.NRGBA {
	w, h := from.Bounds().Dx(), from.Bounds().Dy()
	mostW, mostH := width, height
	if square {
		const part, of = 4, 5
		mostW, mostH = width*part/of, height*part/of
	} else { // it is not made larger than it is
		mostW, mostH = min(mostW, w), min(mostH, h)
	}
	if w*mostH > h*mostW {
		w, h = mostW, max(h*mostW/w, 1)
	} else {
		w, h = max(w*mostH/h, 1), mostH
	}
	at := image.Rect(0, 0, w, h)
	to := image.NewNRGBA(at)
	if square {
		to = image.NewNRGBA(image.Rect(0, 0, width, height))
		draw.Draw(to, to.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		at = at.Add(image.Pt((width-w)/2, (height-h)/2))
	}
	scale.CatmullRom.Scale(to, at, from, from.Bounds(), draw.Over, nil)
	return to
}

// SaveLogo keeps the pictures of a logo, in place of those of before.
func SaveLogo(tx *db.Tx, all []Picture) error {
	for _, p := range all {
		if _, err := tx.Exec(`INSERT INTO member_pictures (picture, width, height, content, updated_us) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (picture) DO UPDATE SET width = excluded.width, height = excluded.height, content = excluded.content, updated_us = excluded.updated_us`,
			p.Name, p.Width, p.Height, p.Content, tx.Now); err != nil {
			return err
		}
	}
	return nil
}

// RemoveLogo takes the logo away; some is false where there is none.
func RemoveLogo(tx *db.Tx) (some bool, err error) {
	n, err := tx.Exec("DELETE FROM member_pictures")
	return n > 0, err
}

// LogoShown tells how large the logo is, and when it was brought; ok is false where there is none.
func LogoShown(tx *db.Tx) (p Picture, ok bool, err error) {
	err = tx.QueryRow("SELECT picture, width, height, updated_us FROM member_pictures WHERE picture = $1", Logo).Scan(&p.Name, &p.Width, &p.Height, &p.Updated)
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	return p, err == nil, err
}

// LoadPicture reads one of the pictures.
func LoadPicture(tx *db.Tx, name string) (p Picture, err error) {
	err = tx.QueryRow("SELECT picture, width, height, content, updated_us FROM member_pictures WHERE picture = $1", name).Scan(&p.Name, &p.Width, &p.Height, &p.Content, &p.Updated)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Coded("no_page", fault.NotFoundf("there is no logo"))
	}
	return p, err
}
