package draw

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

// alphabet is without signs that look alike; a sign is five bits.
const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// code is what a customer is on the list of a draw: sixty bits of a keyed hash, in three groups. Without the salt, which stays
// sealed, nobody can tell whose it is.
func code(salt []byte, number int64) string {
	const signs, group = 12, 4
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(strconv.FormatInt(number, 10)))
	sum := mac.Sum(nil)
	var b strings.Builder
	for i := range signs {
		if i > 0 && i%group == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[int(sum[i])%len(alphabet)])
	}
	return b.String()
}

// entrant is a person on the list.
type entrant struct {
	Entry

	customer int64
}

// Close freezes the list of a draw whose time is over: first nobody can enter any more, then everybody is counted, then the list
// is kept. Closed again, or by two at once, it is the same.
func (d *Desk) Close(ctx context.Context, store *db.DB, key string, record func(tx *db.Tx) error) (s Stored, err error) {
	if err := store.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec("UPDATE draws SET state = 'closing', version = version + 1 WHERE draw = $1 AND state = 'published' AND closes_us <= $2", key, tx.Now)
		if err != nil {
			return err
		}
		if s, err = Load(tx, key); err != nil || n > 0 {
			return err
		}
		switch s.State {
		case Published:
			return fault.Coded("draw_early", fault.Conflictf("the draw %s can be entered until %s, and is not closed before", key, s.Closes.Format(time.RFC3339)))
		case Closing, Frozen, Drawn:
			return nil
		}
		return inState(&s)
	}); err != nil || s.State != Closing {
		return s, err
	}
	salt, err := d.unseal(s.sealedSalt, saltPurpose(key))
	if err != nil {
		return s, err
	}
	var all []entrant
	if err := store.Read(ctx, func(tx *db.Tx) (err error) { all, err = s.count(tx, salt); return err }); err != nil {
		return s, err
	}
	return s, store.Write(ctx, func(tx *db.Tx) error {
		frozen, err := s.freeze(tx, all)
		if err == nil && frozen {
			err = record(tx)
		}
		if err == nil {
			s, err = Load(tx, key)
		}
		if err == nil && frozen {
			err = d.tell(tx, FrozenTold, &s)
		}
		return err
	})
}

// count gives everybody their entries, as everything stands now.
func (s *Stored) count(tx *db.Tx, salt []byte) ([]entrant, error) {
	roots, err := customer.Merged(tx)
	if err != nil {
		return nil, err
	}
	root := func(who int64) int64 {
		if r, merged := roots[who]; merged {
			return r
		}
		return who
	}
	gone, err := customer.Erased(tx)
	if err != nil {
		return nil, err
	}
	freely, weights := map[int64]bool{}, map[int64]int64{}
	rows, err := tx.Query("SELECT customer_id, free_entries, bought_entries FROM draw_entrants WHERE draw = $1", s.Draw.Draw)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var who, free, bought int64
		if err := rows.Scan(&who, &free, &bought); err != nil {
			return nil, err
		}
		if who = root(who); free > 0 {
			freely[who] = true // once, by however many numbers
		}
		weights[who] += bought
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	for who := range freely {
		weights[who]++
	}
	if s.Earned != nil {
		earned, err := s.earned(tx, root)
		if err != nil {
			return nil, err
		}
		for who, n := range earned {
			weights[who] += min(n, s.Earned.Most)
		}
	}
	if s.Rules != nil {
		byRules := map[int64]int64{}
		if err := awarded(tx, s.Draw.Draw, nil, func(who, entries int64) { byRules[root(who)] += entries }); err != nil {
			return nil, err
		}
		for who, n := range byRules {
			weights[who] += min(n, s.Rules.Most)
		}
	}
	all := make([]entrant, 0, len(weights))
	for who, weight := range weights {
		if weight > 0 && !gone[who] {
			all = append(all, entrant{Entry{code(salt, who), weight}, who})
		}
	}
	slices.SortFunc(all, func(a, b entrant) int { return cmp.Compare(a.Code, b.Code) })
	for i := 1; i < len(all); i++ {
		if all[i-1].Code == all[i].Code {
			return nil, fmt.Errorf("two entrants of draw %s have the code %s", s.Draw.Draw, all[i].Code) // once in ten million draws of a million entrants
		}
	}
	return all, nil
}

// earned counts the orders of members that earn entries. A member is who has joined, or has ever been given units: where nobody
// is asked to join, whoever collects takes part.
func (s *Stored) earned(tx *db.Tx, root func(int64) int64) (map[int64]int64, error) {
	members := map[int64]bool{}
	if err := member.Each(tx, func(who int64, _, left time.Time) error {
		if left.IsZero() {
			members[root(who)] = true
		}
		return nil
	}); err != nil {
		return nil, err
	}
	if err := points.FirstEarned(tx, func(who int64, _ time.Time) error { members[root(who)] = true; return nil }); err != nil {
		return nil, err
	}
	orders := map[int64]int64{}
	err := order.CountWorth(tx, nil, s.Opens.UnixMicro(), s.Closes.UnixMicro(), s.Earned.MinimumMinor, func(who, n int64) error {
		if who = root(who); members[who] {
			orders[who] += n
		}
		return nil
	})
	return orders, err
}

// partLines is how many entries a row of the list holds.
const partLines = 500

// freeze keeps the list, unless somebody else did.
func (s *Stored) freeze(tx *db.Tx, all []entrant) (frozen bool, err error) {
	sheet := Sheet{Draw: s.Draw.Draw, Prizes: s.Prizes}
	for _, e := range all {
		sheet.Entries = append(sheet.Entries, e.Entry)
	}
	total := sheet.total()
	if total < 0 {
		return false, fault.Conflictf("there are more entries in the draw %s than can be counted", s.Draw.Draw)
	}
	n, err := tx.Exec(`UPDATE draws SET state = 'frozen', version = version + 1, list_hash = $1, entrants = $2, entries = $3, frozen_us = $4 WHERE draw = $5 AND state = 'closing'`,
		Hash([]byte(sheet.Text())), len(all), total, tx.Now, s.Draw.Draw)
	if err != nil || n == 0 {
		return false, err
	}
	no := 0
	for part := range slices.Chunk(all, partLines) {
		var lines, customers strings.Builder
		for _, e := range part {
			lines.WriteString(e.line())
			customers.WriteString(strconv.FormatInt(e.customer, 10) + "\n")
		}
		no++
		if _, err := tx.Exec("INSERT INTO draw_lists (draw, part_no, first_entry, lines, customers) VALUES ($1, $2, $3, $4, $5)", s.Draw.Draw, no, part[0].Code, lines.String(), customers.String()); err != nil {
			return false, err
		}
	}
	return true, nil
}

// list reads the frozen list, as it is hashed, and the customers of its entries.
func (s *Stored) list(tx *db.Tx) (text string, customers []int64, err error) {
	rows, err := tx.Query("SELECT lines, customers FROM draw_lists WHERE draw = $1 ORDER BY part_no", s.Draw.Draw)
	if err != nil {
		return "", nil, err
	}
	var b strings.Builder
	b.WriteString((&Sheet{Draw: s.Draw.Draw, Prizes: s.Prizes}).head())
	for rows.Next() {
		var lines, numbers string
		if err := rows.Scan(&lines, &numbers); err != nil {
			return "", nil, err
		}
		b.WriteString(lines)
		for line := range strings.Lines(numbers) {
			n, err := strconv.ParseInt(strings.TrimSuffix(line, "\n"), 10, 64)
			if err != nil {
				return "", nil, errors.Join(changed(s), rows.Close())
			}
			customers = append(customers, n)
		}
	}
	return b.String(), customers, rows.Close()
}

// changed says that the list is not what was frozen.
func changed(s *Stored) error {
	return fault.Coded("draw_changed", fault.Conflictf("the list of the draw %s is not the one that was frozen: somebody changed it in the database; it cannot be drawn", s.Draw.Draw))
}

// weightOf is how many entries a code has on the frozen list; 0: it is not there.
func (s *Stored) weightOf(tx *db.Tx, code string) (int64, error) {
	var lines string
	err := tx.QueryRow("SELECT lines FROM draw_lists WHERE draw = $1 AND first_entry <= $2 ORDER BY first_entry DESC LIMIT 1", s.Draw.Draw, code).Scan(&lines)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	_, rest, there := strings.Cut("\n"+lines, "\nentry "+code+" ")
	if !there {
		return 0, nil
	}
	text, _, _ := strings.Cut(rest, "\n")
	return natural(text)
}
