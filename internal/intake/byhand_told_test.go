package intake_test

import (
	"strings"
	"testing"

	"regulars/internal/act/byhand"
	"regulars/internal/base/account"
	"regulars/internal/base/channel"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
)

// letters is how many letters about decisions wait to be written.
func (c *club) letters() (n int) {
	c.t.Helper()
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT count(*) FROM jobs WHERE kind = 'byhand.decided'").Scan(&n)
	}); err != nil {
		c.t.Fatal(err)
	}
	return n
}

// Whoever asked is told in their language, once, by a job of the transaction that decides; and nothing of the customer is in the letter.
func TestWhoAskedByHandIsTold(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		c.handLimits()
		mia, olga := c.staff("mia@example.com", account.Manager), c.staff("olga@example.com", account.Owner)
		who := c.person("ada")
		post, settings := channeltest.Serve(t)
		writer := &byhand.Writer{Store: c.d, Post: account.Post{Fixed: &settings}, Public: func() string { return "https://shop.example/" }}
		writes := func(w *byhand.Writer, r byhand.Request, letters int) []channeltest.Letter {
			t.Helper()
			if err := w.Write(t.Context(), r.Public()); err != nil {
				t.Fatal(err)
			}
			if got := post.Letters(); len(got) != letters {
				t.Fatalf("%d letters, want %d", len(got), letters)
			}
			return post.Letters()
		}
		speaks := func(tag string) *locale.Locale {
			t.Helper()
			if err := c.write(func(tx *db.Tx) error {
				_, err := tx.Exec("UPDATE users SET language = $1 WHERE user_id = $2", tag, mia.ID)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			l, err := locale.Get(tag)
			if err != nil {
				t.Fatal(err)
			}
			return l
		}

		yes, no, back := c.asks(mia, who, "a", 500), c.asks(mia, who, "b", -200), c.asks(mia, who, "c", 300)
		if n := c.letters(); n != 0 {
			t.Errorf("%d letters wait before anything is decided", n)
		}
		c.approves(mia, yes, "own_approval")
		if n := c.letters(); n != 0 {
			t.Errorf("%d letters wait about what was refused", n)
		}
		for range 2 {
			c.approves(olga, yes, "")
			c.declines(olga, no, "ada has had enough", "")
		}
		if err := c.write(func(tx *db.Tx) error { _, err := byhand.Withdraw(tx, mia, back.Public()); return err }); err != nil {
			t.Fatal(err)
		}
		if n := c.letters(); n != 2 {
			t.Errorf("%d letters wait, want one for each decision", n)
		}
		for n, tag := range locale.Tags() {
			l := speaks(tag)
			writes(writer, yes, 2*n+1)
			all := writes(writer, no, 2*n+2)
			for i, state := range []byhand.State{byhand.Approved, byhand.Declined} {
				m, units := all[2*n+i], "500"
				if state == byhand.Declined {
					units = "200"
				}
				if m.To != "mia@example.com" || !strings.Contains(m.Subject, units) || !strings.Contains(m.Text, l.T("letter.hello", "mia")) || !strings.Contains(m.Text, units) || !strings.Contains(m.Text, "olga") ||
					!strings.Contains(m.Text, "https://shop.example/#asked-for") || strings.Contains(m.Text, "{") || !strings.Contains(m.Text, l.T("byhand.letter.see")) {
					t.Errorf("%s, %s: %+v", tag, state, m)
				}
				if strings.Contains(m.Text, "ada") || strings.Contains(m.Text, "waited long") || strings.Contains(m.Text, "cus_") {
					t.Errorf("something of the customer is in %s", m.Text)
				}
			}
		}
		sent := len(post.Letters())
		writes(&byhand.Writer{Store: c.d, Post: account.Post{}, Public: writer.Public}, yes, sent) // without a mail server
		if err := c.write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE users SET state = 'disabled' WHERE user_id = $1", mia.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		writes(writer, yes, sent) // to who may not come in any more

		// What one asked for is found by who asked, also when it was decided a while ago.
		mine := func(f byhand.Filter) (n int) {
			t.Helper()
			if err := c.d.Read(t.Context(), func(tx *db.Tx) error {
				all, err := byhand.Requests(tx, f, 0, 10)
				n = len(all)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		c.pass(oneDay)
		c.asks(c.staff("mark@example.com", account.Manager), who, "d", 700)
		if all, own, late := mine(byhand.Filter{}), mine(byhand.Filter{Asker: mia.ID}), mine(byhand.Filter{Since: c.now()}); all != 4 || own != 3 || late != 1 {
			t.Errorf("%d, %d of them by one, %d that wait or were decided today", all, own, late)
		}
	})
}

// A server that does not answer leaves the letter to the job, to be tried again.
func TestALetterAboutADecisionIsTriedAgain(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		c.handLimits()
		mia, olga := c.staff("mia@example.com", account.Manager), c.staff("olga@example.com", account.Owner)
		r := c.asks(mia, c.person("ada"), "a", 500)
		c.approves(olga, r, "")
		w := &byhand.Writer{Store: c.d, Post: account.Post{Fixed: &channel.SMTP{Host: "127.0.0.1", Port: 1, From: "shop@example.com"}}, Public: func() string { return "" }}
		if err := w.Write(t.Context(), r.Public()); err == nil {
			t.Error("a letter is sent by nobody")
		}
	})
}
