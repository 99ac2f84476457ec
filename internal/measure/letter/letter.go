// Package letter sends the loyalty picture by mail to those who want it: each week, each month, or when something really
// changed.
//
// What always holds: nobody gets a letter who did not ask for it, may not see measures any more, or cannot sign in any more;
// a letter goes once, however often its job is run; of a change is told once, as long as it stays the same change.
//
// It computes no figures: it is handed the picture.
package letter

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/base/locale"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/report"
	"regulars/internal/record/business"
)

// Letter is one that somebody may want.
type Letter string

// The letters.
const (
	Weekly  Letter = "weekly"  // the picture, on Mondays
	Monthly Letter = "monthly" // the picture, on the first of the month
	Changes Letter = "changes" // when a headline measure really changed
)

// Letters lists them.
func Letters() []Letter { return []Letter{Weekly, Monthly, Changes} }

// Chosen are the letters that somebody wants.
func Chosen(tx *db.Tx, user string) (all []Letter, err error) {
	rows, err := tx.Query("SELECT letter FROM letter_choices WHERE user_id = $1 ORDER BY letter", user)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		all = append(all, Letter(text))
	}
	return all, rows.Close()
}

// Choose says which letters somebody wants, and no others.
func Choose(tx *db.Tx, user string, wanted []Letter) error {
	if _, err := tx.Exec("DELETE FROM letter_choices WHERE user_id = $1", user); err != nil {
		return err
	}
	for i, l := range wanted {
		if !slices.Contains(Letters(), l) || slices.Contains(wanted[:i], l) {
			return fault.In("letters", fault.Invalidf("%q is no letter, or is there twice; they are weekly, monthly and changes", string(l)))
		}
		if _, err := tx.Exec("INSERT INTO letter_choices (user_id, letter) VALUES ($1, $2)", user, string(l)); err != nil {
			return err
		}
	}
	return nil
}

// Sender sends letters.
type Sender struct {
	Store  *db.DB
	Post   account.Post
	Public func() string // the address that links begin with
	// Draw draws the picture of the facts as they are now.
	Draw func(context.Context) (*report.Picture, error)
}

// sendKind is the job that sends one letter. Those that see who is to get what are called like the letters.
const sendKind = "letter.send"

func (l Letter) kind() string { return "letter." + string(l) }

// errand is one letter to one person.
type errand struct {
	Letter Letter   `json:"letter"`
	User   string   `json:"user"`
	About  []string `json:"about,omitempty"` // measures that changed
}

// Kinds are the jobs.
func (s *Sender) Kinds() []job.Kind {
	const patience = 15 * time.Minute // on ten million orders
	kinds := []job.Kind{{Name: sendKind, Everywhere: 1, Timeout: patience, Forget: true, Run: func(ctx context.Context, run *job.Run) error {
		var e errand
		if err := run.Decode(&e); err != nil {
			return job.Never(err)
		}
		err := s.send(ctx, e)
		if fault.KindOf(err) == fault.Invalid {
			return job.Never(err)
		}
		return err
	}}}
	for _, l := range Letters() {
		kinds = append(kinds, job.Kind{Name: l.kind(), Everywhere: 1, Timeout: patience, Forget: true, Run: func(ctx context.Context, _ *job.Run) error { return s.Round(ctx, l) }})
	}
	return kinds
}

// The hour at which letters go, on the clocks of the business.
const hour, minute = 7, 30

// Schedules say when.
func Schedules() []job.Schedule {
	schedule := func(l Letter, spec job.Spec) job.Schedule {
		return job.Schedule{Name: l.kind(), Kind: l.kind(), Spec: spec}
	}
	return []job.Schedule{
		schedule(Weekly, job.Weekly(time.Monday, hour, minute)), schedule(Monthly, job.Monthly(1, hour, minute)), schedule(Changes, job.Daily(hour, minute)),
	}
}

// readers are who wants a letter, and may have it.
func readers(tx *db.Tx, which Letter) (all []account.User, err error) {
	rows, err := tx.Query("SELECT user_id FROM letter_choices WHERE letter = $1 ORDER BY user_id", string(which))
	if err != nil {
		return nil, err
	}
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	for _, id := range ids {
		u, err := account.UserOf(tx, id)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if u.State == account.Active && u.Actor().May(account.MeasuresRead) {
			all = append(all, u)
		}
	}
	return all, nil
}

// Round has a letter sent to everybody who wants it. That of changes goes only when there is one that was not told.
func (s *Sender) Round(ctx context.Context, which Letter) error {
	var wanted bool
	if err := s.Store.Read(ctx, func(tx *db.Tx) error {
		all, err := readers(tx, which)
		wanted = len(all) > 0
		return err
	}); err != nil || !wanted {
		return err
	}
	var p *report.Picture
	if which == Changes {
		var err error
		if p, err = s.Draw(ctx); err != nil {
			return err
		}
	}
	return s.Store.Write(ctx, func(tx *db.Tx) error {
		var about []string
		if p != nil {
			var err error
			if about, err = news(tx, p.Measures); err != nil || len(about) == 0 {
				return err
			}
		}
		all, err := readers(tx, which)
		if err != nil {
			return err
		}
		for _, u := range all {
			if _, err := job.Add(tx, job.Job{Kind: sendKind, Payload: errand{which, u.ID, about}}); err != nil {
				return err
			}
		}
		return nil
	})
}

// forgets is after how long a change that stayed is told anew.
const forgets = 90 * 24 * time.Hour

// news are the headline measures that really changed and of whose change nobody was told, and notes that they are told now.
// One that is noise by now keeps what was told of it: a figure on the edge would be told of every other day.
func news(tx *db.Tx, measures []metric.Measure) (keys []string, err error) {
	for i := range measures {
		m := &measures[i]
		if m.Verdict != metric.Real || m.Change == nil || !slices.Contains(report.Headline(), m.Key) {
			continue
		}
		direction := int64(1)
		if m.Change.Difference < 0 {
			direction = -1
		}
		n, err := tx.Exec(`INSERT INTO letter_told (measure, direction, told_us) VALUES ($1, $2, $3)
			ON CONFLICT (measure) DO UPDATE SET direction = excluded.direction, told_us = excluded.told_us
			WHERE letter_told.direction <> excluded.direction OR letter_told.told_us < $4`, m.Key, direction, tx.Now, tx.Now.Add(-forgets))
		if err != nil {
			return nil, err
		}
		if n > 0 {
			keys = append(keys, m.Key)
		}
	}
	return keys, nil
}

// send sends one letter. Who wants it no more by now gets none.
func (s *Sender) send(ctx context.Context, e errand) error {
	var to *account.User
	var server channel.SMTP
	var b business.Business
	if err := s.Store.Read(ctx, func(tx *db.Tx) error {
		to = nil
		all, err := readers(tx, e.Letter)
		if err != nil {
			return err
		}
		for i := range all {
			if all[i].ID == e.User {
				to = &all[i]
			}
		}
		if b, err = business.Load(tx); err != nil || to == nil {
			return err
		}
		var known bool
		if server, known, err = s.Post.Server(tx); err == nil && !known {
			err = fault.Coded("no_mail_server", fault.Unavailablef("no mail server is set up, so letters cannot go"))
		}
		return err
	}); err != nil || to == nil {
		return err
	}
	p, err := s.Draw(ctx)
	if err != nil {
		return err
	}
	if p.Facts.Orders == 0 && p.Facts.Answers == 0 {
		return nil // there is nothing to say yet
	}
	l, err := locale.Get(to.Language)
	if err != nil {
		return err
	}
	public := strings.TrimSuffix(s.Public(), "/")
	m, err := report.Letter(p, l, b.Name, public+"/picture", public+"/letters")
	if err != nil {
		return fmt.Errorf("write a letter: %w", err)
	}
	if len(e.About) > 0 {
		var names []string
		for _, key := range e.About {
			names = append(names, l.T("measure."+key+".name"))
		}
		m.Subject = l.T("letters.changed", b.Name, strings.Join(names, ", "))
	}
	m.To = to.Email
	return server.Send(ctx, m)
}
