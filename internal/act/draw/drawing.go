package draw

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"regulars/internal/act/member"
	"regulars/internal/act/notice"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/base/secret"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

// Held is a winner as the business knows them.
type Held struct {
	Winner

	Customer int64 // who was on the list
}

// Draw draws the winners of a frozen list, and reveals the seed. Drawn again, or by two at once, it is the same.
func (d *Desk) Draw(ctx context.Context, store *db.DB, key string, record func(tx *db.Tx) error) (s Stored, err error) {
	err = store.Write(ctx, func(tx *db.Tx) error {
		if s, err = Load(tx, key); err != nil || s.State == Drawn {
			return err
		}
		if s.State != Frozen {
			return inState(&s)
		}
		winners, seed, err := d.winners(tx, &s)
		if err != nil {
			return err
		}
		n, err := tx.Exec("UPDATE draws SET state = 'drawn', version = version + 1, seed = $1, ended_us = $2 WHERE draw = $3 AND state = 'frozen'", seed, tx.Now, key)
		if err == nil && n == 0 {
			err = db.ErrRestart // at the same time
		}
		if err != nil {
			return err
		}
		var args []any
		for _, w := range winners {
			args = append(args, key, w.Place, w.Prize, w.Entry, w.Customer)
		}
		if _, err := insertWinners.Exec(tx, args); err != nil {
			return err
		}
		if err := record(tx); err != nil {
			return err
		}
		if s, err = Load(tx, key); err != nil {
			return err
		}
		if err := d.tell(tx, DrawnTold, &s); err != nil {
			return err
		}
		for _, w := range winners {
			if err := notice.Tell(tx, w.Customer, noticeKind, key); err != nil {
				return err
			}
		}
		return d.tellWinners(tx, &s, winners)
	})
	return s, err
}

var insertWinners = db.NewInsert("INSERT INTO draw_winners (draw, place, prize, entry, customer_id)", 5, "")

// winners works out who wins, from nothing but the seed that was committed to and the list that was frozen.
func (d *Desk) winners(tx *db.Tx, s *Stored) ([]Held, string, error) {
	seed, err := d.unseal(s.sealedSeed, seedPurpose(s.Draw.Draw))
	if err != nil {
		return nil, "", err
	}
	text, customers, err := s.list(tx)
	if err != nil {
		return nil, "", err
	}
	sheet, err := ParseSheet(text)
	if err != nil || Hash([]byte(text)) != s.ListHash || Hash(seed) != s.Commitment || len(customers) != len(sheet.Entries) {
		return nil, "", changed(s)
	}
	var all []Held
	for _, w := range sheet.Winners(seed) {
		at, _ := slices.BinarySearchFunc(sheet.Entries, w.Entry, func(e Entry, code string) int { return strings.Compare(e.Code, code) })
		all = append(all, Held{w, customers[at]})
	}
	return all, hex.EncodeToString(seed), nil
}

// Winners lists who won a draw, by place.
func Winners(tx *db.Tx, key string) (all []Held, err error) {
	rows, err := tx.Query("SELECT place, prize, entry, customer_id FROM draw_winners WHERE draw = $1 ORDER BY place", key)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var h Held
		if err := rows.Scan(&h.Place, &h.Prize, &h.Entry, &h.Customer); err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, rows.Close()
}

// Own is how a person stands in a draw.
type Own struct {
	Draw   string `json:"draw"`
	Name   string `json:"name"`
	State  State  `json:"state"`
	Free   int64  `json:"free,omitempty"`
	Bought int64  `json:"bought,omitempty"`
	Earned int64  `json:"earned,omitempty"` // so far, or as they were counted
	Rules  int64  `json:"by_rules,omitempty"`
	// Entries is what they are on the list; empty until it is frozen, or where they are not there.
	Entries []Entry  `json:"entries,omitempty"`
	Won     []Winner `json:"won,omitempty"`

	translations locale.Translations
}

// In is how they stand as it is told in a language.
func (o *Own) In(l *locale.Locale) *Own {
	told := *o
	told.Name, told.Won = o.translations.In(l, o.Name), slices.Clone(o.Won)
	for i := range told.Won {
		told.Won[i].Prize = o.translations.In(l, told.Won[i].Prize)
	}
	return &told
}

// Any tells whether they take part.
func (o *Own) Any() bool { return o.Free+o.Bought+o.Earned+o.Rules > 0 || len(o.Entries) > 0 }

// Weight is with how many entries they are on the list.
func (o *Own) Weight() (sum int64) {
	for _, e := range o.Entries {
		sum += e.Weight
	}
	return sum
}

// Of tells how a person, who is known by the numbers, the root first, stands in a draw.
func (d *Desk) Of(tx *db.Tx, s *Stored, members []int64) (o Own, err error) {
	o = Own{Draw: s.Draw.Draw, Name: s.Name, State: s.State, translations: s.Translations}
	h, err := entered(tx, s.Draw.Draw, members)
	if err != nil {
		return o, err
	}
	o.Free, o.Bought = h.Free, h.Bought
	if s.Rules != nil {
		if err := awarded(tx, s.Draw.Draw, members, func(_, entries int64) { o.Rules += entries }); err != nil {
			return o, err
		}
		o.Rules = min(o.Rules, s.Rules.Most)
	}
	frozen := s.State == Frozen || s.State == Drawn || s.State == Cancelled && s.ListHash != ""
	if !frozen {
		if s.Earned != nil && s.State != Cancelled {
			o.Earned, err = s.earnedBy(tx, members)
		}
		return o, err
	}
	salt, err := d.Box.Open(s.sealedSalt, saltPurpose(s.Draw.Draw))
	if errors.Is(err, secret.ErrOther) { // with another key file nobody can tell which entry is whose; all else can be told
		return o, nil
	}
	if err != nil {
		return o, err
	}
	for _, number := range members { // of who was merged since, each number may be there
		e := Entry{Code: code(salt, number)}
		if e.Weight, err = s.weightOf(tx, e.Code); err != nil {
			return o, err
		}
		if e.Weight > 0 {
			o.Entries = append(o.Entries, e)
		}
	}
	if s.Earned != nil {
		o.Earned = max(0, o.Weight()-o.Free-o.Bought-o.Rules)
	}
	if s.State != Drawn || len(o.Entries) == 0 {
		return o, nil
	}
	for _, e := range o.Entries {
		var w Winner
		rows, err := tx.Query("SELECT place, prize, entry FROM draw_winners WHERE draw = $1 AND entry = $2", s.Draw.Draw, e.Code)
		if err != nil {
			return o, err
		}
		for rows.Next() {
			if err := rows.Scan(&w.Place, &w.Prize, &w.Entry); err != nil {
				return o, err
			}
			o.Won = append(o.Won, w)
		}
		if err := rows.Close(); err != nil {
			return o, err
		}
	}
	return o, nil
}

// OfAll tells how a person stands in every draw that they take part in, those that close last first.
func (d *Desk) OfAll(tx *db.Tx, root int64) (all []Own, err error) {
	members, err := customer.Members(tx, root)
	if err != nil {
		return nil, err
	}
	after, closes := "", int64(0)
	for {
		found, err := List(tx, false, closes, after, batch)
		if err != nil {
			return nil, err
		}
		for i := range found {
			o, err := d.Of(tx, &found[i], members)
			if err != nil {
				return nil, err
			}
			if o.Any() {
				all = append(all, o)
			}
		}
		if len(found) < batch {
			return all, nil
		}
		last := &found[len(found)-1]
		after, closes = last.Draw.Draw, last.Closes.UnixMicro()
	}
}

// earnedBy is how many entries the orders of a person have earned so far.
func (s *Stored) earnedBy(tx *db.Tx, members []int64) (entries int64, err error) {
	_, joined, err := member.Of(tx, members)
	if err != nil {
		return 0, err
	}
	if !joined {
		if earned, err := points.EverEarned(tx, members); err != nil || !earned {
			return 0, err
		}
	}
	err = order.CountWorth(tx, members, s.Opens.UnixMicro(), s.Closes.UnixMicro(), s.Earned.MinimumMinor, func(_, n int64) error {
		entries += n
		return nil
	})
	return min(entries, s.Earned.Most), err
}
