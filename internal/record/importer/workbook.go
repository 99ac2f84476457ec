package importer

import (
	"archive/zip"
	"bufio"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"regulars/internal/base/fault"
)

// Limits of a workbook. A sheet has at most 1,048,576 rows; its text packs about twentyfold, a bomb a thousandfold.
const (
	maxUnpacked  = 4 << 30
	maxRatio     = 200
	ratioFrom    = 64 << 20 // below that many bytes unpacked the ratio does not matter
	maxInMemory  = 32 << 20 // larger sheets are unpacked to a temporary file
	peekRows     = 200      // rows whose formats say which columns are dates
	excelEpoch   = 25_569   // days from 1899-12-30 to 1970-01-01
	excel1904Day = 1462     // days between the two date systems
)

// openWorkbook turns the first sheet with a table into delimited text: row by row, cells as stored, dates as ISO.
func (s *source) openWorkbook(ctx context.Context, path string) error {
	if err := checkWorkbook(path); err != nil {
		return err
	}
	f, err := excelize.OpenFile(path, excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxInMemory,
	})
	if err != nil {
		return fault.Invalidf("%s cannot be read as an Excel workbook (.xlsx): %w", path, err)
	}
	s.closers = append(s.closers, f.Close)
	sheet, others, err := firstSheet(f)
	if err != nil {
		return fault.Invalidf("%s cannot be read as an Excel workbook (.xlsx): %w", path, err)
	}
	if sheet == "" {
		return fault.Invalidf("%s has no sheet with rows in it", path)
	}
	if len(others) > 0 {
		s.notes = append(s.notes, note(NoteSheet, sheet, others))
	}
	dates, err := dateColumns(f, sheet)
	if err != nil {
		return fault.Invalidf("%s: the sheet %q cannot be read: %w", path, sheet, err)
	}
	r, w := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.CloseWithError(writeSheet(ctx, f, sheet, dates, w))
	}()
	s.closers = append(s.closers, func() error {
		err := r.Close()
		<-done
		return err
	})
	s.kind, s.text = xlsx, r
	return nil
}

// checkWorkbook refuses archives that are no workbook or unpack to absurd sizes, before anything is unpacked.
func checkWorkbook(path string) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return fault.Invalidf("%s is a damaged zip archive or workbook: %w", path, err)
	}
	defer func() { _ = z.Close() }()
	var packed, unpacked uint64
	workbook := false
	for _, f := range z.File {
		packed += f.CompressedSize64
		unpacked += f.UncompressedSize64
		workbook = workbook || strings.EqualFold(f.Name, "xl/workbook.xml")
	}
	switch {
	case !workbook:
		return fault.Invalidf("%s is a zip archive, not a workbook: unpack it and name the files in it", path)
	case unpacked > maxUnpacked, unpacked > ratioFrom && unpacked > packed*maxRatio:
		return fault.Invalidf("%s would unpack to %d MB from %d MB: it is refused as a zip bomb; save the sheet as CSV", path, unpacked>>20, packed>>20)
	}
	return nil
}

// firstSheet is the first visible sheet with two rows or more, else the first with any, and the names of the others
// that have rows.
func firstSheet(f *excelize.File) (sheet string, others []string, err error) {
	most := 0
	for _, name := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		rows, err := countRows(f, name, 2)
		if err != nil {
			return "", nil, err
		}
		switch {
		case rows == 0:
		case rows > most && most < 2:
			if sheet != "" {
				others = append(others, sheet)
			}
			sheet, most = name, rows
		default:
			others = append(others, name)
		}
	}
	return sheet, others, nil
}

// countRows counts the filled rows of a sheet, up to a number.
func countRows(f *excelize.File, sheet string, enough int) (int, error) {
	n := 0
	err := eachRow(f, sheet, true, func(cells []string) error {
		for _, c := range cells {
			if strings.TrimSpace(c) != "" {
				n++
				break
			}
		}
		if n >= enough {
			return errEnough
		}
		return nil
	})
	return n, err
}

// errEnough ends eachRow early.
var errEnough = errors.New("enough")

// eachRow calls do for the rows of a sheet as a stream, cells as stored or as shown.
func eachRow(f *excelize.File, sheet string, raw bool, do func([]string) error) (err error) {
	rows, err := f.Rows(sheet)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		cells, err := rows.Columns(excelize.Options{RawCellValue: raw})
		if err != nil {
			return err
		}
		if err := do(cells); err != nil {
			if errors.Is(err, errEnough) {
				return nil
			}
			return err
		}
	}
	return rows.Error()
}

// dateColumns finds the columns that hold dates: stored as numbers and shown as something else than a number.
func dateColumns(f *excelize.File, sheet string) (map[int]int, error) {
	var stored [][]string
	keep := func(cells []string) error {
		stored = append(stored, cells)
		if len(stored) >= peekRows {
			return errEnough
		}
		return nil
	}
	if err := eachRow(f, sheet, true, keep); err != nil {
		return nil, err
	}
	system := 0
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil && *props.Date1904 {
		system = excel1904Day
	}
	dates := map[int]int{}
	row := 0
	err := eachRow(f, sheet, false, func(shown []string) error {
		for c := 0; c < len(shown) && row < len(stored) && c < len(stored[row]); c++ {
			if looksDated(stored[row][c], shown[c]) {
				dates[c] = system
			}
		}
		row++
		if row >= len(stored) {
			return errEnough
		}
		return nil
	})
	return dates, err
}

// looksDated is true for a stored number that is shown with the marks of a date or a time.
func looksDated(stored, shown string) bool {
	if stored == shown {
		return false
	}
	if v, err := strconv.ParseFloat(stored, 64); err != nil || v < 0 || v > 200_000 {
		return false
	}
	marks := strings.Count(shown, "/") + strings.Count(shown, ":") + strings.Count(shown, "年") + strings.Count(shown, "月")
	if strings.Count(shown, "-") >= 2 || strings.Count(shown, ".") >= 2 {
		marks++
	}
	for _, m := range strings.Fields("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec") {
		marks += strings.Count(shown, m)
	}
	return marks > 0 && !strings.ContainsAny(shown, "$€£%")
}

// writeSheet writes the rows as comma-separated text, one record for each row of the sheet.
func writeSheet(ctx context.Context, f *excelize.File, sheet string, dates map[int]int, w io.Writer) error {
	out := bufio.NewWriterSize(w, 64<<10)
	n := 0
	err := eachRow(f, sheet, true, func(cells []string) error {
		n++
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for c, text := range cells {
			if c > 0 {
				_ = out.WriteByte(',')
			}
			if system, ok := dates[c]; ok {
				text = isoOfSerial(text, system)
			}
			writeCell(out, text)
		}
		return out.WriteByte('\n')
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// isoOfSerial turns a day number as a spreadsheet counts it into ISO text; anything else stays as it is.
func isoOfSerial(text string, system int) string {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v < 0 || v > 200_000 {
		return text
	}
	if v < 1 && system == 0 {
		return time.Unix(int64(v*86_400+0.5), 0).UTC().Format("15:04:05")
	}
	seconds := int64((v+float64(system)-excelEpoch)*86_400 + 0.5)
	if v+float64(system) < excelEpoch {
		seconds = int64((v+float64(system)-excelEpoch)*86_400 - 0.5)
	}
	t := time.Unix(seconds, 0).UTC()
	if seconds%86_400 == 0 {
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02 15:04:05")
}

// writeCell writes a cell with the quotes it needs.
func writeCell(out *bufio.Writer, text string) {
	if !strings.ContainsAny(text, ",\"\n\r") && (text == "" || text[0] != ' ') {
		_, _ = out.WriteString(text)
		return
	}
	_ = out.WriteByte('"')
	_, _ = out.WriteString(strings.ReplaceAll(text, `"`, `""`))
	_ = out.WriteByte('"')
}
