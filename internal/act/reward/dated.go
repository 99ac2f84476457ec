package reward

import (
	"encoding/json"
	"fmt"
	"time"
)

// Dated tells whether a kind of reward is good to a day of its own, whatever a reward says of days: an event to its day, early
// access to its end, entries to the close of their draw.
func (k Kind) Dated() bool { return k == Occasion || k == EarlyAccess || k == Draw }

// Event is when and where the event of a reward is, and for how many, 0: as many as ask; of another kind it is empty.
type Event struct {
	Begins time.Time `json:"begins_at"`
	Place  string    `json:"place"`
	Places int64     `json:"places"`
}

// Event is the one that a reward is a place at.
func (r *Reward) Event() (e Event, err error) {
	if r.Kind == Occasion {
		err = r.read(&e)
	}
	return e, err
}

// Window is when somebody with early access buys, and what.
type Window struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	What  string    `json:"what"`
}

// Window is the one of a reward; of another kind it is empty.
func (r *Reward) Window() (w Window, err error) {
	if r.Kind == EarlyAccess {
		err = r.read(&w)
	}
	return w, err
}

// Entries are how many entries a reward is, and in which prize draw; of another kind there are none.
func (r *Reward) Entries() (key string, n int64, err error) {
	if r.Kind != Draw {
		return "", 0, nil
	}
	var e entries
	err = r.read(&e)
	return e.Draw, max(e.Entries, 1), err
}

func (r *Reward) read(to any) error {
	if err := json.Unmarshal(r.Terms, to); err != nil {
		return fmt.Errorf("the terms of reward %s: %w", r.Reward, err)
	}
	return nil
}

// over is from when on a reward is nothing any more, because the event has begun, or the window is closed; zero: never.
func (r *Reward) over() (time.Time, error) {
	e, err := r.Event()
	if err != nil {
		return time.Time{}, err
	}
	w, err := r.Window()
	if w.Until.IsZero() {
		return e.Begins, err
	}
	return w.Until, err
}

// Past tells whether it is nothing any more for anybody.
func (r *Reward) Past(now time.Time) bool {
	at, err := r.over()
	return err == nil && !at.IsZero() && !now.Before(at)
}

// goodTo is when what is promised runs out because of what it is. Who came to an event may be written down the day after.
func (r *Reward) goodTo(zone *time.Location) (time.Time, error) {
	at, err := r.over()
	if err == nil && r.Kind == Occasion {
		y, m, day := at.In(zone).Date()
		at = time.Date(y, m, day+2, 0, 0, 0, 0, zone).UTC()
	}
	return at, err
}
