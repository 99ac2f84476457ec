package points

import (
	"math"
	"strconv"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// entry is an entry of the operation under way.
type entry struct {
	kind  EntryKind
	lot   int64
	hold  int64
	units int64
	rule  string
	line  int64
}

var insertEntries = db.NewInsert(`INSERT INTO point_entries (customer_id, unit, operation_id, entry_no, kind, lot_id, hold_id, units, rule, line_no, at_us)`, 11, "")

func (p *posting) writeEntries() error {
	rows := make([]any, 0, 11*len(p.entries))
	for i, e := range p.entries {
		rows = append(rows, p.act.Customer, p.act.Unit, p.receipt.Operation, i+1, string(e.kind), e.lot, e.hold, e.units, e.rule, e.line, p.tx.Now)
	}
	_, err := insertEntries.Exec(p.tx, rows)
	return err
}

// Entry is one thing that moved, with what the operation that moved it said.
type Entry struct {
	Operation, No int64
	Customer      int64
	Kind          EntryKind
	Lot, Hold     int64 // Hold 0: none
	Units         int64
	Rule          string
	Line          int64
	At            time.Time
	Key           string // of the operation
	Of            string // its kind
	Cause         string
	Actor         string
	Reason        string
}

// Page is where a page of entries ends; the zero Page is before the newest.
type Page struct{ Operation, No int64 }

// MostEntries is how many entries a page may have.
const MostEntries = 1000

// Entries reads up to limit entries in one unit of customers, who are one person, the newest first, from behind a page on.
func Entries(tx *db.Tx, customers []int64, unit string, after Page, limit int) (found []Entry, next Page, err error) {
	if limit < 1 || limit > MostEntries {
		return nil, next, fault.In("limit", fault.Invalidf("a page has 1 to %d entries, not %d", MostEntries, limit))
	}
	if after == (Page{}) {
		after = Page{math.MaxInt64, math.MaxInt64}
	}
	args := []any{unit, after.Operation, after.No, limit}
	of := make([]string, len(customers))
	for i, c := range customers {
		args = append(args, c)
		of[i] = "$" + strconv.Itoa(len(args))
	}
	rows, err := tx.Query(`SELECT e.customer_id, e.operation_id, e.entry_no, e.kind, e.lot_id, e.hold_id, e.units, e.rule, e.line_no, e.at_us, o.key, o.kind,
		o.cause, o.actor, o.reason FROM point_entries e JOIN point_operations o ON o.customer_id = e.customer_id AND o.operation_id = e.operation_id
		WHERE e.customer_id IN (`+strings.Join(of, ", ")+`) AND e.unit = $1 AND (e.operation_id, e.entry_no) < ($2, $3)
		ORDER BY e.operation_id DESC, e.entry_no DESC LIMIT $4`, args...)
	if err != nil {
		return nil, next, err
	}
	for rows.Next() {
		var e Entry
		var kind string
		if err := rows.Scan(&e.Customer, &e.Operation, &e.No, &kind, &e.Lot, &e.Hold, &e.Units, &e.Rule, &e.Line, &e.At, &e.Key, &e.Of, &e.Cause, &e.Actor,
			&e.Reason); err != nil {
			return nil, next, err
		}
		e.Kind = EntryKind(kind)
		found = append(found, e)
		next = Page{e.Operation, e.No}
	}
	return found, next, rows.Close()
}
