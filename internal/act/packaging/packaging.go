package packaging

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Batch is codes that were made together, and what each of them gives.
type Batch struct {
	Batch string // the owner's name for it, such as spring-boxes
	Name  string // in words, for the owner and on the page of who uses a code
	Unit  string
	Units int64
	Codes int64
	// Question is the kind of answer that is asked for before a code gives, such as nps; empty: nothing is asked.
	Question string
	// Until is the moment at which the codes are over; points.Never: they are not.
	Until time.Time
}

// Stored is a batch as it is kept.
type Stored struct {
	Batch

	Used    int64
	Stopped *time.Time // since when its codes give nothing any more
	Actor   string     // who had it made
	Created time.Time
}

// State is whether codes of a batch can be used.
type State string

// The states.
const (
	Open    State = "open"
	Expired State = "expired"
	Stopped State = "stopped"
)

// State is how the batch stands at a moment.
func (s *Stored) State(now time.Time) State {
	switch {
	case s.Stopped != nil:
		return Stopped
	case !s.Until.After(now):
		return Expired
	}
	return Open
}

// Bounds of a batch.
const (
	longestKey  = 60
	longestName = 200
	MostCodes   = 10_000
	MostUnits   = 1_000_000
)

func (b *Batch) check(tx *db.Tx) error {
	if b.Batch == "" || len(b.Batch) > longestKey || strings.Trim(b.Batch, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return fault.In("batch", fault.Coded("batch_name", fault.Invalidf("a batch is called by small Latin letters, digits, _ and -, %d at most, such as spring-boxes", longestKey)))
	}
	if n := utf8.RuneCountInString(b.Name); n == 0 || n > longestName {
		return fault.In("name", fault.Coded("package_name", fault.Invalidf("a batch has a name of 1 to %d signs", longestName)))
	}
	if b.Units < 1 || b.Units > MostUnits {
		return fault.In("units", fault.Coded("package_units", fault.Invalidf("a code gives 1 to %d units, not %d", int64(MostUnits), b.Units)))
	}
	if b.Codes < 1 || b.Codes > MostCodes {
		return fault.In("codes", fault.Coded("package_codes", fault.Invalidf("a batch has 1 to %d codes, not %d; make another batch for more", int64(MostCodes), b.Codes)))
	}
	if b.Question != "" && b.Question != AsksNPS {
		return fault.In("question", fault.Coded("no_question", fault.Invalidf("a code asks nothing, or %s, and not %.20q", AsksNPS, b.Question)))
	}
	if !b.Until.After(tx.Now) {
		return fault.In("until", fault.Coded("day_over", fault.Invalidf("the last day of the codes is over already")))
	}
	u, err := points.LoadUnit(tx, b.Unit)
	if err != nil {
		return err
	}
	if u.Kind != points.Spendable {
		return fault.In("unit", fault.Coded("unit_not_spendable", fault.Invalidf("%s cannot be spent, so a code does not give it; choose a unit that can", b.Unit)))
	}
	return nil
}

// AsksNPS is the question how likely somebody is to recommend the business.
const AsksNPS = "nps"

// alphabet is without signs that look alike.
const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

const (
	codeLength = 12
	groupOf    = 4
)

// newCode makes a code. The alphabet has 32 signs, so that the remainder of a random byte favours none of them.
func newCode() string {
	raw := make([]byte, codeLength)
	_, _ = rand.Read(raw) // never fails
	for i := range raw {
		raw[i] = alphabet[int(raw[i])%len(alphabet)]
	}
	return string(raw)
}

// Shown is a code as people read it: in groups of four.
func Shown(code string) string {
	var b strings.Builder
	for i, r := range code {
		if i > 0 && i%groupOf == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Normal is a code as it is kept, however it was typed; empty: it is none.
func Normal(code string) string {
	text := strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '_' || r == '.' {
			return -1
		}
		return r
	}, strings.TrimSpace(code)))
	if len(text) != codeLength || strings.Trim(text, alphabet) != "" {
		return ""
	}
	return text
}

// Path is where a code leads, below the public address.
func Path(code string) string { return "/my/code/" + code }

var insertCodes = db.NewInsert("INSERT INTO package_codes (code, batch, code_no, customer_id, used_us)", 5, "ON CONFLICT (code) DO NOTHING")

// Make makes a batch and its codes. Asked for again with the same wish it is there already, and made is false.
func Make(tx *db.Tx, b Batch, actor string) (s Stored, made bool, err error) {
	b.Name, b.Until = strings.TrimSpace(b.Name), b.Until.UTC()
	switch s, err = Load(tx, b.Batch); {
	case err == nil && s.same(b):
		return s, false, nil
	case err == nil:
		return s, false, fault.In("batch", fault.Coded("batch_taken", fault.Conflictf("there is a batch %s already, and it is another one; call the new one otherwise", b.Batch)))
	case fault.KindOf(err) != fault.NotFound:
		return s, false, err
	}
	if err := b.check(tx); err != nil {
		return s, false, err
	}
	n, err := tx.Exec(`INSERT INTO package_batches (batch, name, unit, units, codes, question, until_us, stopped_us, actor, created_us) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, $9)
		ON CONFLICT (batch) DO NOTHING`, b.Batch, b.Name, b.Unit, b.Units, b.Codes, b.Question, b.Until, actor, tx.Now)
	if err == nil && n == 0 {
		err = db.ErrRestart // at the same time
	}
	if err != nil {
		return s, false, err
	}
	rows := make([]any, 0, 5*b.Codes)
	for no := range b.Codes {
		rows = append(rows, newCode(), b.Batch, no+1, 0, 0)
	}
	n, err = insertCodes.Exec(tx, rows)
	if err == nil && n != b.Codes { // a collision is next to impossible
		err = db.ErrRestart
	}
	if err != nil {
		return s, false, err
	}
	s, err = Load(tx, b.Batch)
	return s, true, err
}

// same tells whether a batch is the one that is asked for.
func (s *Stored) same(b Batch) bool {
	return s.Until.Equal(b.Until) && s.Name == b.Name && s.Unit == b.Unit && s.Units == b.Units && s.Codes == b.Codes && s.Question == b.Question
}

const columns = "SELECT batch, name, unit, units, codes, question, until_us, stopped_us, actor, created_us FROM package_batches"

func (s *Stored) scan(row interface{ Scan(targets ...any) error }) error {
	var stopped sql.Null[int64]
	if err := row.Scan(&s.Batch.Batch, &s.Name, &s.Unit, &s.Units, &s.Codes, &s.Question, &s.Until, &stopped, &s.Actor, &s.Created); err != nil {
		return err
	}
	s.Until = s.Until.UTC()
	if stopped.Valid {
		at := time.UnixMicro(stopped.V).UTC()
		s.Stopped = &at
	}
	return nil
}

// count counts the used codes of batches that follow one another. It is a statement of its own, for on a cluster the codes are
// spread and the batches are not; and whoever uses a code does not wait for it.
func count(tx *db.Tx, batches []Stored) error {
	if len(batches) == 0 {
		return nil
	}
	used, err := tx.Numbers("SELECT batch, count(*) FROM package_codes WHERE customer_id <> 0 AND batch BETWEEN $1 AND $2 GROUP BY batch",
		batches[0].Batch.Batch, batches[len(batches)-1].Batch.Batch)
	if err != nil {
		return err
	}
	for i := range batches {
		batches[i].Used = used[batches[i].Batch.Batch]
	}
	return nil
}

// uncounted reads a batch without how many of its codes are used.
func uncounted(tx *db.Tx, batch string) (s Stored, err error) {
	err = s.scan(tx.QueryRow(columns+" WHERE batch = $1", batch))
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Coded("batch_not_found", fault.In("batch", fault.NotFoundf("there is no batch %.60q", batch)))
	}
	return s, err
}

// Load reads a batch.
func Load(tx *db.Tx, batch string) (Stored, error) {
	s, err := uncounted(tx, batch)
	if err != nil {
		return s, err
	}
	one := []Stored{s}
	err = count(tx, one)
	return one[0], err
}

// List lists batches by name, from behind one on.
func List(tx *db.Tx, after string, limit int) (all []Stored, err error) {
	rows, err := tx.Query(columns+" WHERE batch > $1 ORDER BY batch LIMIT $2", after, limit)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var s Stored
		if err := s.scan(rows); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	return all, count(tx, all)
}

// Any tells whether there are batches whose codes can be used.
func Any(tx *db.Tx) (bool, error) {
	var n int64
	err := tx.QueryRow("SELECT count(*) FROM package_batches WHERE stopped_us IS NULL AND until_us > $1", tx.Now).Scan(&n)
	return n > 0, err
}

// Stop has the codes of a batch give nothing any more. What they gave stays. Stopped again it is the same.
func Stop(tx *db.Tx, batch string) (s Stored, err error) {
	if _, err := tx.Exec("UPDATE package_batches SET stopped_us = $1 WHERE batch = $2 AND stopped_us IS NULL", tx.Now, batch); err != nil {
		return s, err
	}
	return Load(tx, batch)
}

// Code is a code of a batch.
type Code struct {
	Code     string
	No       int64
	Customer int64 // whose it became; 0: nobody's
	Used     time.Time
}

// CodesOf lists the codes of a batch by number, from behind one on.
func CodesOf(tx *db.Tx, batch string, after int64, limit int) (all []Code, err error) {
	rows, err := tx.Query("SELECT code, code_no, customer_id, used_us FROM package_codes WHERE batch = $1 AND code_no > $2 ORDER BY code_no LIMIT $3", batch, after, limit)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var c Code
		if err := rows.Scan(&c.Code, &c.No, &c.Customer, &c.Used); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Close()
}

// EndOf is the moment at which a day, such as 2027-01-31, is over where the business is.
func EndOf(day string, zone *time.Location) (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return time.Time{}, fault.Coded("no_day", fault.Invalidf("%.20q is no day; write it like 2027-01-31", day))
	}
	return time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, zone), nil
}
