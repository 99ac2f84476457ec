// Package workbook writes tables as Excel workbooks.
//
// What always holds: a number is a number, a day a day, and a text a text, whatever it begins with: nothing of what somebody
// typed becomes a formula.
package workbook

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// Type is what browsers are told that it is.
const Type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// MostRows is how many rows a sheet has room for beneath its head.
const MostRows = 1<<20 - 1

// Book is a workbook of one table. What is large lies in a file until Close.
type Book struct{ file *excelize.File }

// Make makes a book of a head and rows of texts, whole and other numbers, days and nil, which each hands to add. Rows are not
// kept in memory.
func Make(sheet string, head []string, each func(add func(row []any) error) error) (*Book, error) {
	b := &Book{excelize.NewFile()}
	if err := b.fill(sheet, head, each); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Rows hands over rows that are there already.
func Rows(rows [][]any) func(add func(row []any) error) error {
	return func(add func([]any) error) error {
		for _, row := range rows {
			if err := add(row); err != nil {
				return err
			}
		}
		return nil
	}
}

// WriteTo writes the book.
func (b *Book) WriteTo(w io.Writer) (int64, error) {
	n, err := b.file.WriteTo(w)
	if err != nil {
		return n, fmt.Errorf("write the workbook: %w", err)
	}
	return n, nil
}

// Close forgets the book, and the file that it lay in.
func (b *Book) Close() error { return b.file.Close() } //nolint:wrapcheck // it says what it is about

func (b *Book) fill(sheet string, head []string, each func(add func(row []any) error) error) error {
	const first = "Sheet1"
	if err := b.file.SetSheetName(first, sheet); err != nil {
		return fmt.Errorf("name the sheet %s: %w", sheet, err)
	}
	bold, err := b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return fmt.Errorf("make the style of heads: %w", err)
	}
	format := "yyyy-mm-dd"
	day, err := b.file.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return fmt.Errorf("make the style of days: %w", err)
	}
	out, err := b.file.NewStreamWriter(sheet)
	if err != nil {
		return fmt.Errorf("write the sheet %s: %w", sheet, err)
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("freeze the head: %w", err)
	}
	cells := make([]any, len(head))
	for i, h := range head {
		cells[i] = excelize.Cell{StyleID: bold, Value: h}
	}
	if err := out.SetRow("A1", cells); err != nil {
		return fmt.Errorf("write the head: %w", err)
	}
	n := 1
	if err := each(func(row []any) error {
		cells = cells[:0]
		for _, v := range row {
			if t, ok := v.(time.Time); ok {
				v = excelize.Cell{StyleID: day, Value: t}
			}
			cells = append(cells, v)
		}
		n++
		at, err := excelize.CoordinatesToCellName(1, n)
		if err == nil {
			err = out.SetRow(at, cells)
		}
		if err != nil {
			return fmt.Errorf("write row %d: %w", n, err)
		}
		return nil
	}); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the sheet %s: %w", sheet, err)
	}
	return nil
}
