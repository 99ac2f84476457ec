package console

import (
	"database/sql"
	"errors"

	"regulars/internal/act/member"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/goal"
	"regulars/internal/record/business"
)

// step is one of those by which a business begins.
type step struct {
	To, Name, Says string
	Done           bool
}

// begun is the setting by which somebody has put the list of steps away.
const begun = "begun"

// begins is the list of steps on Home, for who may do them; nothing once all are done or somebody has put it away, and for a
// sample, which has no beginning.
func (v *visit) begins(by account.Actor) (steps []step, err error) {
	if !by.May(account.SettingsWrite) {
		return nil, nil
	}
	all := []step{{To: "/business", Name: "business"}, {To: "/data", Name: "orders"}, {To: "/measures", Name: "goal"}, {To: "/programme", Name: "programme"}, {To: "/member-pages", Name: "members"}, {To: "/users", Name: "people"}}
	away, left := false, 0
	err = v.read(func(tx *db.Tx) error {
		away, left = false, 0
		b, err := business.Load(tx)
		if err != nil || b.Sample {
			away = true
			return err
		}
		var text string
		switch err := tx.QueryRow("SELECT value FROM settings WHERE key = $1", begun).Scan(&text); {
		case err == nil:
			away = true
			return nil
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		all[0].Done = b.Name != "" && b.Zone != nil && b.Currency != ""
		if err := tx.QueryRow("SELECT EXISTS (SELECT 1 FROM orders)").Scan(&all[1].Done); err != nil {
			return err
		}
		goals, err := goal.All(tx)
		if err != nil {
			return err
		}
		all[2].Done = len(goals) > 0
		if _, err = programme.InForce(tx); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		all[3].Done = err == nil
		users, err := account.Users(tx)
		if err != nil {
			return err
		}
		all[5].Done = len(users) > 1
		pages, err := member.Load(tx)
		all[4].Done = pages.Open
		return err
	})
	if err != nil || away {
		return nil, err
	}
	for i := range all {
		s := &all[i]
		s.Name, s.Says = v.l.T("begin."+s.Name), v.l.T("begin."+s.Name+".says")
		if !s.Done {
			left++
		}
	}
	if left == 0 {
		return nil, nil
	}
	return all, nil
}

// putAway has the list of steps not shown any more, to anybody.
func (v *visit) putAway() error {
	return v.allowed(account.SettingsWrite, func(by account.Actor) error {
		err := v.write(func(tx *db.Tx) error {
			if _, err := tx.Exec(`INSERT INTO settings (key, value, updated_us) VALUES ($1, $2, $3)
				ON CONFLICT (key) DO NOTHING`, begun, "yes", tx.Now); err != nil {
				return err
			}
			return account.Record(tx, account.Entry{Actor: by, Action: "begin.put_away", Target: "business", Count: 1, Request: by.Request})
		})
		if err != nil {
			return err
		}
		return v.leave("/")
	})
}
