package backup

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"regulars/internal/base/db"
)

// formatVersion is that of the file. A newer one is refused.
const formatVersion = 1

// Header says what a file is.
type Header struct {
	Format  int       `json:"regulars_backup"`
	Schema  int64     `json:"schema"`
	Program string    `json:"program"`
	Made    time.Time `json:"made"`
}

// tableLine begins a table.
type tableLine struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"` // each "name TYPE"
}

// trailer ends the file.
type trailer struct {
	Rows map[string]int64 `json:"rows"`
}

const tableEnd = `\.`

func (t *tableLine) set(columns []db.Column) {
	for _, c := range columns {
		t.Columns = append(t.Columns, c.Name+" "+c.Type)
	}
}

func (t *tableLine) columns() (columns []db.Column) {
	for _, text := range t.Columns {
		name, kind, _ := strings.Cut(text, " ")
		columns = append(columns, db.Column{Name: name, Type: kind})
	}
	return columns
}

// appendJSON writes a line of JSON.
func appendJSON(b []byte, value any) ([]byte, error) {
	text, err := json.Marshal(value)
	return append(append(b, text...), '\n'), err //nolint:wrapcheck // says the type
}

// appendValue writes a value as COPY does.
func appendValue(b []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(b, `\N`...), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case float64:
		return strconv.AppendFloat(b, v, 'g', -1, 64), nil
	case bool:
		if v {
			return append(b, 't'), nil
		}
		return append(b, 'f'), nil
	case []byte:
		return hex.AppendEncode(append(b, `\\x`...), v), nil
	case string:
		return appendText(b, v), nil
	}
	return b, fmt.Errorf("a value of the type %T is not written", value)
}

func appendText(b []byte, s string) []byte {
	for {
		i := strings.IndexAny(s, "\\\n\r\t")
		if i < 0 {
			return append(b, s...)
		}
		b = append(append(b, s[:i]...), '\\')
		switch s[i] {
		case '\n':
			b = append(b, 'n')
		case '\r':
			b = append(b, 'r')
		case '\t':
			b = append(b, 't')
		default:
			b = append(b, '\\')
		}
		s = s[i+1:]
	}
}

// parseValue reads what appendValue wrote, of the column's type.
func parseValue(text []byte, kind string) (any, error) {
	if string(text) == `\N` {
		return nil, nil //nolint:nilnil // null
	}
	switch kind {
	case "BIGINT":
		return strconv.ParseInt(string(text), 10, 64)
	case "DOUBLE PRECISION":
		return strconv.ParseFloat(string(text), 64)
	case "BOOLEAN":
		return string(text) == "t", nil
	case "BYTEA":
		digits, ok := bytes.CutPrefix(text, []byte(`\\x`))
		if !ok {
			return nil, fmt.Errorf("%.20q are no bytes", text)
		}
		return hex.AppendDecode([]byte{}, digits)
	case "TEXT":
		return parseText(text)
	}
	return nil, fmt.Errorf("values of the type %s are not known", kind)
}

func parseText(text []byte) (string, error) {
	var b strings.Builder
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 {
			b.Write(text)
			return b.String(), nil
		}
		b.Write(text[:i])
		if i+1 == len(text) {
			return "", fmt.Errorf("%.20q ends in a backslash", text)
		}
		switch text[i+1] {
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case '\\':
			b.WriteByte('\\')
		default:
			return "", fmt.Errorf("%.20q has an unknown sign behind a backslash", text)
		}
		text = text[i+2:]
	}
}
