package importer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const badOrders = "Клиент;Дата;Сумма\nа;01.12.2011;5,50\n\"б; \"\"в\"\"\";31.02.2011;5,50\nг;01.12.2011;пять\n"

func read(tb testing.TB, path string) string {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func TestRejectedFile(t *testing.T) {
	t.Parallel()
	path := put(t, "orders.csv", badOrders)
	e := take(t, path, Options{Digits: 2})
	if e.account.RejectedFile != path+".rejected.csv" || e.account.Reasons["date"] != 1 || e.account.Reasons["amount"] != 1 {
		t.Fatalf("%+v", e.account)
	}
	want := "line,reason,Клиент,Дата,Сумма\n3,the date cannot be read,\"б; \"\"в\"\"\",31.02.2011,\"5,50\"\n4,the amount cannot be read,г,01.12.2011,пять\n"
	if got := read(t, e.account.RejectedFile); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// Mended, it can be read itself, and what is wrong in it does not overwrite it.
	mended := strings.Replace(want, "31.02.2011", "28.02.2011", 1)
	if err := os.WriteFile(path+".rejected.csv", []byte(mended), 0o600); err != nil {
		t.Fatal(err)
	}
	again := take(t, path+".rejected.csv", Options{Digits: 2})
	if again.account.Recorded != 1 || again.account.Unreadable != 1 || roleOf(again.plan) != "line=ignored reason=ignored Клиент=customer Дата=date Сумма=amount" {
		t.Errorf("%+v %s", again.account, roleOf(again.plan))
	}
	if read(t, path+".rejected.csv") != mended {
		t.Error("the input was overwritten")
	}
	// A run without rejected rows removes the old file.
	if err := os.WriteFile(path, []byte("Клиент;Дата;Сумма\nа;01.12.2011;5,50\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e = take(t, path, Options{Digits: 2})
	if _, err := os.Stat(path + ".rejected.csv"); !os.IsNotExist(err) || e.account.RejectedFile != "" || noteWords(e.account.Notes) != "old_removed orders.csv.rejected.csv" {
		t.Errorf("%v %+v", err, e.account)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestForeignFileIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := put(t, "orders.csv", badOrders)
	foreign := path + ".rejected.csv"
	if err := os.WriteFile(foreign, []byte("my own notes\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := take(t, path, Options{Digits: 2})
	if e.account.RejectedFile != path+"-2.rejected.csv" || read(t, foreign) != "my own notes\n" {
		t.Errorf("%+v", e.account)
	}
}

func TestRejectedDir(t *testing.T) {
	t.Parallel()
	path, dir := put(t, "orders.csv", badOrders), t.TempDir()
	e := take(t, path, Options{Digits: 2, RejectedDir: dir})
	if e.account.RejectedFile != filepath.Join(dir, "orders.csv.rejected.csv") {
		t.Errorf("%+v", e.account)
	}
	e = take(t, path, Options{Digits: 2, RejectedDir: filepath.Join(dir, "none")})
	if e.account.RejectedFile != "" || noteWords(e.account.Notes) != "not_written 2 no such file or directory" {
		t.Errorf("%+v", e.account)
	}
}
