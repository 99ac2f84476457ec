package letter_test

import (
	"bytes"
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/job/jobtest"
	"regulars/internal/base/secret"
	"regulars/internal/measure/letter"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/report"
	"regulars/internal/record/business"
	"regulars/internal/record/schema/schematest"
)

// office is people who may want letters, and the mailbox that letters go to.
type office struct {
	t  *testing.T
	d  *db.DB
	us atomic.Int64 // the time
	*letter.Sender

	box   *channeltest.Postbox
	falls atomic.Bool // whether the repurchase rate falls
}

func each(t *testing.T, test func(t *testing.T, o *office)) {
	t.Helper()
	schematest.EachOptions(t, func(t *testing.T, options db.Options) {
		t.Helper()
		o := &office{t: t}
		o.us.Store(time.Now().UnixMicro())
		options.Clock = func() time.Time { return time.UnixMicro(o.us.Load()).UTC() }
		o.d = schematest.Open(t, options)
		box, server := channeltest.Serve(t)
		o.box = box
		o.Sender = &letter.Sender{Store: o.d, Post: account.Post{Box: secret.New(bytes.Repeat([]byte{9}, 32)), Fixed: &server}, Public: func() string { return "https://shop.example/" }, Draw: o.draw}
		o.write(func(tx *db.Tx) error {
			_, err := business.Agree(tx, business.Business{Name: "Café Olga", Zone: time.UTC, Currency: "EUR"})
			return err
		})
		test(t, o)
	})
}

// draw is a picture of a shop whose repurchase rate really changed.
func (o *office) draw(context.Context) (*report.Picture, error) {
	value, change := 41.0, 3.5
	if o.falls.Load() {
		change = -3.5
	}
	return &report.Picture{AsOf: "2026-11-26", Window: report.Window{From: "2025-11-26", To: "2026-11-26"}, Previous: report.Window{From: "2024-11-26", To: "2025-11-26"},
		PreviousComplete: true, Parameters: report.Parameters{Timezone: "UTC", Currency: "EUR", Digits: 2}, Facts: report.Facts{Orders: 100, Customers: 40, Currency: "EUR"},
		Measures: []metric.Measure{
			{Key: "repurchase_rate", Status: metric.OK, Unit: "percent", Better: "higher", Figure: metric.Figure{Value: &value, N: 40}, Verdict: metric.Real,
				Change: &metric.Change{Difference: change, Low: change - 1, High: change + 1}},
			{Key: "revenue", Status: metric.OK, Unit: "minor", Better: "higher", Figure: metric.Figure{Value: &value, N: 40}, Verdict: metric.Noise,
				Change: &metric.Change{Difference: 1, Low: -1, High: 3}},
		}}, nil
}

func (o *office) write(fn func(tx *db.Tx) error) {
	o.t.Helper()
	if err := o.d.Write(context.WithoutCancel(o.t.Context()), fn); err != nil {
		o.t.Fatal(err)
	}
}

// person is somebody who can sign in.
func (o *office) person(email, language string, role account.Role, wants ...letter.Letter) (id string) {
	o.t.Helper()
	o.write(func(tx *db.Tx) error {
		_, token, err := account.Invite(tx, account.System("test"), account.NewUser{Email: email, Name: email, Role: role, Language: language})
		if err != nil {
			return err
		}
		hashed, err := account.NewHasher().Hash(o.t.Context(), "four old wooden chairs")
		if err != nil {
			return err
		}
		u, err := account.Accept(tx, token, "Somebody", language, hashed)
		if id = u.ID; err != nil {
			return err
		}
		return letter.Choose(tx, u.ID, wants)
	})
	return id
}

// round has the jobs of one round done, and gives the letters that came of it.
func (o *office) round(which letter.Letter) []channeltest.Letter {
	o.t.Helper()
	before := len(o.box.Letters())
	if err := o.Round(o.t.Context(), which); err != nil {
		o.t.Fatal(err)
	}
	var waiting int
	o.write(func(tx *db.Tx) error {
		all, err := job.List(tx, job.Filter{Kind: "letter.send", State: job.Waiting}, 0, 100)
		waiting = len(all)
		return err
	})
	if waiting == 0 {
		return nil
	}
	stop := jobtest.Run(o.t, o.d, o.Kinds(), job.Options{Poll: 10 * time.Millisecond, Alone: true})
	all := o.box.Wait(o.t, before+waiting)
	stop()
	return all[before:]
}

func TestLettersGoToThoseWhoWantThem(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.person("olga@example.com", "ru", account.Owner, letter.Weekly, letter.Changes)
		o.person("ann@example.com", "en", account.Analyst, letter.Weekly)
		o.person("carl@example.com", "en", account.Cashier, letter.Weekly) // may not see measures
		gone := o.person("gone@example.com", "en", account.Manager, letter.Weekly)
		o.write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE users SET state = 'disabled' WHERE user_id = $1", gone)
			return err
		})
		got := o.round(letter.Weekly)
		if len(got) != 2 {
			t.Fatalf("%d letters: %+v", len(got), got)
		}
		for _, l := range got {
			if (l.To != "ann@example.com" && l.To != "olga@example.com") || !strings.HasPrefix(l.Subject, "Café Olga: ") || !strings.Contains(l.Text, "https://shop.example/picture") ||
				!strings.Contains(l.HTML, `<html lang="`) || strings.Contains(l.Text, "⟦") {
				t.Errorf("%+v", l)
			}
			if russian := strings.Contains(l.HTML, `lang="ru"`); russian != (l.To == "olga@example.com") {
				t.Errorf("%s reads %s", l.To, l.HTML)
			}
		}
		if got := o.round(letter.Monthly); len(got) != 0 {
			t.Errorf("nobody wants it: %+v", got)
		}
	})
}

func TestAChangeIsToldOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		if got := o.round(letter.Changes); got != nil {
			t.Errorf("nobody wants it: %+v", got)
		}
		o.person("olga@example.com", "en", account.Owner, letter.Changes)
		if got := o.round(letter.Changes); len(got) != 1 || !strings.Contains(got[0].Subject, "a real change in Bought again") || strings.Contains(got[0].Subject, "Revenue") {
			t.Errorf("%+v", got)
		}
		if got := o.round(letter.Changes); got != nil {
			t.Errorf("told again: %+v", got)
		}
		o.falls.Store(true)
		if got := o.round(letter.Changes); len(got) != 1 {
			t.Errorf("that it turned is not told: %+v", got)
		}
		o.us.Add((91 * 24 * time.Hour).Microseconds())
		if got := o.round(letter.Changes); len(got) != 1 {
			t.Errorf("that it stayed so is not told: %+v", got)
		}
	})
}

func TestLettersThatAreNone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		id := o.person("olga@example.com", "en", account.Owner, letter.Changes)
		for _, wrong := range [][]letter.Letter{{"daily"}, {letter.Weekly, letter.Weekly}} {
			if err := o.d.Write(t.Context(), func(tx *db.Tx) error { return letter.Choose(tx, id, wrong) }); err == nil {
				t.Errorf("%v was taken", wrong)
			}
		}
		o.write(func(tx *db.Tx) error {
			all, err := letter.Chosen(tx, id)
			if len(all) != 1 || all[0] != letter.Changes {
				t.Errorf("what was chosen is lost: %v", all)
			}
			return err
		})
	})
}
