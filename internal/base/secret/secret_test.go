package secret_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"regulars/internal/base/fault"
	"regulars/internal/base/secret"
)

func TestASecretOpensForItsPurposeAlone(t *testing.T) {
	t.Parallel()
	box := secret.New(bytes.Repeat([]byte{1}, 32))
	sealed := box.Seal([]byte("whsec_abc"), "webhook 7")
	if bytes.Contains(sealed, []byte("abc")) {
		t.Error("the secret can be read")
	}
	if bytes.Equal(sealed, box.Seal([]byte("whsec_abc"), "webhook 7")) {
		t.Error("the same secret looks the same: who sees two knows that they are one")
	}
	plain, err := box.Open(sealed, "webhook 7")
	if err != nil || string(plain) != "whsec_abc" {
		t.Fatalf("opened as %q, %v", plain, err)
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for what, open := range map[string]func() ([]byte, error){
		"another purpose": func() ([]byte, error) { return box.Open(sealed, "webhook 8") },
		"another key":     func() ([]byte, error) { return secret.New(bytes.Repeat([]byte{2}, 32)).Open(sealed, "webhook 7") },
		"a changed one":   func() ([]byte, error) { return box.Open(changed, "webhook 7") },
		"a short one":     func() ([]byte, error) { return box.Open(sealed[:5], "webhook 7") },
	} {
		if plain, err := open(); !errors.Is(err, secret.ErrOther) || plain != nil {
			t.Errorf("%s opens as %q, %v", what, plain, err)
		}
	}
}

func TestTheKeyFileIsMadeOnceAndForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret.key")
	boxes := make([]*secret.Box, 8)
	var all sync.WaitGroup
	for i := range boxes {
		all.Go(func() {
			var err error
			if boxes[i], err = secret.Load(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	sealed := boxes[0].Seal([]byte("x"), "p")
	for i, b := range boxes {
		if _, err := b.Open(sealed, "p"); err != nil {
			t.Errorf("box %d has another key", i)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("%d files are left", len(files))
	}
}

func TestABrokenKeyFileIsToldOf(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret.key")
	if err := os.WriteFile(path, []byte("AAAA\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.Load(path); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "secret.key") {
		t.Errorf("%v", err)
	}
	if _, err := secret.Load(filepath.Join(path, "below")); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}
