package account_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/channel"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/base/job/jobtest"
	"regulars/internal/base/locale"
)

var linkForm = regexp.MustCompile(`https://loyalty\.example\.com/(invitation|password)/([0-9A-Za-z]{32})\b`)

func TestALinkIsSentInTheLanguageOfTheUser(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p, settings := channeltest.Serve(t)
		migrated(t, d)
		boss := setUp(t, d)
		var ann account.User
		var shown string
		must(t, d, func(tx *db.Tx) (err error) {
			ann, shown, err = account.Invite(tx, boss.Actor(), account.NewUser{Email: "ann@example.com", Name: "Άννα", Role: account.Agent, Language: "el"})
			return err
		})
		send := func(purpose account.Purpose) error {
			return post.SendLink(t.Context(), d, "https://loyalty.example.com/", purpose, ann.ID)
		}
		refused(t, send(account.Invitation), fault.Unavailable, "no_mail_server")
		fixed := account.Post{Box: box, Fixed: &settings}
		if err := fixed.SendLink(t.Context(), d, "https://loyalty.example.com", account.Invitation, ann.ID); err != nil || len(p.Letters()) != 1 {
			t.Errorf("a server that was named at the start sent %d letters: %v", len(p.Letters()), err)
		}
		must(t, d, func(tx *db.Tx) error { return account.SetMailServer(tx, boss.Actor(), box, settings) })
		if err := send(account.Invitation); err != nil {
			t.Fatal(err)
		}
		if err := send(account.NewSecret); err != nil || len(p.Letters()) != 2 {
			t.Fatalf("%d letters, and one about a password that there is not yet: %v", len(p.Letters()), err)
		}
		text := p.Letters()[1].Text
		found := linkForm.FindStringSubmatch(text)
		if found == nil || !strings.Contains(text, "Γεια σας Άννα,") || found[1] != "invitation" {
			t.Fatal(text)
		}
		for token, want := range map[string]string{shown: "link_used", found[2]: ""} {
			err := write(t, d, func(tx *db.Tx) error { _, err := account.LinkOf(tx, account.Invitation, token); return err })
			if code(err) != want {
				t.Errorf("%v, want %q", err, want)
			}
		}
	})
}

// work runs jobs until the test ends.
func work(t *testing.T, d *db.DB) {
	t.Helper()
	public := func() string { return "https://loyalty.example.com" }
	jobtest.Run(t, d, []job.Kind{post.Kind(d, public)}, job.Options{Poll: 20 * time.Millisecond})
}

// idle waits until no letter is being sent.
func idle(t *testing.T, d *db.DB) {
	t.Helper()
	for left := 1; left > 0; {
		must(t, d, func(tx *db.Tx) error {
			return tx.QueryRow("SELECT count(*) FROM jobs WHERE kind = 'letter'").Scan(&left)
		})
	}
}

func TestALinkGoesByMailOrByHand(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *street) {
		p, settings := channeltest.Serve(t)
		forgot := func(email string) {
			t.Helper()
			if err := s.Forgot(t.Context(), email, crook); err != nil {
				t.Fatal(err)
			}
		}
		deliver := func() (shown string) {
			t.Helper()
			must(t, s.d, func(tx *db.Tx) (err error) {
				shown, err = post.Deliver(tx, account.NewSecret, s.boss.ID, "token")
				return err
			})
			return shown
		}
		forgot("olga@example.com")
		if shown := deliver(); shown != "token" {
			t.Errorf("without a mail server the owner sees %q", shown)
		}
		must(t, s.d, func(tx *db.Tx) error { return account.SetMailServer(tx, s.boss.Actor(), box, settings) })
		work(t, s.d)
		if shown := deliver(); shown != "" {
			t.Errorf("with a mail server the owner sees %q", shown)
		}
		p.Wait(t, 1)
		idle(t, s.d) // while a letter of the kind is being sent to somebody, another one is that one
		forgot("nobody@example.com")
		forgot(" Olga@example.com")
		letters := p.Wait(t, 2)
		if len(letters) != 2 || letters[1].To != "olga@example.com" {
			t.Errorf("%d letters: %q", len(letters), letters)
		}
		forgot("olga@example.com")
		forgot("olga@example.com")
		refused(t, s.Forgot(t.Context(), "olga@example.com", crook), fault.Unavailable, "too_many_tries")
		refused(t, s.Forgot(t.Context(), "olga", crook), fault.Invalid, "no_email")
	})
}

func TestThePasswordOfTheMailServerIsSealed(t *testing.T) {
	t.Parallel()
	d := migrated(t, dbtest.Open(t, dbtest.SQLite(t)))
	set := func(s channel.SMTP) error {
		return write(t, d, func(tx *db.Tx) error { return account.SetMailServer(tx, owner, box, s) })
	}
	s := channel.SMTP{Host: "mail.example.com", Security: channel.StartTLS, User: "shop", Password: "s3cret", From: "shop@example.com"}
	kept := func() (got channel.SMTP) {
		t.Helper()
		must(t, d, func(tx *db.Tx) error {
			var text string
			if err := tx.QueryRow("SELECT value FROM settings WHERE key = 'smtp'").Scan(&text); err != nil || strings.Contains(text, "s3cret") {
				t.Errorf("kept as %s (%v)", text, err)
			}
			var known bool
			var err error
			got, known, err = account.MailServer(tx, box)
			if !known {
				t.Error("it is not there")
			}
			return err
		})
		return got
	}
	if err := set(s); err != nil || kept().Password != "s3cret" {
		t.Fatal(err)
	}
	s.Password, s.Port = "", 2525
	if err := set(s); err != nil || kept().Password != "s3cret" || kept().Port != 2525 {
		t.Errorf("changed without the password, it is lost: %v", err)
	}
	s.Host = "evil.example.com"
	if err := set(s); err != nil || kept().Password != "" {
		t.Errorf("the password goes to another server: %v", err)
	}
	refused(t, write(t, d, func(tx *db.Tx) error { return account.SetMailServer(tx, account.Actor{}, box, s) }), fault.Unknown, "not_signed_in")
}

func TestLettersInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, language := range locale.Tags() {
		for _, purpose := range []account.Purpose{account.Invitation, account.NewSecret} {
			u := account.User{Name: "Ann\nClick here", Email: "ann@example.com", Language: language}
			m, err := account.Letter(purpose, u, "Café", "https://x.example/abc")
			if err != nil || !strings.Contains(m.Text, "\n\nhttps://x.example/abc\n\n") || !strings.Contains(m.Subject, "Café") ||
				strings.ContainsAny(m.Subject+m.Text, "⟦{") || strings.Contains(m.Text, "\nClick") {
				t.Errorf("%s %s: %q, %v", language, purpose, m, err)
			}
		}
	}
}
