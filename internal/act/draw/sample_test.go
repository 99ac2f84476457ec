package draw_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"regulars/internal/act/draw"
)

var update = flag.Bool("update", false, "write the sample anew")

// The sample of the documentation is what the program makes of it: a change in the way of drawing would break every draw whose
// commitment is public, and is seen here.
func TestTheSampleStaysAsItIs(t *testing.T) {
	t.Parallel()
	seed := make([]byte, 32)
	for i := range seed {
		seed[i] = byte(i)
	}
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, time.UTC)
	}
	s := &draw.Sheet{Draw: "summer-2026", Prizes: []draw.Prize{{Name: "Espresso machine", Count: 1}, {Name: "Bag of beans", Count: 2}}, Entries: []draw.Entry{
		{Code: "2C7K-M4QX-H9TD", Weight: 1}, {Code: "5RWB-8ZNE-3JVA", Weight: 6}, {Code: "9HGT-PUYK-6DLS", Weight: 2}, {Code: "CX3N-7VQA-ZB5M", Weight: 1},
		{Code: "HKJ4-TREW-2MNB", Weight: 3}, {Code: "PQ8Z-4XLC-VKDJ", Weight: 1}, {Code: "WD6F-HS9R-G7TY", Weight: 4}}}
	p := draw.Public{Format: draw.Format, Draw: s.Draw, Name: "Summer draw", Business: "Café Olga", State: draw.Drawn, Opens: at(6, 1, 6, 0), Closes: at(8, 31, 21, 0),
		PublishedAt: at(5, 28, 9, 12), FrozenAt: at(8, 31, 21, 1), DrawnAt: at(9, 1, 10, 30), Prizes: s.Prizes, Commitment: draw.Hash(seed), List: s.Text(),
		ListHash: draw.Hash([]byte(s.Text())), Seed: hex.EncodeToString(seed), Winners: s.Winners(seed)}
	var out bytes.Buffer
	if err := p.Write(&out); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("..", "..", "..", "docs", "draw-sample.json")
	if *update {
		if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, out.Bytes()) {
		t.Errorf("the sample is\n%s, not\n%s", out.Bytes(), want)
	}
}
