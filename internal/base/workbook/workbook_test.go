package workbook_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regulars/internal/base/workbook"
)

func TestAWorkbookIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := workbook.Write(&out, "orders", []string{"who", "orders", "share", "since", "note"}, [][]any{
		{"Zoë", int64(3), 0.25, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), nil},
		{`=HYPERLINK("http://x")`, int64(-1), 1e-9, nil, "+1"},
	}); err != nil {
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
	if err := workbook.Write(&out, "a/b", nil, nil); err == nil {
		t.Error("a sheet was given a name that cannot be")
	}
}
