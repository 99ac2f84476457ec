package backup_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"

	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/record/backup"
)

// Every single bit that flips, and every byte that is missing at the end, is found before anything is restored.
func TestADamagedBackupIsRefused(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	fill(t, d, 1)
	dir := t.TempDir()
	path, broken := filepath.Join(dir, "a.backup"), filepath.Join(dir, "broken.backup")
	if _, err := backup.Write(t.Context(), d, path, backup.Options{}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	try := func(content []byte) error {
		if err := os.WriteFile(broken, content, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := backup.Open(t.Context(), broken)
		if err == nil {
			f.Close()
		}
		return err
	}
	if err := try(whole); err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		flipped := append([]byte{}, whole...)
		flipped[i] ^= 1 << (i % 8)
		refused(t, try(flipped), fault.Invalid, broken)
		if i%7 == 0 || i > len(whole)-70 {
			refused(t, try(whole[:i]), fault.Invalid, broken)
		}
	}
	middle := append([]byte{}, whole...)
	middle[len(whole)/2] ^= 1
	refused(t, try(middle), fault.Invalid, broken+" is damaged, and nothing was restored; copy it again")
	refused(t, try(whole[:len(whole)-1]), fault.Invalid, broken+" is a backup without its end: it was cut short")
	refused(t, try(append(whole, 'x')), fault.Invalid, "without its end")
}

func TestAForeignFileIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	packer, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"empty": nil, "table.csv": []byte("order,amount\n1,2\n"), "packed.zst": packer.EncodeAll([]byte("{}\norder,amount\n"), nil),
		"long": make([]byte, 10_000),
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := backup.Open(t.Context(), path)
		refused(t, err, fault.Invalid, path+" is no backup of Regulars")
	}
	_, err = backup.Open(t.Context(), dir)
	refused(t, err, fault.Invalid, dir+" is no file")
	_, err = backup.Open(t.Context(), filepath.Join(dir, "none"))
	refused(t, err, fault.NotFound, "there is no file")
}

// What is sealed and still wrong was not written by this program.
func TestContentThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "made.backup")
	d := dbtest.Open(t, dbtest.Postgres(t))
	const header = `{"regulars_backup":1,"schema":1,"program":"x","made":"2026-01-02T03:04:05Z"}` + "\n"
	const table = `{"table":"sales_channels","columns":["reference TEXT","name TEXT"]}` + "\n"
	for name, text := range map[string]string{
		"without an end":        header + table + "a\tb\n",
		"without a trailer":     header + table + "a\tb\n\\.\n",
		"rows are missing":      header + table + "a\tb\n\\.\n" + `{"rows":{"sales_channels":2}}` + "\n",
		"a table is missing":    header + `{"rows":{"sales_channels":2}}` + "\n",
		"a value is missing":    header + table + "a\n\\.\n" + `{"rows":{"sales_channels":1}}` + "\n",
		"a value is too many":   header + table + "a\tb\tc\n\\.\n" + `{"rows":{"sales_channels":1}}` + "\n",
		"a backslash":           header + table + "a\tb\\q\n\\.\n" + `{"rows":{"sales_channels":1}}` + "\n",
		"a column is missing":   header + `{"table":"sales_channels","columns":["reference TEXT"]}` + "\na\n\\.\n" + `{"rows":{"sales_channels":1}}` + "\n",
		"a table that is none":  header + `{"table":"elsewhere","columns":["a TEXT"]}` + "\na\n\\.\n" + `{"rows":{"elsewhere":1}}` + "\n",
		"a table that is ours":  header + `{"table":"goose_db_version","columns":[]}` + "\n\\.\n" + `{"rows":{}}` + "\n",
		"a number that is none": header + `{"table":"categories","columns":["category_id BIGINT","name TEXT"]}` + "\nx\ty\n\\.\n" + `{"rows":{"categories":1}}` + "\n",
	} {
		if err := backup.Sealed(path, text); err != nil {
			t.Fatal(err)
		}
		to := newFolder(t)
		err := open(t, path).IntoFolder(t.Context(), to, nil)
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := os.ReadDir(to.Path); err != nil || len(left) != 1 {
			t.Errorf("%s: %v is left, %v", name, left, err)
		}
		if err := open(t, path).Into(t.Context(), d, nil); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s on PostgreSQL: %v", name, err)
		}
		if got := len(content(t, d, "sales_channels")); got != 0 {
			t.Errorf("%s: %d rows are left", name, got)
		}
	}
	if err := backup.Sealed(path, `{"regulars_backup":2,"schema":1,"program":"v9"}`+"\n"); err != nil {
		t.Fatal(err)
	}
	_, err := backup.Open(t.Context(), path)
	refused(t, err, fault.Unavailable, "written by a newer version of the program (v9)")
}
