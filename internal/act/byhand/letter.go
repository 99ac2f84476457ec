package byhand

import (
	"cmp"
	"context"
	"strings"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/base/locale"
	"regulars/internal/record/business"
)

// letterKind is the job that writes to whoever asked what was decided.
const letterKind = "byhand.decided"

// queueLetter has a letter written about a decision: who takes back what they asked for knows it.
func (r *Request) queueLetter(tx *db.Tx) error {
	if r.State != Approved && r.State != Declined {
		return nil
	}
	_, err := job.Add(tx, job.Job{Kind: letterKind, Payload: r.Public(), Key: r.Public()})
	return err
}

// Writer writes to whoever asked what was decided, where there is a mail server.
type Writer struct {
	Store  *db.DB
	Post   account.Post
	Public func() string // the address that links begin with
}

// Job is the kind of job that does it.
func (w *Writer) Job() job.Kind {
	return job.Kind{Name: letterKind, Forget: true, Timeout: time.Minute, Run: func(ctx context.Context, run *job.Run) error {
		var public string
		if err := run.Decode(&public); err != nil {
			return job.Never(err)
		}
		err := w.Write(ctx, public)
		if k := fault.KindOf(err); k == fault.Invalid || k == fault.NotFound {
			return job.Never(err)
		}
		return err
	}}
}

// Write sends the letter about a request. Whoever may not work here any more is sent nothing.
func (w *Writer) Write(ctx context.Context, public string) error {
	var server channel.SMTP
	var letter channel.Mail
	var wanted bool
	if err := w.Store.Read(ctx, func(tx *db.Tx) (err error) {
		if server, wanted, err = w.Post.Server(tx); err != nil || !wanted {
			return err
		}
		r, err := RequestOf(tx, public)
		if err != nil {
			return err
		}
		u, err := account.UserOf(tx, r.Asker)
		if fault.KindOf(err) == fault.NotFound || err == nil && u.State != account.Active {
			wanted = false
			return nil
		}
		if err != nil {
			return err
		}
		letter, err = r.letter(tx, &u, strings.TrimSuffix(w.Public(), "/"))
		return err
	}); err != nil || !wanted {
		return err
	}
	return server.Send(ctx, letter)
}

// letter is what is written, in the language of whoever asked. Whose units they are, and what was said beside, may be of the customer,
// and stands behind the link alone.
func (r *Request) letter(tx *db.Tx, to *account.User, link string) (m channel.Mail, err error) {
	l, err := locale.Get(to.Language)
	if err != nil {
		return m, err
	}
	names, err := account.Names(tx)
	if err != nil {
		return m, err
	}
	b, err := business.Load(tx)
	if err != nil {
		return m, err
	}
	zone := cmp.Or(b.Zone, time.UTC)
	units, key := points.Amount(l, r.Unit, r.Units), "byhand.letter."+string(r.State)
	if r.Units > 0 {
		units = "+" + units
	}
	line := func(text string) string { return strings.Join(strings.Fields(text), " ") } // a name does not look like a paragraph of its own
	text := []string{
		l.T("letter.hello", line(to.Name)), l.T(key, line(cmp.Or(names[r.By], r.By)), l.Date(r.Asked.In(zone)), units), l.T("byhand.letter.see"), link + "/#asked-for",
	}
	return channel.Mail{To: to.Email, Subject: l.T(key+".subject", units, line(cmp.Or(b.Name, "Regulars"))), Text: strings.Join(text, "\n\n") + "\n"}, nil
}
