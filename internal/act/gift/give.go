package gift

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
)

// Lot is what chance made of somebody who qualified.
type Lot string

// The lots. Missed is who was drawn, and could not be given anything.
const (
	Gifted   Lot = "given"
	HeldOut  Lot = "held_out"
	NotDrawn Lot = "not_drawn"
	Missed   Lot = "missed"
)

// lots tells what each of those who qualified is dealt: all are put in the order of a keyed hash of their numbers, the first are
// kept back, the next are given something. Whoever has the seed and the list can do it again.
func lots(seed []byte, qualified []int64, gifts, held int64) map[int64]Lot {
	type dealt struct {
		who int64
		by  string
	}
	all := make([]dealt, 0, len(qualified))
	for _, who := range qualified {
		mac := hmac.New(sha256.New, seed)
		mac.Write([]byte(strconv.FormatInt(who, 10)))
		all = append(all, dealt{who, string(mac.Sum(nil))})
	}
	slices.SortFunc(all, func(a, b dealt) int { return cmp.Compare(a.by, b.by) })
	out := make(map[int64]Lot, len(all))
	for i, one := range all {
		switch at := int64(i); {
		case at < held:
			out[one.who] = HeldOut
		case at < held+gifts:
			out[one.who] = Gifted
		default:
			out[one.who] = NotDrawn
		}
	}
	return out
}

// partOf is how many customers a row of the list holds.
const partOf = 1000

// freeze keeps who qualified, and the seed, unless that was done before.
func (d *Desk) freeze(ctx context.Context, store *db.DB, s *Stored) error {
	all, err := d.qualify(ctx, store, &s.Surprise)
	if err != nil {
		return err
	}
	var seed [32]byte
	_, _ = rand.Read(seed[:]) // it never fails
	gifts, held := s.parts(int64(len(all)))
	return store.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`UPDATE surprises SET state = 'giving', version = version + 1, seed = $1, gifts = $2, held = $3, qualified = $4, frozen_us = $5
			WHERE surprise = $6 AND state = 'planned'`, hex.EncodeToString(seed[:]), gifts, held, len(all), tx.Now, s.Surprise.Surprise)
		if err != nil || n == 0 { // somebody else has frozen it meanwhile, or it was cancelled
			return err
		}
		no := 0
		for part := range slices.Chunk(all, partOf) {
			var b strings.Builder
			for _, who := range part {
				b.WriteString(strconv.FormatInt(who, 10) + "\n")
			}
			no++
			if _, err := tx.Exec("INSERT INTO surprise_lists (surprise, part_no, customers) VALUES ($1, $2, $3)", s.Surprise.Surprise, no, b.String()); err != nil {
				return err
			}
		}
		return nil
	})
}

// frozen is the list as it was frozen.
func (s *Stored) frozen(tx *db.Tx) (all []int64, err error) {
	rows, err := tx.Query("SELECT customers FROM surprise_lists WHERE surprise = $1 ORDER BY part_no", s.Surprise.Surprise)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		for line := range strings.Lines(text) {
			who, err := strconv.ParseInt(strings.TrimSuffix(line, "\n"), 10, 64)
			if err != nil {
				return nil, errors.Join(fmt.Errorf("the list of surprise %s: %w", s.Surprise.Surprise, err), rows.Close())
			}
			all = append(all, who)
		}
	}
	return all, rows.Close()
}

// dealt is the frozen list, and the lot of each.
func (s *Stored) dealt(tx *db.Tx) ([]int64, map[int64]Lot, error) {
	all, err := s.frozen(tx)
	if err != nil {
		return nil, nil, err
	}
	seed, err := hex.DecodeString(s.Seed)
	if err != nil {
		return nil, nil, fmt.Errorf("the seed of surprise %s: %w", s.Surprise.Surprise, err)
	}
	return all, lots(seed, all, s.Chosen, s.Held), nil
}

// Give gives a surprise whose time has come: it freezes who qualifies, where that was not done, and gives to each in a transaction
// of their own. After a stop in between it goes on where it was; by two at once it is given once.
func (d *Desk) Give(ctx context.Context, store *db.DB, key string) error {
	var s Stored
	load := func() error {
		return store.Read(ctx, func(tx *db.Tx) (err error) {
			if s, err = Load(tx, key); err == nil && s.State == Planned && s.Gives.After(tx.Now) {
				err = fault.Coded("surprise_early", fault.Conflictf("the surprise %s is not given before its time", key))
			}
			return err
		})
	}
	if err := load(); err != nil {
		return err
	}
	if s.State == Planned {
		if err := d.freeze(ctx, store, &s); err != nil {
			return err
		}
		if err := load(); err != nil {
			return err
		}
	}
	if s.State != Giving {
		if s.State == Given {
			return nil
		}
		return inState(&s)
	}
	var all []int64
	var dealt map[int64]Lot
	done := map[int64]bool{}
	if err := store.Read(ctx, func(tx *db.Tx) (err error) {
		if all, dealt, err = s.dealt(tx); err != nil {
			return err
		}
		return eachOf(tx, key, func(who int64, _ Lot) { done[who] = true })
	}); err != nil {
		return err
	}
	for _, who := range all {
		if done[who] {
			continue
		}
		if err := d.deal(ctx, store, &s, who, dealt[who]); err != nil {
			return err
		}
	}
	return store.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec("UPDATE surprises SET state = 'given', version = version + 1, ended_us = $1 WHERE surprise = $2 AND state = 'giving'", tx.Now, key)
		if err != nil || n == 0 {
			return err
		}
		return account.Record(tx, account.Entry{Actor: account.System(dueKind), Action: "surprise.given", Target: CauseOf(key), Count: s.Chosen})
	})
}

// deal keeps the lot of a customer, and gives what it says. What cannot be given, because a reward has run out or is not offered
// any more, is kept as missed.
func (d *Desk) deal(ctx context.Context, store *db.DB, s *Stored, who int64, lot Lot) error {
	err := store.Write(ctx, func(tx *db.Tx) error { return d.dealt(tx, s, who, lot) })
	if k := fault.KindOf(err); err != nil && lot == Gifted && (k == fault.Conflict || k == fault.NotFound || k == fault.Invalid) {
		return store.Write(ctx, func(tx *db.Tx) error { return d.dealt(tx, s, who, Missed) })
	}
	return err
}

func (d *Desk) dealt(tx *db.Tx, s *Stored, who int64, lot Lot) error {
	stored, err := customer.Get(tx, who)
	if err != nil {
		return err
	}
	// Who was merged into another since has what that one was dealt: a person is given one.
	if lot == Gifted && (!stored.Erased.IsZero() || stored.Root != who) {
		lot = Missed
	}
	if lot == Gifted && s.Reward != "" {
		offer, err := reward.Load(tx, s.Reward)
		if err != nil {
			return err
		}
		// Of a prize draw that takes no more of somebody nothing can be given, and the others are not to wait for that.
		if err := reward.MayEnter(tx, who, &offer.Reward); fault.KindOf(err) == fault.Conflict {
			lot = Missed
		} else if err != nil {
			return err
		}
	}
	g := Gift{Customer: who, Cause: CauseOf(s.Surprise.Surprise), Occasion: OnSurprise, About: s.Surprise.Surprise, Lot: lot}
	fresh, err := g.claim(tx)
	if err != nil || !fresh || lot != Gifted {
		return err
	}
	result := programme.Result{Rule: s.Surprise.Surprise, Name: s.Name}
	if s.Reward != "" {
		r, err := d.Rewards.Redeem(tx, reward.Wish{Customer: who, Reward: s.Reward, Key: g.Cause, Actor: actor, Gift: true})
		if err != nil {
			return err
		}
		g.Gave, result.Gift = []Gave{{Reward: r.Promise.Name, Redemption: r.ID}}, r.Promise.Name
	} else {
		act := points.Act{Customer: who, Unit: s.Unit, Key: g.Cause, Cause: g.Cause, Actor: actor, Rule: g.Cause}
		if _, err := d.Programme.Ledger.Earn(tx, act, points.Grant{Units: s.Units}); err != nil {
			return err
		}
		g.Gave, result.Unit, result.Units = []Gave{{Unit: s.Unit, Units: s.Units}}, s.Unit, s.Units
	}
	if err := d.Programme.Explain(tx, who, g.Cause, result); err != nil {
		return err
	}
	return g.give(tx)
}

// actor is who gives, in the ledger.
const actor = "surprise"

// OnSurprise is the occasion of surprises, which no rule looks at.
const OnSurprise = "surprise"

// CauseOf is what the ledger calls a surprise.
func CauseOf(key string) string { return programme.ActionCause(OnSurprise, key) }

// eachOf goes through what was dealt so far.
func eachOf(tx *db.Tx, key string, take func(who int64, lot Lot)) error {
	rows, err := tx.Query("SELECT customer_id, state FROM gifts WHERE occasion = 'surprise' AND about = $1", key)
	if err != nil {
		return err
	}
	for rows.Next() {
		var who int64
		var lot string
		if err := rows.Scan(&who, &lot); err != nil {
			return err
		}
		take(who, Lot(lot))
	}
	return rows.Close()
}

// Sums is how many were dealt each lot so far.
func Sums(tx *db.Tx, key string) (map[Lot]int64, error) {
	sums := map[Lot]int64{}
	return sums, eachOf(tx, key, func(_ int64, lot Lot) { sums[lot]++ })
}

func left(tx *db.Tx, key string) (int64, error) {
	r, err := reward.Load(tx, key)
	if err != nil || r.Left == nil {
		return -1, err
	}
	return *r.Left, nil
}

func marshal(g []Gave) (string, error) {
	if g == nil {
		return "[]", nil
	}
	text, err := json.Marshal(g)
	if err != nil {
		return "", fmt.Errorf("write what was given: %w", err)
	}
	return string(text), nil
}
