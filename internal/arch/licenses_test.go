package arch

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestEveryPartIsInTheListOfLicences keeps docs/licenses.md up with go.mod; versions may lag, parts may not.
func TestEveryPartIsInTheListOfLicences(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	list, err := os.ReadFile(filepath.Join(root, "docs", "licenses.md"))
	if err != nil {
		t.Fatalf("run `make licenses`: %v", err)
	}
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	linked := strings.Fields(string(out))
	slices.Sort(linked)
	for _, path := range slices.Compact(linked) {
		if path != module && !strings.Contains(path, "/duckdb-go-bindings/lib/") && !strings.Contains(string(list), "| "+path+" |") {
			t.Errorf("%s is in the program and not in docs/licenses.md; run `make licenses`", path)
		}
	}
}
