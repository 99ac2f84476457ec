package report

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"regulars/internal/base/browsertest"
)

// visit is one look at a page.
type visit struct {
	picture, tag, scheme string
	width                int64
}

// TestBrowser looks at pages as readers do: on a phone and a desk, light and dark, in several languages. Nothing may be
// asked of the network or said on the console, the page never scrolls sideways, and axe-core finds nothing.
func TestBrowser(t *testing.T) {
	t.Parallel()
	b := browsertest.Open(t)
	dir := t.TempDir()
	for _, v := range []visit{
		{"groups", "en", "light", 1280}, {"groups", "ru", "dark", 320}, {"full", "zh", "dark", 1280}, {"full", "el", "light", 320},
		{"full", "mk", "light", 768}, {"hostile", "en", "light", 320}, {"hostile", "en", "dark", 1280}, {"mute", "mk", "dark", 390},
		{"empty", "ru", "light", 320}, {"one", "el", "dark", 320}, {"nothing", "zh", "light", 320},
	} {
		name := fmt.Sprintf("%s.%s.html", v.picture, v.tag)
		if err := os.WriteFile(filepath.Join(dir, name), htmlPage(t, v.picture, v.tag, charts(t)), 0o600); err != nil {
			t.Fatal(err)
		}
		b.At(t, "file://"+dir, browsertest.Look{Name: "report-" + v.picture, Path: "/" + name, Tag: v.tag, Scheme: v.scheme, Width: v.width})
	}
}
