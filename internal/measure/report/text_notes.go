package report

import (
	"path/filepath"
	"time"

	"regulars/internal/base/locale"
	"regulars/internal/record/importer"
)

// noteText is a note of the reader's in words. Where a file lies is shown only to whoever gave it: whole is false in
// what is passed on.
func noteText(l *locale.Locale, n importer.Note, whole bool) string {
	args := make([]any, len(n.Args))
	for i, arg := range n.Args {
		switch v := arg.(type) {
		case importer.Path:
			args[i] = string(v)
			if !whole {
				args[i] = filepath.Base(string(v))
			}
		case float64:
			args[i] = l.Number(v, wholeOrOne(v))
		case time.Time:
			args[i] = l.Date(v)
		case []string:
			args[i] = joined(l, "text.list", v)
		default:
			args[i] = v
		}
	}
	key := "import.note." + string(n.Key)
	if len(args) > 0 {
		if count, ok := args[0].(int64); ok {
			return l.P(key, count, args[1:]...)
		}
	}
	return l.T(key, args...)
}

// dateLayout is how the dates of a file are written, in words such as day/month/year.
func dateLayout(l *locale.Locale, d importer.DateLayout) string {
	text := l.T("import.date."+d.Day, d.Mark)
	if d.Time != "" {
		text = l.T("import.date."+d.Time, text)
	}
	return text
}
