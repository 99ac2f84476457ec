package reward

import (
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Place is where a page of those who took a reward ends; the zero value is before the newest.
type Place struct {
	Opened time.Time
	ID     int64
}

// Place is where a redemption stands among those of its reward.
func (r *Redemption) Place() Place { return Place{r.Opened, r.ID} }

// Taken lists the redemptions of a reward, the newest first, from behind a place on.
func Taken(tx *db.Tx, name string, after Place, limit int) (found []Redemption, err error) {
	where, args := " WHERE reward = $1", []any{name, limit}
	if after != (Place{}) {
		where += " AND (opened_us, redemption_id) < ($3, $4)"
		args = append(args, after.Opened, after.ID)
	}
	return redemptions(tx, where+" ORDER BY opened_us DESC, redemption_id DESC LIMIT $2", args...)
}

// UsedAt is when those of a page of Taken were used that were, by their ids.
func UsedAt(tx *db.Tx, name string, page []Redemption) (map[int64]time.Time, error) {
	all := map[int64]time.Time{}
	if len(page) == 0 {
		return all, nil
	}
	rows, err := tx.Query(`SELECT m.redemption_id, max(m.at_us) FROM redemptions r
		JOIN redemption_moves m ON m.customer_id = r.customer_id AND m.redemption_id = r.redemption_id AND m.state = 'used'
		WHERE r.reward = $1 AND r.state = 'used' AND r.opened_us BETWEEN $2 AND $3 GROUP BY m.redemption_id`, name, page[len(page)-1].Opened, page[0].Opened)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var id int64
		var at time.Time
		if err := rows.Scan(&id, &at); err != nil {
			return nil, err
		}
		all[id] = at
	}
	return all, rows.Close()
}

// Tally is how many of a reward were taken, those given back apart, and how many of these were used.
type Tally struct{ Taken, Used int64 }

// Tallies counts, reward by reward, what was taken since a moment of the rewards from one name to another; what of it was given
// back, or never issued, is left out.
func Tallies(tx *db.Tx, since time.Time, from, to string) (map[string]Tally, error) {
	rows, err := tx.Query(`SELECT r.reward, count(*), count(CASE WHEN r.state = 'used' THEN 1 END) FROM rewards w
		JOIN redemptions r ON r.reward = w.reward AND r.opened_us >= $1 AND r.state IN ('issued', 'used')
		WHERE w.reward BETWEEN $2 AND $3 GROUP BY r.reward`, since, from, to)
	if err != nil {
		return nil, err
	}
	all := map[string]Tally{}
	for rows.Next() {
		var name string
		var one Tally
		if err := rows.Scan(&name, &one.Taken, &one.Used); err != nil {
			return nil, err
		}
		all[name] = one
	}
	return all, rows.Close()
}

// States counts the redemptions of a reward by how they stand.
func States(tx *db.Tx, name string) (map[State]int64, error) {
	counted, err := tx.Numbers("SELECT state, count(*) FROM redemptions WHERE reward = $1 GROUP BY state", name)
	all := map[State]int64{}
	for state, n := range counted {
		all[State(state)] = n
	}
	return all, err
}

// Lock keeps others from taking or changing a reward until the transaction is over.
func Lock(tx *db.Tx, name string) error {
	_, err := tx.Exec("UPDATE rewards SET updated_us = updated_us WHERE reward = $1", name)
	return err
}

// LeftNow is how many are left of a reward that takes the place of the one that is kept, which may be none: as many, and at an event
// so many more or fewer as it has places. Nobody takes one until the transaction is over, or it would be there again.
func (r *Reward) LeftNow(tx *db.Tx) (*int64, error) {
	if err := Lock(tx, r.Reward); err != nil {
		return nil, err
	}
	old, err := Load(tx, r.Reward)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	now, err := r.Event()
	if err != nil || now.Places == 0 {
		return old.Left, err
	}
	before, err := old.Event()
	if err != nil {
		return nil, err
	}
	if old.Left != nil && before.Places == 0 {
		return old.Left, nil // counted by hand
	}
	var left int64
	if old.Left != nil {
		left = *old.Left + now.Places - before.Places
	} else {
		states, err := States(tx, r.Reward)
		if err != nil {
			return nil, err
		}
		left = now.Places - states[Held] - states[Issued] - states[Used]
	}
	left = max(0, left)
	return &left, nil
}

// Restock says how many of a reward are left from now on, nil: as many as are asked for, where unchanged finds it as it was when
// that was decided. Nobody takes one between the two.
func Restock(tx *db.Tx, name string, left *int64, unchanged func(s *Stored) error) (Stored, error) {
	if err := Lock(tx, name); err != nil {
		return Stored{}, err
	}
	s, err := Load(tx, name)
	if err != nil {
		return s, err
	}
	if s.Archived { // saving it would offer it again
		return s, fault.Coded("reward_closed", fault.Conflictf("%s is not offered any more", s.Name))
	}
	if err := unchanged(&s); err != nil {
		return s, err
	}
	return Save(tx, s.Reward, left, s.Version)
}

// Remaining is how many can still be had: of what is left, and of the codes of a pool, the fewer; bounded is false where there are
// as many as are asked for.
func (s *Stored) Remaining() (n int64, bounded bool) {
	if s.Left != nil {
		n, bounded = *s.Left, true
	}
	if s.Coding.Kind == Pool && (!bounded || s.PoolLeft < n) {
		n, bounded = s.PoolLeft, true
	}
	return n, bounded
}

// TallyAll counts what was taken of all rewards since a moment, as Tallies does.
func TallyAll(tx *db.Tx, since time.Time) (t Tally, err error) {
	err = tx.QueryRow(`SELECT count(*), count(CASE WHEN r.state = 'used' THEN 1 END) FROM rewards w
		JOIN redemptions r ON r.reward = w.reward AND r.opened_us >= $1 AND r.state IN ('issued', 'used')`, since).Scan(&t.Taken, &t.Used)
	return t, err
}
