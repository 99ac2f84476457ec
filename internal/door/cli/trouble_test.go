package cli_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"regulars/internal/base/db"
)

// Another program, which knows nothing of our lock, holds the database.
func TestALockedDatabase(t *testing.T) {
	t.Parallel()
	at := newFolder(t)
	at.stock(t, 10)
	d := at.open(t)
	given := errors.New("given up")
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.Exec("DELETE FROM orders"); err != nil {
			return err
		}
		regulars(t, at.with("migrate")...).refuses(t, at.options.Path+" is locked by another program", "wait for it or end it")
		return given
	})
	if !errors.Is(err, given) {
		t.Fatal(err)
	}
	regulars(t, at.with("check")...).says(t, "nothing wrong")
}

// Files that are damaged, or no databases: every command says so, and leaves them as they are.
func TestADamagedDatabase(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(content []byte) []byte{
		"no database": func([]byte) []byte {
			return []byte("order,amount\n1,2\n3,4\nand so on, for longer than a header would be: " + string(make([]byte, 200)))
		},
		"its first page": func(content []byte) []byte {
			clear(content[:1024])
			return content
		},
		"its middle": func(content []byte) []byte {
			for i := len(content) / 3; i < len(content)*2/3; i++ {
				content[i] ^= 0x5a
			}
			return content
		},
		"cut short": func(content []byte) []byte { return content[:len(content)/2] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := newFolder(t)
			at.stock(t, 200)
			content, err := os.ReadFile(at.options.Path)
			if err != nil {
				t.Fatal(err)
			}
			content = damage(content)
			if err := os.WriteFile(at.options.Path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "shop.backup")
			check := regulars(t, at.with("check")...)
			backup := regulars(t, at.with("backup", file)...)
			for command, o := range map[string]outcome{"check": check, "backup": backup} {
				if command == "check" && name == "its middle" && o.stdout != "" {
					continue // it found something before it met what cannot be read
				}
				t.Log(command, o.stderr)
				o.refuses(t, at.options.Path, "damaged", "restore")
			}
			if check.code != 1 || leak.MatchString(check.stderr) {
				t.Errorf("check ended with %d: %s%s", check.code, check.stdout, check.stderr)
			}
			if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a backup of a damaged database is there: %v", err)
			}
			if after, err := os.ReadFile(at.options.Path); err != nil || string(after) != string(content) {
				t.Error("the damaged file was changed")
			}
		})
	}
}

func TestWhatIsNoFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	regulars(t, "migrate", "--data", file).refuses(t, file+" is a file; name a folder")
	regulars(t, "migrate", "--data", filepath.Join(dir, "no", "data")).refuses(t, "there is no folder "+filepath.Join(dir, "no"))
	regulars(t, "check", "--data", filepath.Join(dir, "data")).refuses(t, "there is no folder")
	regulars(t, "check", "--database", "postgres://nobody@127.0.0.1:1/none?connect_timeout=1").refuses(t, "the database server at 127.0.0.1 cannot be reached")
	regulars(t, "check").refuses(t, "name the place of the data", "--data DIR", "--database URL")
}
