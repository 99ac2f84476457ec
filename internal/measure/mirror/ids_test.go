package mirror

import (
	"fmt"
	"strings"
	"testing"
)

func TestIDsGetOneNumberEachInOrder(t *testing.T) {
	t.Parallel()
	ids := newIDTable()
	id := func(i int) string {
		switch i % 3 {
		case 0:
			return fmt.Sprint(i)
		case 1:
			return strings.Repeat("x", i%40) + fmt.Sprint(i) // at, below and above what a slot holds
		default:
			return fmt.Sprintf("клиент-%d\x00", i)
		}
	}
	const n = 50_000
	for range 2 {
		for i := range n {
			if got := ids.code(id(i)); got != int32(i) {
				t.Fatalf("id %q got number %d, want %d", id(i), got, i)
			}
		}
	}
	if len(ids.values) != n || ids.values[n-1] != id(n-1) {
		t.Errorf("%d values, the last %q", len(ids.values), ids.values[len(ids.values)-1])
	}
}

func TestIDIsCopied(t *testing.T) {
	t.Parallel()
	ids := newIDTable()
	b := []byte("anna")
	ids.code(string(b))
	b[0] = 'h'
	if ids.code("anna") != 0 || ids.values[0] != "anna" {
		t.Error("the id changed with the buffer it came from")
	}
}
