package db

import (
	"fmt"
	"strings"
	"sync"
)

// Statements over many rows at once: one statement costs an engine several microseconds, however few rows it has. Rows
// go in chunks of few sizes, so that every size is one prepared statement.
var chunkSizes = []int{64, 16, 4, 1}

// chunks calls fn with each chunk of n rows: where it begins, and one of chunkSizes.
func chunks(n int, fn func(from, size int) error) error {
	for from := 0; from < n; {
		for _, size := range chunkSizes {
			if size <= n-from {
				if err := fn(from, size); err != nil {
					return err
				}
				from += size
				break
			}
		}
	}
	return nil
}

// texts keeps the text of a statement by the number of its rows and the engine's way of writing parameters.
type texts struct {
	lock sync.Mutex
	text map[textKey]string
}

type textKey struct {
	size     int
	numbered bool
}

func (t *texts) of(tx *Tx, size int, write func(key textKey) string) string {
	// SQLite looks for the name of each parameter among all of the statement's, a thousand in a long one; a parameter
	// without a number has no name.
	key := textKey{size, tx.session.shared()}
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.text == nil {
		t.text = map[textKey]string{}
	}
	if t.text[key] == "" {
		t.text[key] = write(key)
	}
	return t.text[key]
}

// tuples writes ($1, $2), ($3, $4) ... or (?, ?), (?, ?) ... with the first row in the form given, where an engine must be
// told the types.
func (k textKey) tuples(width int, first func(column int) string) string {
	size := k.size
	var b strings.Builder
	for row := range size {
		if row > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for column := range width {
			if column > 0 {
				b.WriteString(", ")
			}
			place := "?"
			if k.numbered {
				place = fmt.Sprintf("$%d", row*width+column+1)
			}
			if row == 0 && first != nil {
				place = fmt.Sprintf(first(column), place)
			}
			b.WriteString(place)
		}
		b.WriteByte(')')
	}
	return b.String()
}

// Insert is an INSERT of any number of rows.
type Insert struct {
	head, tail string
	width      int
	texts      texts
}

// NewInsert makes an insert of rows with the given number of values: head is INSERT INTO table (columns), tail what
// stands behind the values, such as ON CONFLICT DO NOTHING.
func NewInsert(head string, width int, tail string) *Insert {
	return &Insert{head: head, width: width, tail: tail}
}

// Exec inserts the rows, whose values follow one another in args, and tells how many were touched. Rows that others may
// insert or claim at the same time are to be given in the order of their keys.
func (i *Insert) Exec(tx *Tx, args []any) (touched int64, err error) {
	err = chunks(len(args)/i.width, func(from, size int) error {
		text := i.texts.of(tx, size, func(key textKey) string {
			head := i.head
			if !key.numbered {
				// SQLite need not be able to take back half a statement: one that fails ends its transaction here.
				head = strings.Replace(head, "INSERT INTO", "INSERT OR FAIL INTO", 1)
			}
			return head + " VALUES " + key.tuples(i.width, nil) + " " + i.tail
		})
		n, err := tx.Exec(text, args[from*i.width:(from+size)*i.width]...)
		touched += n
		return err
	})
	return touched, err
}

// Lookup is a SELECT of the rows with any of many keys.
type Lookup struct {
	head  string
	key   []string
	types []string
	texts texts
}

// NewLookup makes a look-up: head is SELECT ... FROM table, the key a list of its columns, each "column TYPE".
func NewLookup(head string, key ...string) *Lookup {
	l := &Lookup{head: head}
	for _, k := range key {
		column, kind, _ := strings.Cut(k, " ")
		l.key, l.types = append(l.key, column), append(l.types, kind)
	}
	return l
}

// Each scans every row found for the keys, whose values follow one another in args. Rows come in no order; a key that
// is given twice is found once a chunk.
func (l *Lookup) Each(tx *Tx, args []any, scan func(*Rows) error) error {
	width := len(l.key)
	return chunks(len(args)/width, func(from, size int) error {
		rows, err := tx.Query(l.texts.of(tx, size, l.text), args[from*width:(from+size)*width]...)
		if err != nil {
			return err
		}
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return rows.Close()
	})
}

func (l *Lookup) text(key textKey) string {
	if key.size == 1 {
		var equal []string
		for i, column := range l.key {
			equal = append(equal, fmt.Sprintf("%s = $%d", column, i+1))
		}
		return l.head + " WHERE " + strings.Join(equal, " AND ")
	}
	return l.head + " WHERE (" + strings.Join(l.key, ", ") + ") IN (VALUES " +
		key.tuples(len(l.key), func(column int) string { return "CAST(%s AS " + l.types[column] + ")" }) + ")"
}
