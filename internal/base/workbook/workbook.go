// Package workbook writes tables as Excel workbooks.
//
// What always holds: a number is a number, a day a day, and a text a text, whatever it begins with: nothing of what somebody
// typed becomes a formula.
package workbook

import (
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// Type is what browsers are told that it is.
const Type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Write writes a table: its head, and rows of texts, whole and other numbers, days and nil.
func Write(w io.Writer, sheet string, head []string, rows [][]any) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	const first = "Sheet1"
	if err := f.SetSheetName(first, sheet); err != nil {
		return fmt.Errorf("name the sheet %s: %w", sheet, err)
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return fmt.Errorf("make the style of heads: %w", err)
	}
	format := "yyyy-mm-dd"
	day, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return fmt.Errorf("make the style of days: %w", err)
	}
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return fmt.Errorf("write the sheet %s: %w", sheet, err)
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("freeze the head: %w", err)
	}
	heads := make([]any, len(head))
	for i, h := range head {
		heads[i] = excelize.Cell{StyleID: bold, Value: h}
	}
	if err := out.SetRow("A1", heads); err != nil {
		return fmt.Errorf("write the head: %w", err)
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for j, v := range row {
			if t, ok := v.(time.Time); ok {
				v = excelize.Cell{StyleID: day, Value: t}
			}
			cells[j] = v
		}
		at, err := excelize.CoordinatesToCellName(1, i+2)
		if err == nil {
			err = out.SetRow(at, cells)
		}
		if err != nil {
			return fmt.Errorf("write row %d: %w", i+2, err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the sheet %s: %w", sheet, err)
	}
	if _, err := f.WriteTo(w); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}
