package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheDoctorSaysWhatToMend(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, at place) {
		key := filepath.Join(t.TempDir(), "key")
		with := func(more ...string) []string {
			return append(append([]string{"doctor", "--key-file", key}, at.args...), more...)
		}
		regulars(t, with()...).says(t, "database", "key file")
		s := serve(t, at, "--key-file", key).withKey()
		regulars(t, with("--public-url", s.url)...).says(t, "ok    database", "ok    key file", "ok    public address")
		for _, c := range []struct {
			args  []string
			wants []string
		}{
			{[]string{"--public-url", "http://127.0.0.1:1"}, []string{"BAD   public address", "does not answer"}},
			{[]string{"--public-url", "nowhere"}, []string{"BAD   public address", "no address"}},
			{[]string{"--smtp-host", "127.0.0.1", "--smtp-port", "1", "--smtp-security", "none", "--smtp-from", "a@example.com"}, []string{"BAD   mail", "127.0.0.1:1"}},
			{[]string{"--smtp-host", "mail.example.com", "--smtp-from", "nobody"}, []string{"BAD   mail", "no e-mail address"}},
		} {
			o := regulars(t, with(c.args...)...)
			for _, want := range c.wants {
				if !strings.Contains(o.stdout, want) {
					t.Errorf("%v: %s, without %q", c.args, o.stdout, want)
				}
			}
			if o.code != 1 || !strings.Contains(o.stderr, "must be mended") || !strings.Contains(o.stdout, "->") {
				t.Errorf("%v: %+v", c.args, o)
			}
		}
		if err := os.WriteFile(key, []byte("broken"), 0o644); err != nil { //nolint:gosec // that is what is wrong with it
			t.Fatal(err)
		}
		if err := os.Chmod(key, 0o600); err != nil {
			t.Fatal(err)
		}
		if o := regulars(t, with()...); o.code != 1 || !strings.Contains(o.stdout, "BAD   key file") {
			t.Errorf("%+v", o)
		}
	})
}

func TestTheDoctorMakesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := program(t, "doctor", "--data", filepath.Join(dir, "data"))
	p.Dir = dir
	if out, err := p.CombinedOutput(); err != nil {
		t.Fatalf("%s, %v", out, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}
