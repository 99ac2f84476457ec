package report

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"regulars/internal/base/chart"
	"regulars/internal/base/locale"
)

func pictures() map[string]*Picture {
	mute := without(examplePicture(), "reason.no_answers", spoken)
	return map[string]*Picture{"full": examplePicture(), "groups": withGroups(examplePicture()), "mute": mute, "empty": emptyPicture(),
		"one": oneOrder(), "hostile": hostile(), "nothing": {}}
}

func render(t *testing.T, p *Picture, tag string, charts *chart.Renderer) []byte {
	t.Helper()
	l, err := locale.Get(tag)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := HTML(&buf, p, l, charts); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// With HTML_LOOK=folder the pages are written there, to be looked at.
func TestLook(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("HTML_LOOK")
	if dir == "" {
		return
	}
	charts, err := chart.New()
	if err != nil {
		t.Fatal(err)
	}
	only := os.Getenv("HTML_LOOK_ONLY")
	for name, p := range pictures() {
		if only != "" && name != only {
			continue
		}
		for _, tag := range locale.Tags() {
			if err := os.WriteFile(filepath.Join(dir, name+"."+tag+".html"), render(t, p, tag, charts), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
