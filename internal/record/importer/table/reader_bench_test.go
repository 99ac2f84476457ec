package table

import (
	"bytes"
	"context"
	"testing"
)

func BenchmarkReader(b *testing.B) {
	text := bytes.Repeat([]byte("536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"), 100_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		t := NewReader(context.Background(), bytes.NewReader(text), Format{Delimiter: ',', Width: 8})
		rows := 0
		for {
			for t.Next() {
				rows++
			}
			if more, err := t.Advance(); err != nil {
				b.Fatal(err)
			} else if !more {
				break
			}
		}
		t.Close()
		if rows != 100_000 {
			b.Fatal(rows)
		}
	}
}
