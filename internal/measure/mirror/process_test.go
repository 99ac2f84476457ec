package mirror_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"regulars/internal/base/columnar"
)

func containsText(text []byte, trace string) bool { return bytes.Contains(text, []byte(trace)) }

// holdOpen is the other process: it opens the file, says so, and waits until nobody listens any more.
func holdOpen(t *testing.T, path string) {
	t.Helper()
	c, err := columnar.Open(t.Context(), path, columnar.Options{})
	must(t, err)
	fmt.Println("\nopen")
	_, _ = io.Copy(io.Discard, os.Stdin)
	must(t, c.Close())
}

// elsewhere has another process open the file until release is called.
func elsewhere(t *testing.T, path string) (release func()) {
	t.Helper()
	other := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0], "-test.run=^TestCopyThatIsOpenElsewhere$")
	other.Env = append(os.Environ(), "REGULARS_TEST_HOLDS="+path)
	in, err := other.StdinPipe()
	must(t, err)
	out, err := other.StdoutPipe()
	must(t, err)
	must(t, other.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "open" { //nolint:revive // the lines before say nothing
	}
	return func() {
		must(t, in.Close())
		_, _ = io.Copy(io.Discard, out)
		must(t, other.Wait())
	}
}
