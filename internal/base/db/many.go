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

// texts keeps the text of a statement by the number of its rows, for each engine.
type texts struct {
	lock sync.Mutex
	text map[form]string
}

// form is what the text of a statement over many rows depends on.
type form struct {
	size     int
	numbered bool
}

func (t *texts) of(tx *Tx, size int, write func(form) string) string {
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.text == nil {
		t.text = map[form]string{}
	}
	f := form{size, tx.session.shared()}
	if t.text[f] == "" {
		t.text[f] = write(f)
	}
	return t.text[f]
}

// tuples writes ($1, $2), ($3, $4) ... with the first row in the form given, where an engine must be told the types. For
// SQLite it writes (?, ?), (?, ?): there $1 is a name, and the driver asks for the name of each value, which is searched
// for from the front, so that time grows with the square of their number.
func (f form) tuples(width int, first func(column int) string) string {
	var b strings.Builder
	for row := range f.size {
		if row > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for column := range width {
			if column > 0 {
				b.WriteString(", ")
			}
			place := "?"
			if f.numbered {
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
		text := i.texts.of(tx, size, func(f form) string {
			head := i.head
			if !f.numbered {
				// SQLite need not be able to take back half a statement: one that fails ends its transaction here.
				head = strings.Replace(head, "INSERT INTO", "INSERT OR FAIL INTO", 1)
			}
			return head + " VALUES " + f.tuples(i.width, nil) + " " + i.tail
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

func (l *Lookup) text(f form) string {
	if f.size == 1 {
		var equal []string
		for i, column := range l.key {
			equal = append(equal, fmt.Sprintf("%s = $%d", column, i+1))
		}
		return l.head + " WHERE " + strings.Join(equal, " AND ")
	}
	return l.head + " WHERE (" + strings.Join(l.key, ", ") + ") IN (VALUES " +
		f.tuples(len(l.key), func(column int) string { return "CAST(%s AS " + l.types[column] + ")" }) + ")"
}
