package account

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/base/locale"
	"regulars/internal/base/secret"
)

const (
	mailKey     = "smtp"
	mailPurpose = "smtp password"
)

// keptServer is how the mail server is kept among the settings.
type keptServer struct {
	channel.SMTP

	Sealed []byte `json:"sealed,omitempty"`
}

// SetMailServer keeps the mail server that letters go by; an empty password leaves the one that is kept.
func SetMailServer(tx *db.Tx, by Actor, box *secret.Box, s channel.SMTP) error {
	if err := by.Require(AccessManage); err != nil {
		return err
	}
	if err := s.Valid(); err != nil {
		return err
	}
	kept := keptServer{SMTP: s}
	if s.Password != "" {
		kept.Sealed = box.Seal([]byte(s.Password), mailPurpose)
	} else if before, known, err := readServer(tx); err != nil {
		return err
	} else if known && before.Host == s.Host { // to another server the password is not sent
		kept.Sealed = before.Sealed
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("write the mail server: %w", err)
	}
	if _, err := tx.Exec(`INSERT INTO settings (key, value, updated_us) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_us = excluded.updated_us`, mailKey, string(text), tx.Now); err != nil {
		return err
	}
	return Record(tx, Entry{Actor: by, Action: "settings.update", Target: mailKey})
}

// MailServer is the server that letters go by; known is false where none was set. Where its password cannot be read the rest
// of it comes with the error, so that it can be entered again.
func MailServer(tx *db.Tx, box *secret.Box) (s channel.SMTP, known bool, err error) {
	kept, known, err := readServer(tx)
	if err != nil || !known || len(kept.Sealed) == 0 {
		return kept.SMTP, known, err
	}
	plain, err := box.Open(kept.Sealed, mailPurpose)
	if err != nil {
		return kept.SMTP, true, fault.Unavailablef("the password of the mail server cannot be read: %w; put the right key file back, or enter it again", err)
	}
	kept.Password = string(plain)
	return kept.SMTP, true, nil
}

func readServer(tx *db.Tx) (kept keptServer, known bool, err error) {
	text, err := setting(tx, mailKey)
	if err != nil || text == "" {
		return kept, false, err
	}
	if err := json.Unmarshal([]byte(text), &kept); err != nil {
		return kept, false, fmt.Errorf("read the mail server: %w", err)
	}
	return kept, true, nil
}

func setting(tx *db.Tx, key string) (value string, err error) {
	err = tx.QueryRow(`SELECT value FROM settings WHERE key = $1`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, err
}

// Post is how letters go.
type Post struct {
	Box *secret.Box
	// Fixed is the mail server where it was named when the program was started; nil: the one among the settings.
	Fixed *channel.SMTP
}

// Server is the mail server; known is false where there is none.
func (p Post) Server(tx *db.Tx) (s channel.SMTP, known bool, err error) {
	if p.Fixed != nil {
		return *p.Fixed, true, nil
	}
	return MailServer(tx, p.Box)
}

// open tells whether letters can be sent at all.
func (p Post) open(tx *db.Tx) (bool, error) {
	if p.Fixed != nil {
		return true, nil
	}
	_, known, err := readServer(tx)
	return known, err
}

// letterKind is the job that sends a link.
const letterKind = "letter"

// sending is what such a job is about. The link itself is made when it is sent: it is nowhere to be read before.
type sending struct {
	Purpose Purpose `json:"purpose"`
	User    string  `json:"user"`
}

// queueLink has a link made and sent to the user, soon.
func queueLink(tx *db.Tx, purpose Purpose, user string) error {
	_, err := job.Add(tx, job.Job{Kind: letterKind, Payload: sending{purpose, user}, Key: string(purpose) + " " + user, Priority: job.High})
	return err
}

// Deliver has a link sent where there is a mail server, and otherwise gives back its token, to be shown to who asked for
// it and handed over in another way.
func (p Post) Deliver(tx *db.Tx, purpose Purpose, user, token string) (show string, err error) {
	open, err := p.open(tx)
	if err != nil || !open {
		return token, err
	}
	return "", queueLink(tx, purpose, user)
}

// Kind is the kind of job that sends links; public tells the address that they begin with.
func (p Post) Kind(d *db.DB, public func() string) job.Kind {
	return job.Kind{Name: letterKind, Forget: true, Timeout: letterTime, Run: func(ctx context.Context, run *job.Run) error {
		var s sending
		if err := run.Decode(&s); err != nil {
			return job.Never(err)
		}
		err := p.SendLink(ctx, d, public(), s.Purpose, s.User)
		if fault.KindOf(err) == fault.Invalid || fault.KindOf(err) == fault.NotFound {
			return job.Never(err)
		}
		return err
	}}
}

// letterTime is how long sending may take.
const letterTime = time.Minute

// LinkPath is where a link of the purpose leads, below the public address.
func LinkPath(purpose Purpose, token string) string { return "/" + string(purpose) + "/" + token }

// SendLink makes a new link for a user and sends it. A user for whom it makes no sense by now is sent nothing. It may be
// called again: a link that was sent before is not good any more then.
func (p Post) SendLink(ctx context.Context, d *db.DB, public string, purpose Purpose, user string) error {
	var server channel.SMTP
	var letter channel.Mail
	var wanted bool
	err := d.Write(ctx, func(tx *db.Tx) error {
		var known bool
		var err error
		if server, known, err = p.Server(tx); err != nil {
			return err
		}
		if !known {
			return fault.Coded("no_mail_server", fault.Unavailablef("no mail server is set; hand the link over in another way"))
		}
		u, err := UserOf(tx, user)
		if err != nil {
			return err
		}
		wanted = u.State == map[Purpose]State{Invitation: Invited, NewSecret: Active}[purpose]
		if !wanted {
			return nil
		}
		business, err := setting(tx, "business_name")
		if err != nil {
			return err
		}
		token, err := newLink(tx, purpose, u.ID)
		if err != nil {
			return err
		}
		letter, err = Letter(purpose, u, business, strings.TrimSuffix(public, "/")+LinkPath(purpose, token))
		return err
	})
	if err != nil || !wanted {
		return err
	}
	return server.Send(ctx, letter)
}

// Letter is what is written to a user with a link, in the user's language.
func Letter(purpose Purpose, u User, business, link string) (channel.Mail, error) {
	l, err := locale.Get(u.Language)
	if err != nil {
		return channel.Mail{}, err
	}
	if business = oneLine(business); business == "" {
		business = "Regulars"
	}
	key := "letter." + string(purpose)
	text := []string{
		l.T("letter.hello", oneLine(u.Name)), l.T(key+".text", business), link, l.T(key + ".until"), l.T(key + ".otherwise"),
	}
	return channel.Mail{To: u.Email, Subject: l.T(key+".subject", business), Text: strings.Join(text, "\n\n") + "\n"}, nil
}

// oneLine keeps a name from looking like a paragraph of its own.
func oneLine(name string) string { return strings.Join(strings.Fields(name), " ") }
