package db

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/base/fault"
)

// arguments converts what the engines would keep differently, and refuses what one of them would not keep.
func arguments(args []any) ([]any, error) {
	for i, arg := range args {
		switch v := arg.(type) {
		case nil, int, int64, int32, bool, []byte:
		case time.Time:
			args[i] = v.UnixMicro()
		case *time.Time:
			args[i] = nil
			if v != nil {
				args[i] = v.UnixMicro()
			}
		case sql.Null[time.Time]:
			args[i] = nil
			if v.Valid {
				args[i] = v.V.UnixMicro()
			}
		case string:
			if err := text(v); err != nil {
				return nil, err
			}
		case float64:
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, errors.New("a float that is no number cannot be kept: SQLite makes it null")
			}
		default:
			if r := reflect.ValueOf(arg); r.Kind() == reflect.String {
				if err := text(r.String()); err != nil {
					return nil, err
				}
			}
		}
	}
	return args, nil
}

// text refuses what PostgreSQL does not keep as text and SQLite would.
func text(s string) error {
	if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
		return fault.Invalidf("the text %.40q holds bytes that are no characters; it must be UTF-8 without the zero byte", s)
	}
	return nil
}

// destinations replaces the targets of a scan that take a moment.
func destinations(targets []any) []any {
	for i, target := range targets {
		switch t := target.(type) {
		case *time.Time:
			targets[i] = &moment{set: func(at time.Time, null bool) error {
				if null {
					return errors.New("a moment is null: scan it into a *sql.Null[time.Time]")
				}
				*t = at
				return nil
			}}
		case *sql.Null[time.Time]:
			targets[i] = &moment{set: func(at time.Time, null bool) error {
				*t = sql.Null[time.Time]{V: at, Valid: !null}
				return nil
			}}
		}
	}
	return targets
}

// moment scans UTC microseconds.
type moment struct {
	set func(at time.Time, null bool) error
}

func (m *moment) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		return m.set(time.Time{}, true)
	case int64:
		return m.set(time.UnixMicro(v).UTC(), false)
	}
	return fmt.Errorf("a moment is kept as BIGINT, this is a %T", value)
}
