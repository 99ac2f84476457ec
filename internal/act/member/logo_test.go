package member_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/act/member"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

func dots(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.NRGBA{0x7a, 0x1f, 0x5c, 0xff})
		}
	}
	return m
}

func asPNG(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, dots(w, h)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPicturesOfALogo(t *testing.T) {
	t.Parallel()
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, dots(300, 1200), nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name          string
		file          []byte
		width, height int
	}{
		{"wide", asPNG(t, 1000, 100), 480, 48},
		{"tall", photo.Bytes(), 40, 160},
		{"small", asPNG(t, 60, 20), 60, 20},
		{"with what hides behind it", append(asPNG(t, 60, 20), "<script>alert(1)</script>"...), 60, 20},
	} {
		all, err := member.DrawLogo(c.file)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		for i, want := range [][2]int{{c.width, c.height}, {192, 192}, {512, 512}} {
			p := all[i]
			m, err := png.Decode(bytes.NewReader(p.Content))
			if err != nil || m.Bounds().Dx() != want[0] || m.Bounds().Dy() != want[1] || p.Width != want[0] || p.Height != want[1] {
				t.Errorf("%s: %s is %d × %d, %v", c.name, p.Name, p.Width, p.Height, err)
				continue
			}
			if bytes.Contains(p.Content, []byte("script")) {
				t.Errorf("%s: what hid behind the picture is kept", c.name)
			}
			r, g, b, _ := m.At(want[0]/2, want[1]/2).RGBA()
			if r>>8 < 0x70 || r>>8 > 0x84 || g>>8 > 0x2a || b>>8 < 0x50 {
				t.Errorf("%s: the middle of %s is %x %x %x", c.name, p.Name, r>>8, g>>8, b>>8)
			}
			if r, _, _, _ = m.At(0, 0).RGBA(); i > 0 && r>>8 != 0xff {
				t.Errorf("%s: %s has no room around it", c.name, p.Name)
			}
		}
	}
}

func TestWhatIsNoLogo(t *testing.T) {
	t.Parallel()
	huge := bytes.Clone(asPNG(t, 20, 20))
	copy(huge[16:24], []byte{0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff}) // 65,535 each way, says the head
	for code, file := range map[string][]byte{
		"logo_kind":   []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
		"logo_broken": asPNG(t, 200, 200)[:120],
		"logo_size":   asPNG(t, 15, 400),
		"logo_large":  bytes.Repeat([]byte{1}, member.LogoMost+1),
	} {
		var f *fault.Fault
		if _, err := member.DrawLogo(file); !errors.As(err, &f) || f.Code != code || f.Field != "logo" {
			t.Errorf("%s: %v", code, err)
		}
	}
	if _, err := member.DrawLogo(huge); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a picture that fills the memory: %v", err)
	}
	rapid.Check(t, func(t *rapid.T) { // no file makes it fall over
		begin := rapid.SampledFrom([]string{"", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "RIFF\x00\x00\x00\x00WEBPVP8L"}).Draw(t, "begin")
		if _, err := member.DrawLogo(append([]byte(begin), rapid.SliceOf(rapid.Byte()).Draw(t, "rest")...)); err == nil {
			t.Fatal("noise is a picture")
		}
	})
}

func TestTheLogoIsKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		look := func() (p member.Picture, there bool, icon error) {
			if err := h.d.Read(t.Context(), func(tx *db.Tx) (err error) {
				if p, there, err = member.LogoShown(tx); err == nil {
					_, icon = member.LoadPicture(tx, member.LargeIcon)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return p, there, icon
		}
		if _, there, icon := look(); there || fault.KindOf(icon) != fault.NotFound {
			t.Errorf("there is a logo: %v", icon)
		}
		for _, width := range []int{60, 70} {
			all, err := member.DrawLogo(asPNG(t, width, 20))
			if err != nil {
				t.Fatal(err)
			}
			h.write(func(tx *db.Tx) error { return member.SaveLogo(tx, all) })
			if p, there, icon := look(); !there || p.Width != width || icon != nil || !p.Updated.Equal(began) {
				t.Errorf("%+v, %v", p, icon)
			}
		}
		h.write(func(tx *db.Tx) error {
			some, err := member.RemoveLogo(tx)
			if !some {
				t.Error("there was none")
			}
			return err
		})
		if _, there, _ := look(); there {
			t.Error("it was taken away")
		}
	})
}

// Whatever colour a business has, what has it can be read, in light and dark, and stays as near as it can.
func TestColoursCanBeRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		colour := "#" + rapid.StringMatching(`[0-9a-f]{6}`).Draw(t, "colour")
		if c := member.Contrast(colour, member.Ink(colour)); c < 4.5 {
			t.Fatalf("letters on %s: %.2f", colour, c)
		}
		for _, on := range [][]string{{"#faf7f2", "#fffdfa"}, {"#191715", "#23201d"}} {
			mended := member.Readable(colour, on...)
			for _, ground := range on {
				if c := member.Contrast(mended, ground); c < 4.5 {
					t.Fatalf("%s as %s on %s: %.2f", colour, mended, ground, c)
				}
				if member.Contrast(colour, ground) < 4.5 {
					return
				}
			}
			if mended != strings.ToLower(colour) {
				t.Fatalf("%s could be read, and is %s now", colour, mended)
			}
		}
	})
	for colour, want := range map[string]float64{"#000000": 21, "#ffffff": 1, "#767676": 4.54} { // WCAG 2.2: on white
		if c := member.Contrast(colour, "#ffffff"); c < want-0.01 || c > want+0.01 {
			t.Errorf("%s: %.2f", colour, c)
		}
	}
}
