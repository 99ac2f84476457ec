package console_test

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"regulars/internal/act/member"
	"regulars/internal/base/account"
	"regulars/internal/base/browsertest"
	"regulars/internal/base/db"
	"regulars/internal/door/portal"
	"regulars/internal/intake"
)

// members has the pages of members beside those of the business, as the server has.
func (s *shop) members(t *testing.T) {
	t.Helper()
	pages, err := portal.New(portal.Options{Store: s.d, Facts: &intake.Current{DB: s.d}, Post: account.Post{Box: box}, Origins: http.NewCrossOriginProtection(),
		Public: func() string { return s.URL }, Address: func(r *http.Request) netip.Addr { return netip.MustParseAddrPort(r.RemoteAddr).Addr() }})
	if err != nil {
		t.Fatal(err)
	}
	inner := s.Config.Handler
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/my/") {
			pages.ServeHTTP(w, r)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// cardOf is the code that the customer of a page of the till shows on their own page, as a browser shows it.
func (s *shop) cardOf(t *testing.T, at string) image.Image {
	t.Helper()
	var token string
	s.write(t, func(tx *db.Tx) (err error) {
		if err := member.Save(tx, member.Settings{Open: true}); err != nil {
			return err
		}
		token, err = member.Begin(tx, number(t, "/customers/"+strings.TrimPrefix(at, "/till/")))
		return err
	})
	v := browsertest.Open(t).Tab(t, s.URL, browsertest.Look{Tag: "en", Scheme: "light", Width: phone, Cookies: []*http.Cookie{{Name: "member", Value: token}}})
	v.Goes("/my/")
	shown, err := png.Decode(bytes.NewReader(v.Picture(".card .qr")))
	if err != nil {
		t.Fatal(err)
	}
	return shown
}

// sight is how a code is held before a camera.
type sight struct {
	side   float64 // of the code, in points of the camera
	turned float64 // degrees
	blur   int     // points to each side
	dark   bool    // white on black
	noise  float64 // of 255
}

// seen is what a camera of 640 by 480 sees of a code that lies on a table.
func (h sight) seen(code image.Image) *image.Gray {
	const wide, high, fine = 640, 480, 3
	sin, cos := math.Sincos(h.turned * math.Pi / 180)
	size := float64(code.Bounds().Dx())
	at := func(x, y float64) float64 {
		x, y = x-wide/2-20, y-high/2+10
		u, v := (cos*x+sin*y)/h.side+0.5, (-sin*x+cos*y)/h.side+0.5
		if u < 0 || v < 0 || u >= 1 || v >= 1 {
			return 110 + 50*math.Sin(x/31)*math.Cos(y/19)
		}
		light := float64(color.GrayModel.Convert(code.At(code.Bounds().Min.X+int(u*size), code.Bounds().Min.Y+int(v*size))).(color.Gray).Y)
		if h.dark {
			return 255 - light
		}
		return light
	}
	sharp := make([]float64, wide*high)
	for i := range sharp {
		for j := range fine * fine {
			sharp[i] += at(float64(i%wide)+(float64(j%fine)+0.5)/fine, float64(i/wide)+(float64(j/fine)+0.5)/fine) / fine / fine
		}
	}
	noise := rand.New(rand.NewPCG(1, 2))
	out := image.NewGray(image.Rect(0, 0, wide, high))
	for i := range sharp {
		sum, n := 0.0, 0.0
		for dy := -h.blur; dy <= h.blur; dy++ {
			for dx := -h.blur; dx <= h.blur; dx++ {
				if x, y := i%wide+dx, i/wide+dy; x >= 0 && y >= 0 && x < wide && y < high {
					sum, n = sum+sharp[y*wide+x], n+1
				}
			}
		}
		out.Pix[i] = uint8(min(max(sum/n+noise.NormFloat64()*h.noise, 0), 255))
	}
	return out
}

// film writes what a camera sees in the format that Chromium takes for its camera's: two seconds, of which the first half is of
// nothing yet, shown again and again.
func film(t *testing.T, seen *image.Gray) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "film.y4m")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	b := seen.Bounds()
	fmt.Fprintf(w, "YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420\n", b.Dx(), b.Dy())
	none := bytes.Repeat([]byte{90}, len(seen.Pix))
	colours := bytes.Repeat([]byte{128}, len(seen.Pix)/2)
	for i := range 20 {
		light := seen.Pix
		if i < 10 {
			light = none
		}
		_, _ = w.WriteString("FRAME\n")
		_, _ = w.Write(light)
		_, _ = w.Write(colours)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// filmed is a browser whose camera sees what the flags say, signed in at the till.
func (w *wire) filmed(t *testing.T, flags ...chromedp.ExecAllocatorOption) *window {
	t.Helper()
	b := browsertest.Open(t, append(flags, chromedp.Flag("use-fake-ui-for-media-stream", true))...)
	v := w.window(t, b, "en", "light", 768)
	v.signsIn("olga@example.com")
	return v
}

const (
	loaded  = `performance.getEntriesByType("resource").some((r) => r.name.endsWith("/assets/code-worker.js"))`
	watches = `document.getElementById("till-video").videoWidth > 0`
)

// TestACodeIsReadByCamera holds the code that a member's page shows before Chromium's camera, in the ways that people hold theirs.
// Chromium on Linux reads no codes itself: ours does.
func TestACodeIsReadByCamera(t *testing.T) {
	t.Parallel()
	s := tillTest(t)
	s.owner(t)
	at := s.counter(t)
	s.members(t)
	w := s.wired(t)
	card := s.cardOf(t, at)
	for name, h := range map[string]sight{
		"near, turned and blurred": {side: 330, turned: 24, blur: 2, noise: 6},
		"far away":                 {side: 75, turned: -7, noise: 3},
		"white on black":           {side: 220, turned: 171, blur: 1, dark: true, noise: 3},
	} {
		t.Run(name, func(t *testing.T) {
			v := w.filmed(t, chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-file-for-fake-video-capture", film(t, h.seen(card))))
			v.Goes("/till")
			v.ready()
			if browsertest.Evaluate[bool](v.Tab, `"BarcodeDetector" in window`) {
				t.Fatal("this Chromium reads codes itself, so that ours is not tried")
			}
			if browsertest.Evaluate[bool](v.Tab, loaded) {
				t.Error("what reads codes is loaded before a camera is opened")
			}
			v.Does(chromedp.Click("#till-scan"))
			v.Sees(`location.pathname === "` + at + `"`)
			v.Says("Anna Papadopoulou")
		})
	}
}

// TestTheCameraIsGivenBack opens a camera that sees no code, turns to the other one, and leaves.
func TestTheCameraIsGivenBack(t *testing.T) {
	t.Parallel()
	s := tillTest(t)
	s.owner(t)
	s.counter(t)
	w := s.wired(t)
	v := w.filmed(t, chromedp.Flag("use-fake-device-for-media-stream", "device-count=2"))
	v.Goes("/till")
	v.ready()
	ended := func(how string) {
		t.Helper()
		v.Does(chromedp.Evaluate[chromedp.Void](`window.track = document.getElementById("till-video").srcObject.getVideoTracks()[0]; 0`), chromedp.Evaluate[chromedp.Void](how+";0"))
		v.Sees(`window.track.readyState === "ended"`)
	}
	v.Does(chromedp.Click("#till-scan"))
	v.Says("Hold the code before the camera")
	v.Sees(watches + " && " + loaded)
	v.Judge("till-camera")
	first := browsertest.Evaluate[string](v.Tab, `document.getElementById("till-video").srcObject.getVideoTracks()[0].getSettings().deviceId`)
	if !browsertest.Evaluate[bool](v.Tab, `document.getElementById("till-light").hidden`) {
		t.Error("a light is offered that the camera does not have")
	}
	ended(`document.getElementById("till-turn").click()`)
	v.Sees(watches + ` && document.getElementById("till-video").srcObject.getVideoTracks()[0].getSettings().deviceId !== "` + first + `"`)
	ended(`document.getElementById("till-camera-stop").click()`)
	v.Sees(`document.getElementById("till-camera").hidden && document.activeElement.id === "q"`)
	v.Does(chromedp.Click("#till-scan")) // the one that was turned to is kept
	v.Sees(watches + ` && document.getElementById("till-video").srcObject.getVideoTracks()[0].getSettings().deviceId !== "` + first + `"`)
	ended(`window.dispatchEvent(new PageTransitionEvent("pagehide"))`)
	v.Sees(`document.getElementById("till-camera").hidden`)
	v.Does(chromedp.Click("#till-scan"))
	v.Sees(watches)
	ended(`document.getElementById("till-video").srcObject.getVideoTracks()[0].dispatchEvent(new Event("ended"))`) // as when it is pulled out
	v.Says("The camera does not answer")
	v.Judge("till-camera-gone")
}

// TestWithoutACameraOneTypes has no camera, and one that is refused: the page says which, and one types.
func TestWithoutACameraOneTypes(t *testing.T) {
	t.Parallel()
	s := tillTest(t)
	owner := s.owner(t)
	at := s.counter(t)
	w := s.wired(t)
	for name, c := range map[string]struct {
		flags     []chromedp.ExecAllocatorOption
		tag, says string
	}{
		"none":    {[]chromedp.ExecAllocatorOption{chromedp.Flag("use-fake-device-for-media-stream", "device-count=0")}, "el", "Αυτή η συσκευή δεν έχει κάμερα."},
		"refused": {[]chromedp.ExecAllocatorOption{chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", "deny")}, "en", "The browser was told not to open the camera."},
	} {
		t.Run(name, func(t *testing.T) {
			owner.post("/account/language", "language", c.tag)
			b := browsertest.Open(t, append([]chromedp.ExecAllocatorOption{chromedp.Flag("use-fake-ui-for-media-stream", true)}, c.flags...)...)
			v := w.window(t, b, c.tag, "light", phone)
			v.signsIn("olga@example.com")
			v.Goes("/till")
			v.ready()
			v.Does(chromedp.Click("#till-scan"))
			v.Says(c.says)
			v.Sees(`document.getElementById("till-video").hidden && !document.getElementById("till-file-read").hidden`)
			v.Judge("till-camera-" + name)
			v.Types(kb.F2 + "4000 1\r")
			v.Sees(`location.pathname === "` + at + `"`)
		})
	}
}

// TestACodeIsReadOffAPicture comes by plain HTTP, where browsers open no camera.
func TestACodeIsReadOffAPicture(t *testing.T) {
	t.Parallel()
	s := tillTest(t)
	s.owner(t)
	at := s.counter(t)
	s.members(t)
	w := s.wired(t)
	card := s.cardOf(t, at)
	keep := func(name string, seen image.Image) (path string) {
		var b bytes.Buffer
		if err := png.Encode(&b, seen); err != nil {
			t.Fatal(err)
		}
		path = filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	b := browsertest.Open(t, chromedp.Flag("host-resolver-rules", "MAP till.example 127.0.0.1"))
	v := w.window(t, b, "en", "dark", phone)
	v.Site = "http://till.example" + w.Site()[strings.LastIndex(w.Site(), ":"):]
	v.signsIn("olga@example.com")
	v.Goes("/till")
	v.Says("The browser opens a camera only for pages whose address begins with https")
	v.Judge("till-no-camera")
	v.Does(chromedp.SetUploadFiles("#till-file", []string{keep("table.png", image.NewGray(image.Rect(0, 0, 300, 200)))}))
	v.Says("No code was found in the picture.")
	v.Judge("till-unread")
	v.Does(chromedp.SetUploadFiles("#till-file", []string{keep("card.png", sight{side: 180, turned: 40, blur: 1, noise: 5}.seen(card))}))
	v.Sees(`location.pathname === "` + at + `"`)
	v.Says("Anna Papadopoulou")
}
