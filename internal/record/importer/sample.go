package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"regulars/internal/base/fault"
	"regulars/internal/record/importer/charset"
	"regulars/internal/record/importer/parse"
	"regulars/internal/record/importer/table"
)

const (
	sampleBytes = 256 << 10
	sampleRows  = 3000
	shownRows   = 5
	maxTitles   = 20 // lines of title over a table
)

// sample is the head of a file, cut into cells.
type sample struct {
	rows   [][]string // without title lines; the header, if any, first
	width  int
	titles int  // rows skipped before
	header bool // rows[0] is the header
	whole  bool // the sample is the whole file
}

// data is the rows of the sample after the header.
func (s *sample) data() [][]string {
	if s.header && len(s.rows) > 0 {
		return s.rows[1:]
	}
	return s.rows
}

// readSample reads the head of the text and finds its encoding and how it is cut.
func readSample(src *source, p *Plan, encoding string) (*sample, error) {
	raw := make([]byte, sampleBytes)
	n, err := io.ReadFull(src.text, raw)
	raw = raw[:n]
	whole := errors.Is(err, io.EOF) || (errors.Is(err, io.ErrUnexpectedEOF) && ended(src.text))
	if err != nil && !whole {
		return nil, readFault(p.Path, src.compression, int64(bytes.Count(raw, []byte{'\n'})), err)
	}
	if err := otherFormat(p.Path, raw); err != nil {
		return nil, err
	}
	if err := p.findEncoding(raw, src.kind, encoding); err != nil {
		return nil, err
	}
	text, err := decodeSample(raw, p.layout.found, whole)
	if err != nil {
		return nil, err
	}
	if err := notATable(p.Path, text); err != nil {
		return nil, err
	}
	s := &sample{whole: whole}
	if src.kind == delimited {
		p.layout.cut, s.width = table.Find(text, whole)
	} else {
		p.layout.cut = table.Format{Delimiter: ',', LineEnd: '\n', Records: src.kind == xlsx}
		_, s.width = table.Find(text, whole)
	}
	s.cut(text, p.layout.cut)
	if len(s.rows) == 0 {
		return nil, fault.Invalidf("%s has no rows", p.Path)
	}
	return s, nil
}

// ended tells an end of the text from data that were cut off: ReadFull calls both unexpected.
func ended(r io.Reader) bool {
	n, err := r.Read(make([]byte, 1))
	return n == 0 && err == io.EOF
}

// findEncoding decides on the encoding: as told, or as the sample says.
func (p *Plan) findEncoding(raw []byte, kind sourceKind, told string) error {
	found := charset.Detect(raw)
	p.layout.auto = kind == delimited && !found.Sure
	if told != "" {
		name, ok := charset.Canonical(told)
		if !ok {
			return fault.Invalidf("the encoding %q is not known; known are %s", told, strings.Join(charset.Names(), ", "))
		}
		p.layout.auto = false
		found = asTold(found, name)
	}
	if kind != delimited {
		found = charset.Found{Name: charset.UTF8, Sure: true}
	}
	p.layout.found, p.Encoding = found, found.Name
	return nil
}

// asTold keeps the byte order mark that belongs to the encoding asked for.
func asTold(found charset.Found, name string) charset.Found {
	switch {
	case name == charset.UTF16 && strings.HasPrefix(found.Name, charset.UTF16):
		return found
	case name == charset.UTF16:
		return charset.Found{Name: charset.UTF16LE, Sure: true}
	case name == found.Name:
		found.Sure = true
		return found
	}
	return charset.Found{Name: name, Sure: true}
}

// decodeSample turns the sample into UTF-8, without the character that its end cuts in two.
func decodeSample(raw []byte, found charset.Found, whole bool) ([]byte, error) {
	if len(raw) < found.BOM {
		return nil, nil
	}
	r, err := charset.Reader(bytes.NewReader(raw), found)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(r)
	if err != nil || whole {
		return text, err
	}
	if i := bytes.LastIndexByte(text, '\n'); i >= 0 {
		text = text[:i+1]
	}
	return text, nil
}

// otherFormat recognises by its first bytes what people name by mistake.
func otherFormat(path string, raw []byte) error {
	head := bytes.TrimSpace(raw[:min(len(raw), 4096)])
	low := string(bytes.ToLower(head[:min(len(head), 64)]))
	begins := func(marks ...string) bool {
		return slices.ContainsFunc(marks, func(m string) bool { return strings.HasPrefix(low, m) })
	}
	switch {
	case begins("%pdf"):
		return fault.Invalidf("%s is a PDF document: export the table as CSV or XLSX", path)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")) && isLocked(path, raw):
		return fault.Invalidf("%s is protected with a password: open it, take the password off, and save it again", path)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return fault.Invalidf("%s is an old Excel file (.xls): save it as .xlsx or CSV", path)
	case begins("<!doctype", "<html", "<?xml", "<table"):
		return fault.Invalidf("%s is a web page or XML, not a table: export it as CSV or XLSX", path)
	case begins("{", "[{", "[["):
		return fault.Invalidf("%s is JSON, not a table: export it as CSV or XLSX", path)
	case begins("pk\x03\x04", "par1"):
		return fault.Invalidf("%s is a packed workbook, archive or Parquet file: unpack it first", path)
	}
	return nil
}

// isLocked is true for a workbook behind a password: the container of an old Excel file with a part that is called
// so, in UTF-16, or under the name of a new one.
func isLocked(path string, raw []byte) bool {
	var name []byte
	for _, c := range []byte("EncryptedPackage") {
		name = append(name, c, 0)
	}
	return bytes.Contains(raw, name) || strings.EqualFold(filepath.Ext(path), ".xlsx")
}

// notATable recognises binary data by what no text has much of.
func notATable(path string, text []byte) error {
	control, zeros := 0, 0
	text = text[:min(len(text), 64<<10)]
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		i += n
		if r == 0 {
			zeros++
		}
		if r == utf8.RuneError || (r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f') {
			control++
		}
	}
	if len(text) == 0 {
		return fault.Invalidf("%s has no rows", path)
	}
	if control*20 > len(text) || (zeros > 0 && zeros*200 > len(text)) {
		return fault.Invalidf("%s is not a table of text: it holds binary data", path)
	}
	return nil
}

// cut takes the text apart and leaves out the title lines over the table.
func (s *sample) cut(text []byte, f table.Format) {
	t := table.NewBytesReader(text, f)
	for len(s.rows) < sampleRows && t.Next() {
		row := make([]string, len(t.Row.Cells))
		for i, c := range t.Row.Cells {
			row[i] = strings.ToValidUTF8(string(c), "\uFFFD")
		}
		s.rows = append(s.rows, row)
	}
	if f.Delimiter == ' ' || s.width < 3 {
		return
	}
	for s.titles < maxTitles && len(s.rows) > 2 && filledCells(s.rows[0])*2 <= s.width && filledCells(s.rows[0]) < 3 {
		s.rows = s.rows[1:]
		s.titles++
	}
}

func filledCells(row []string) int {
	n := 0
	for _, c := range row {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// findHeader decides by content whether the first row holds names, and gives the columns their titles.
func (s *sample) findHeader() (titles []string) {
	first := s.rows[0]
	s.header = looksLikeHeader(first, s.rows[1:])
	s.width = max(s.width, len(first))
	if !s.header {
		for i := range s.width {
			titles = append(titles, "#"+strconv.Itoa(i+1))
		}
		return titles
	}
	if s.namesRowNumbers() {
		first = append([]string{""}, first...)
	}
	seen := map[string]int{}
	for i := range s.width {
		title := ""
		if i < len(first) {
			title = strings.Join(strings.Fields(strings.ToValidUTF8(first[i], "?")), " ")
		}
		if title == "" {
			title = "#" + strconv.Itoa(i+1)
		}
		seen[title]++
		for n := seen[title]; n > 1; n = seen[title] {
			title = fmt.Sprintf("%s (%d)", title, n)
			seen[title]++
		}
		titles = append(titles, title)
	}
	return titles
}

// namesRowNumbers is true for tables whose header has no name for the first column, as some programs write them.
func (s *sample) namesRowNumbers() bool {
	if len(s.rows[0]) != s.width-1 || len(s.rows) < 3 {
		return false
	}
	for _, row := range s.rows[1:] {
		if len(row) != s.width || strings.TrimSpace(row[s.width-1]) == "" {
			return false
		}
	}
	return true
}

// looksLikeHeader is true when the first row is all text, and either the rows below are not, or it reads like names.
func looksLikeHeader(first []string, rest [][]string) bool {
	for _, cell := range first {
		b := parse.TrimSpace([]byte(cell))
		if len(b) == 0 {
			continue
		}
		if _, _, status := (parse.NumberStyle{}).Parse(b); status != parse.Bad {
			return false
		}
		if _, ok := (parse.DateStyle{Months: true}).Parse(b); ok && hasDigit(b) {
			return false
		}
	}
	if knownNames(first) > 0 || len(rest) == 0 {
		return true
	}
	for c, cell := range first {
		typed := 0
		for _, row := range rest {
			if c >= len(row) {
				continue
			}
			b := parse.TrimSpace([]byte(row[c]))
			if _, _, status := (parse.NumberStyle{}).Parse(b); status == parse.OK {
				typed++
			} else if _, ok := (parse.DateStyle{}).Parse(b); ok {
				typed++
			} else if row[c] == cell && cell != "" {
				return false // a value like any other
			}
		}
		if typed*2 > len(rest) {
			return true
		}
	}
	return false
}

// shown is the rows that go with the plan.
func (s *sample) shown() [][]string {
	rows := s.data()
	return rows[:min(len(rows), shownRows)]
}

// profiles describes the columns.
func (s *sample) profiles(ctx context.Context, titles []string) ([]*profile, error) {
	seed := maphash.MakeSeed()
	out := make([]*profile, len(titles))
	for c, title := range titles {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out[c] = newProfile(title, seed, func(yield func(string) bool) {
			for _, row := range s.data() {
				if c < len(row) && !yield(row[c]) {
					return
				}
			}
		})
		if !s.header {
			out[c].name = columnName{}
		}
	}
	return out, nil
}
