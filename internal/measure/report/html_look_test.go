package report

import (
	"os"
	"path/filepath"
	"testing"

	"regulars/internal/base/locale"
)

// With HTML_LOOK=folder the pages are written there, to be looked at.
func TestLook(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("HTML_LOOK")
	if dir == "" {
		return
	}
	only := os.Getenv("HTML_LOOK_ONLY")
	for name, p := range pictures() {
		if only != "" && name != only {
			continue
		}
		for _, tag := range locale.Tags() {
			if err := os.WriteFile(filepath.Join(dir, name+"."+tag+".html"), render(t, p, tag, charts(t)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
