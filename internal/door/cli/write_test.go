package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestWriteFileKeepsPermissionsAndLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link := filepath.Join(dir, "private.json"), filepath.Join(dir, "link.json")
	if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v, %v", info, err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("permissions: %v, %v", info, err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "new" {
		t.Errorf("%q, %v", text, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestWriteFileIntoPipe stands for every device: replacing one would take it from everybody.
func TestWriteFileIntoPipe(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 1)
	go func() {
		f, err := os.Open(pipe)
		if err != nil {
			got <- err.Error()
			return
		}
		text, _ := io.ReadAll(f)
		_ = f.Close()
		got <- string(text)
	}()
	if err := writeFile(pipe, []byte("figures")); err != nil {
		t.Fatal(err)
	}
	if text := <-got; text != "figures" {
		t.Errorf("read %q", text)
	}
	if info, err := os.Stat(pipe); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe was replaced: %v, %v", info, err)
	}
}

// TestErrorsDoNotSteerTheTerminal has a colour and a change of direction in the name of a column.
func TestErrorsDoNotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "orders.csv")
	rows := "order,customer,date,amount,\x1b[31mred\u202e\n1,a,2024-01-01,5,x\n2,a,2024-01-02,5,y\n"
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr strings.Builder
	code := run(&Context{Stdout: &stdout, Stderr: &stderr, Ctx: context.Background()}, []string{"report", "-q", file, "--by", "shop\x1b[2J"})
	if code == 0 || !strings.Contains(stderr.String(), "[31mred") {
		t.Errorf("code %d, said %q", code, stderr.String())
	}
	if strings.ContainsAny(stderr.String(), "\x1b\u202e") {
		t.Errorf("said %q", stderr.String())
	}
}

// full is a disk with no room left.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestFullDiskIsSaid(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"measures", "measures --format json", "calc nps --promoters 5 --passives 3 --detractors 2", "version"} {
		var stderr strings.Builder
		code := run(&Context{Stdout: full{}, Stderr: &stderr, Ctx: context.Background()}, strings.Fields(args))
		if code != exitFailed || !strings.Contains(stderr.String(), "cannot write the output: no space left") {
			t.Errorf("%s: code %d, said %q", args, code, stderr.String())
		}
	}
}
