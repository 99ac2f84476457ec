package account

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Entry is one act: who did what to what. It names fields and never holds their values. One request is one entry, also
// where it touched many: Count says how many.
type Entry struct {
	ID      string // aud_..., sorts by time
	At      time.Time
	Actor   Actor    // in an entry that was read: kind and id alone
	Action  string   // what was done, such as customer.update
	Target  string   // the id of what it was done to, such as cus_0h4m2xq7v1c3d; or a word, such as settings; may be empty
	Fields  []string // names of what was changed or given out, such as profile.language
	Count   int64    // how many were touched; 0 is 1
	Request string   // the id of the request; empty: the actor's

	number int64
}

// What an entry may be made of. A name, an e-mail or a number put there by mistake does not pass, and the request that
// would have kept it fails in the first test that makes it.
var (
	actionForm  = regexp.MustCompile(`^[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*){1,3}$`)
	targetForm  = regexp.MustCompile(`^([a-z]{2,12}_[0-9A-Za-z]{4,64}|[a-z]{2,16}(_[a-z]{1,16}){0,3}|[a-z]{2,16}:[a-z0-9_-]{1,60})?$`)
	fieldForm   = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*|\[\d{1,5}\])*$`)
	requestForm = regexp.MustCompile(`^[0-9A-Za-z_-]{0,64}$`)
	manyDigits  = regexp.MustCompile(`\d{5}`)
)

const (
	fieldLength = 64
	fieldsMost  = 64
)

// check refuses what could be a value.
func (e *Entry) check() error {
	switch {
	case e.Actor.Kind == "" || e.Actor.ID == "":
		return errors.New("an entry of the trail says who acts")
	case !actionForm.MatchString(e.Action):
		return fmt.Errorf("%q is no name of an act, such as customer.update", e.Action)
	case !targetForm.MatchString(e.Target):
		return errors.New("the target of an entry of the trail is an id, a word, or what the owner called a part of the set-up, such as cus_0h4m2xq7v1c3d, settings or reward:free-coffee")
	case e.Count < 0:
		return fmt.Errorf("an entry of the trail cannot stand for %d acts", e.Count)
	case !requestForm.MatchString(e.Request):
		return errors.New("the id of a request has letters, digits, _ and - alone")
	}
	for _, field := range e.Fields {
		if len(field) > fieldLength || !fieldForm.MatchString(field) || manyDigits.MatchString(field) {
			return errors.New("a field in an entry of the trail is a name in small letters, such as profile.language")
		}
	}
	return nil
}

// Record appends an entry to the trail: it is there if and only if the transaction is.
func Record(tx *db.Tx, e Entry) error {
	if e.Request == "" {
		e.Request = e.Actor.Request
	}
	if e.Count == 0 {
		e.Count = 1
	}
	e.Fields = slices.Clone(e.Fields)
	slices.Sort(e.Fields)
	e.Fields = slices.Compact(e.Fields)
	if len(e.Fields) > fieldsMost {
		e.Fields = e.Fields[:fieldsMost]
	}
	if err := e.check(); err != nil {
		return err
	}
	for {
		// Another process may have made the same id in the same millisecond.
		n, err := tx.Exec(`INSERT INTO audit_fresh (entry_id, at_us, actor_kind, actor_id, action, target, fields, touched, request)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (entry_id) DO NOTHING`, newNumber(tx.Now), tx.Now, string(e.Actor.Kind),
			e.Actor.ID, e.Action, e.Target, strings.Join(e.Fields, " "), e.Count, e.Request)
		if err != nil || n == 1 {
			return err
		}
	}
}

const entryColumns = `entry_id, at_us, actor_kind, actor_id, action, target, fields, touched, request`

func scanEntry(rows *db.Rows, more ...any) (e Entry, err error) {
	var fields string
	targets := append([]any{&e.number, &e.At, &e.Actor.Kind, &e.Actor.ID, &e.Action, &e.Target, &fields, &e.Count, &e.Request}, more...)
	if err := rows.Scan(targets...); err != nil {
		return e, err
	}
	e.ID, e.Fields = "aud_"+spell(e.number), strings.Fields(fields)
	return e, nil
}

// EntryFilter says which entries are wanted; what is empty restricts nothing.
type EntryFilter struct {
	Actor  string // id
	Action string // whole, or up to a dot: customer. is all that was done to customers
	Target string
	From   time.Time
	Until  time.Time // before it
	Before string    // the id of an entry: older ones only, to go on behind it
	Limit  int       // 0: 50; 200 at most
}

const (
	entriesUsual = 50
	entriesMost  = 200
)

// Entries lists entries of the trail, the newest first, whether sealed already or not.
func Entries(tx *db.Tx, f EntryFilter) ([]Entry, error) {
	where, args, err := f.where()
	if err != nil {
		return nil, err
	}
	limit := entriesUsual
	if f.Limit > 0 {
		limit = min(f.Limit, entriesMost)
	}
	args = append(args, limit)
	var all []Entry
	for _, table := range []string{"audit_fresh", "audit_entries"} {
		rows, err := tx.Query(fmt.Sprintf(`SELECT %s FROM %s%s ORDER BY entry_id DESC LIMIT $%d`, entryColumns, table, where, len(args)),
			slices.Clone(args)...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			e, err := scanEntry(rows)
			if err != nil {
				return nil, err
			}
			all = append(all, e)
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b Entry) int { return int(min(max(b.number-a.number, -1), 1)) })
	return all[:min(len(all), limit)], nil
}

// Names are what those who act are called by now: users and keys, by their ids.
func Names(tx *db.Tx) (names map[string]string, err error) {
	rows, err := tx.Query(`SELECT user_id, name FROM users UNION ALL SELECT key_id, name FROM api_keys`)
	if err != nil {
		return nil, err
	}
	names = map[string]string{}
	for rows.Next() {
		var id, name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		names[id] = name
	}
	return names, rows.Close()
}

func (f *EntryFilter) where() (where string, args []any, err error) {
	var conditions []string
	add := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		conditions = append(conditions, condition)
	}
	if f.Actor != "" {
		add("actor_id = ?", f.Actor)
	}
	if group, ok := strings.CutSuffix(f.Action, "."); ok {
		add("action >= ? AND action < ?", group+".", group+"/") // what follows the dot among characters
	} else if f.Action != "" {
		add("action = ?", f.Action)
	}
	if f.Target != "" {
		add("target = ?", f.Target)
	}
	if !f.From.IsZero() {
		add("at_us >= ?", f.From)
	}
	if !f.Until.IsZero() {
		add("at_us < ?", f.Until)
	}
	if f.Before != "" {
		number, ok := unspell(strings.TrimPrefix(f.Before, "aud_"))
		if !ok {
			return "", nil, fault.In("cursor", fault.Coded("unknown_cursor", fault.Invalidf("%.40q is no place in the trail; take the one from the last answer", f.Before)))
		}
		add("entry_id < ?", number)
	}
	if len(conditions) > 0 {
		where = " WHERE " + strings.Join(conditions, " AND ")
	}
	return where, args, nil
}
