package workbook_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regulars/internal/base/workbook"
)

func TestAWorkbookIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	book, err := workbook.Make("orders", []string{"who", "orders", "share", "since", "note"}, workbook.Rows([][]any{
		{"Zoë", int64(3), 0.25, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), nil},
		{`=HYPERLINK("http://x")`, int64(-1), 1e-9, nil, "+1"},
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if _, err := book.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("orders", excelize.Options{RawCellValue: true})
	if err != nil || len(rows) != 3 {
		t.Fatal(rows, err)
	}
	if !slices.Equal(rows[0], []string{"who", "orders", "share", "since", "note"}) || !slices.Equal(rows[1][:3], []string{"Zoë", "3", "0.25"}) || rows[2][0] != `=HYPERLINK("http://x")` || rows[2][4] != "+1" {
		t.Errorf("%q", rows)
	}
	for cell, want := range map[string]excelize.CellType{"A2": excelize.CellTypeInlineString, "B2": excelize.CellTypeNumber, "A3": excelize.CellTypeInlineString, "E3": excelize.CellTypeInlineString} {
		kind, err := f.GetCellType("orders", cell)
		formula, _ := f.GetCellFormula("orders", cell)
		if err != nil || formula != "" || want == excelize.CellTypeInlineString && kind != want {
			t.Errorf("%s is of type %d, with the formula %q, %v", cell, kind, formula, err)
		}
	}
	if shown, err := f.GetCellValue("orders", "D2"); err != nil || shown != "2026-03-01" {
		t.Errorf("the day is %q, %v", shown, err)
	}
	if _, err := workbook.Make("a/b", nil, workbook.Rows(nil)); err == nil {
		t.Error("a sheet was given a name that cannot be")
	}
}

// A file too large to be kept in memory lies on the disk meanwhile, and is gone afterwards; rows that cannot be had make no
// book.
func TestALargeBookIsNotKeptInMemory(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	left := func() int {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	const many = 150_000
	book, err := workbook.Make("many", []string{"n", "text"}, func(add func([]any) error) error {
		for n := range int64(many) {
			if err := add([]any{n, strings.Repeat("x", 100)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if left() == 0 {
		t.Error("all of it is in memory")
	}
	var out bytes.Buffer
	if _, err := book.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	if err := book.Close(); err != nil || left() != 0 {
		t.Errorf("%d files are left, %v", left(), err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	if last, err := f.GetCellValue("many", fmt.Sprintf("A%d", many+1)); err != nil || last != strconv.Itoa(many-1) {
		t.Errorf("the last row is %q, %v", last, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	gone := errors.New("gone")
	if _, err := workbook.Make("few", []string{"n"}, func(add func([]any) error) error { return errors.Join(add([]any{int64(1)}), gone) }); !errors.Is(err, gone) || left() != 0 {
		t.Errorf("%v, %d files are left", err, left())
	}
}
