package account

import (
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// SignedIn is a browser in which a user has signed in.
type SignedIn struct {
	ID      string // ses_...
	Agent   string // what the browser calls itself
	Began   time.Time
	Seen    time.Time // to the minute
	Expires time.Time // at the latest
}

// Sessions lists where the user is signed in, the last one seen first.
func Sessions(tx *db.Tx, user string) (list []SignedIn, err error) {
	rows, err := tx.Query(`SELECT session_id, agent, created_us, seen_us, expires_us FROM sessions
		WHERE user_id = $1 AND NOT ended AND expires_us > $2 ORDER BY seen_us DESC, session_id`, user, tx.Now)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var s SignedIn
		if err := rows.Scan(&s.ID, &s.Agent, &s.Began, &s.Seen, &s.Expires); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Close()
}

// EndSession signs the actor out of one of their own sessions.
func EndSession(tx *db.Tx, by Actor, id string) error {
	n, err := tx.Exec(`UPDATE sessions SET ended = TRUE WHERE session_id = $1 AND user_id = $2 AND NOT ended`, id, by.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.Coded("not_found", fault.NotFoundf("you have no session %.40s; it may be over", id))
	}
	return Record(tx, Entry{Actor: by, Action: "session.end", Target: id})
}

// EndSessions signs a user out everywhere: themselves, or by somebody who manages users.
func EndSessions(tx *db.Tx, by Actor, user string) error {
	if by.Kind != Person || by.ID != user {
		if _, err := managed(tx, by, user); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE users SET stamp = stamp + 1 WHERE user_id = $1`, user); err != nil {
		return err
	}
	if err := endSessions(tx, user); err != nil {
		return err
	}
	return Record(tx, Entry{Actor: by, Action: "session.end_all", Target: user})
}

// endSessions is for what changed the user's stamp: with that they are over already, and here they go from the list.
func endSessions(tx *db.Tx, user string) error {
	_, err := tx.Exec(`UPDATE sessions SET ended = TRUE WHERE user_id = $1 AND NOT ended`, user)
	return err
}

// NewSessionID is the id under which a session is listed. It lets nobody in.
func NewSessionID(now time.Time) string { return newID("ses", now) }
