package report

import (
	"io"
	"testing"

	"regulars/internal/base/locale"
)

// The page with all its charts; the engine that draws them has been started before.
func BenchmarkHTML(b *testing.B) {
	l, err := locale.Get("en")
	if err != nil {
		b.Fatal(err)
	}
	charts, err := sharedCharts()
	if err != nil {
		b.Fatal(err)
	}
	p := examplePicture()
	for b.Loop() {
		if err := HTML(io.Discard, p, l, charts); err != nil {
			b.Fatal(err)
		}
	}
}
