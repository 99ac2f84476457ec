package member_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/member/membertest"
	"regulars/internal/base/fault"
)

// Every file gives a right logo or is refused with what is wrong, and none takes long.
func TestWhateverIsBroughtAsALogo(t *testing.T) {
	t.Parallel()
	for _, file := range membertest.Files() {
		began := time.Now()
		all, err := member.DrawLogo(file.Content)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s takes %s", file.Name, took)
		}
		if f := (*fault.Fault)(nil); file.Code != "" {
			if !errors.As(err, &f) || f.Code != file.Code || f.Field != "logo" {
				t.Errorf("%s: %v, want %s", file.Name, err, file.Code)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", file.Name, err)
			continue
		}
		m, err := png.Decode(bytes.NewReader(all[0].Content))
		if err != nil || m.Bounds().Dx() != file.Width || m.Bounds().Dy() != file.Height {
			t.Errorf("%s: %v, %v", file.Name, m.Bounds(), err)
			continue
		}
		r, g, b, _ := m.At(4, 4).RGBA()
		near := func(got uint32, want uint8) bool { return max(int(got>>8), int(want))-min(int(got>>8), int(want)) < 24 }
		if want := file.Corner; !near(r, want.R) || !near(g, want.G) || !near(b, want.B) {
			t.Errorf("%s: its corner is %x %x %x, want %v", file.Name, r>>8, g>>8, b>>8, want)
		}
	}
}

// Of the largest pictures, brought at the same moment, one is unpacked after another. Nothing else runs beside it.
func TestManyLargeLogosDoNotFillTheMemory(t *testing.T) { //nolint:paralleltest // what others take would be counted
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA64(image.Rect(0, 0, 2800, 2800))); err != nil {
		t.Fatal(err)
	}
	file := b.Bytes()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse
	}
	b = bytes.Buffer{}
	runtime.GC()
	before, most := heap(), uint64(0)
	var stop atomic.Bool
	var looks, draws sync.WaitGroup
	looks.Go(func() {
		for !stop.Load() {
			most = max(most, heap())
			time.Sleep(5 * time.Millisecond)
		}
	})
	for range 8 {
		draws.Go(func() {
			if _, err := member.DrawLogo(file); err != nil {
				t.Error(err)
			}
		})
	}
	draws.Wait()
	stop.Store(true)
	looks.Wait()
	const bound = 600 << 20
	if most-min(before, most) > bound {
		t.Errorf("eight pictures of %d bytes took %d MB", len(file), (most-before)>>20)
	}
}
