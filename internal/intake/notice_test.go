package intake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/gift"
	"regulars/internal/act/member"
	"regulars/internal/act/notice"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/job/jobtest"
	"regulars/internal/base/secret"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

// pocket is the phones of a club's members, and the jobs that tell them.
type pocket struct {
	*club
	pushes *channeltest.Pushes
}

func (c *club) pocket() *pocket {
	c.t.Helper()
	p := &pocket{c, channeltest.ServePushes(c.t)}
	if err := c.write(func(tx *db.Tx) error { return member.Save(tx, member.Settings{Open: true}) }); err != nil {
		c.t.Fatal(err)
	}
	sender := notice.Sender{Store: c.d, Box: secret.New(bytes.Repeat([]byte{3}, 32)), Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Public: func() string { return "" },
		Kinds: slices.Concat(points.Notices(), programme.Notices(), draw.Notices(), gift.Notices())}
	ledger := func(context.Context) (*points.Ledger, error) { return c.Ledger(), nil }
	jobtest.Run(c.t, c.d, append(sender.JobKinds(), points.Kinds(c.d, ledger)...), job.Options{Poll: 10 * time.Millisecond})
	return p
}

// switches has a customer press the switch on a phone.
func (p *pocket) switches(who int64, language string) *channeltest.Phone {
	p.t.Helper()
	phone := p.pushes.Subscribe()
	if err := p.write(func(tx *db.Tx) error {
		for _, c := range [][2]string{{notice.Channel, notice.Purpose}, {member.NewsChannel, member.NewsPurpose}} {
			if _, err := p.Consent(tx, customer.Numbered(who), customer.Consent{Channel: c[0], Purpose: c[1], Granted: true, Wording: "Yes", Source: "test", Given: tx.Now}); err != nil {
				return err
			}
		}
		_, err := notice.Add(tx, who, notice.Phone{PushTo: phone.PushTo, Language: language}, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
		return err
	}); err != nil {
		p.t.Fatal(err)
	}
	return phone
}

// shows is what came to phones since so many messages, when nothing is on its way any more.
func (p *pocket) shows(since int) (all []string) {
	p.t.Helper()
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		due := 0
		if err := p.d.Read(p.t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow("SELECT count(*) FROM jobs WHERE (kind LIKE 'notice.%' OR kind = 'points.foretell') AND (state = 'running' OR state = 'waiting' AND due_us <= $1)", tx.Now).Scan(&due)
		}); err != nil {
			p.t.Fatal(err)
		}
		if due == 0 {
			break
		}
	}
	for _, m := range p.pushes.Taken()[since:] {
		var n struct{ Title, Text, Path string }
		if err := json.Unmarshal([]byte(m.Text), &n); err != nil {
			p.t.Fatal(err)
		}
		all = append(all, n.Title+" | "+n.Text+" | "+n.Path)
	}
	return all
}

func (p *pocket) wantsShown(since int, want ...string) {
	p.t.Helper()
	if got := p.shows(since); !slices.Equal(got, want) {
		p.t.Errorf("phones show %q, want %q", got, want)
	}
}

func TestAnOrderIsToldOnThePhone(t *testing.T) {
	t.Parallel()
	eachClub(t, collecting, func(t *testing.T, c *club) {
		t.Helper()
		ada := c.someone("ada")
		p := c.pocket()
		p.switches(ada, "ru")
		c.buys("ada", "1", nil, line("cake", "food", 1, 1200))
		p.wantsShown(0, "12 баллов за ваш заказ · Regulars | Теперь у вас 12 баллов. | /my/")
		// What happened long ago, gave nothing or was taken back before is not told.
		c.buys("ada", "2", func(o *order.Order) { o.Placed = c.At(c.now().Add(-2 * time.Hour)) }, line("cake", "food", 1, 1200))
		c.buys("ada", "3", nil, line("cake", "food", 1, 50))
		p.wantsShown(1)
		// Handed in again, such as when it is paid, it is told once.
		c.buys("ada", "4", nil, line("cake", "food", 1, 100))
		c.buys("ada", "4", func(o *order.Order) { o.State = order.Paid }, line("cake", "food", 1, 100))
		p.wantsShown(1, "1 балл за ваш заказ · Regulars | Теперь у вас 25 баллов. | /my/")
		// It is all in the copy that the member can take, but for the keys; and forgotten with them.
		own := func() string {
			var text []byte
			if err := c.d.Read(t.Context(), func(tx *db.Tx) (err error) {
				text, err = intake.Everything(tx, ada, c.Draws(secret.New(bytes.Repeat([]byte{3}, 32))))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		if text := own(); !strings.Contains(text, p.pushes.URL) || strings.Contains(text, `"secret"`) || strings.Contains(text, `"public_key"`) {
			t.Errorf("%s", text)
		}
		if _, err := c.Erase(t.Context(), c.d, customer.Numbered(ada)); err != nil {
			t.Fatal(err)
		}
		if n := c.number("SELECT count(*) FROM push_phones") + c.number("SELECT count(*) FROM push_endpoints"); n != 0 {
			t.Errorf("%d are left", n)
		}
		c.noticesSound()
	})
}

func (c *club) noticesSound() {
	c.t.Helper()
	for _, check := range notice.Checks() {
		if found, err := check.Run(c.t.Context(), c.d); err != nil || found.N != 0 {
			c.t.Errorf("%s: %d, for example %s (%v)", check.Key, found.N, found.Example, err)
		}
	}
}

func TestAGiftAndAWinAreToldOnThePhone(t *testing.T) {
	t.Parallel()
	eachClub(t, collecting, func(t *testing.T, c *club) {
		t.Helper()
		ada, bob := c.someone("ada"), c.someone("bob")
		p := c.pocket()
		p.switches(ada, "en")
		phone := p.switches(bob, "zh")
		desk := c.raffle("cake")
		for _, who := range []int64{ada, bob} {
			if err := desk.Enter(t.Context(), c.d, draw.Wish{Draw: "cake", Customer: who, Way: draw.ByFree, Actor: "member"}, silent); err != nil {
				t.Fatal(err)
			}
		}
		c.pass(31 * 24 * time.Hour)
		for _, do := range []func() error{
			func() error { _, err := desk.Close(t.Context(), c.d, "cake", silent); return err },
			func() error { _, err := desk.Draw(t.Context(), c.d, "cake", silent); return err },
			func() error { _, err := desk.Draw(t.Context(), c.d, "cake", silent); return err },
		} {
			if err := do(); err != nil {
				t.Fatal(err)
			}
		}
		got := p.shows(0)
		slices.Sort(got)
		if !slices.Equal(got, []string{"You have won: A cake | From the draw “A draw” at Regulars. | /my/draws/cake", "您中奖了：一个蛋糕 | 来自Regulars的抽奖“抽奖活动”。 | /my/draws/cake"}) {
			t.Errorf("%q", got)
		}
		// A surprise is told as letters are: to who agreed to news.
		if err := c.write(func(tx *db.Tx) error {
			_, err := c.Consent(tx, customer.Numbered(ada), customer.Consent{Channel: member.NewsChannel, Purpose: member.NewsPurpose, Wording: "No", Source: "test", Given: c.now()})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		s := c.springtime()
		s.Gifts, s.HoldOut = 10, 0
		c.plans(t, s)
		if err := c.Gifts().Due(t.Context(), c.d); err != nil {
			t.Fatal(err)
		}
		p.wantsShown(2, "Regulars送您一份惊喜：A spring surprise | 送给您：50 积分 | /my/")
		if taken := p.pushes.Taken(); taken[2].To != phone {
			t.Error("it came to another phone")
		}
		// Where gifts are not told by letter, they are not told on phones.
		if err := c.write(func(tx *db.Tx) error { return gift.Settings{Silent: true}.Save(tx) }); err != nil {
			t.Fatal(err)
		}
		s.Surprise, s.Gives = "again", c.now().Add(time.Hour)
		c.plans(t, s)
		if err := c.Gifts().Due(t.Context(), c.d); err != nil {
			t.Fatal(err)
		}
		p.wantsShown(3)
		c.noticesSound()
	})
}

func TestWhatRunsOutIsToldAWeekBefore(t *testing.T) {
	t.Parallel()
	const document = `{"name":"Short","units":[{"unit":"points","expiry":{"kind":"after","n":10,"every":"days"}}],"rules":[{"rule":"rate","name":"Points","effect":{"rate":{"unit":"points","units":1,"per_minor":100}}}]}`
	eachClub(t, document, func(t *testing.T, c *club) {
		t.Helper()
		ada, bob := c.someone("ada"), c.someone("bob")
		c.buys("ada", "1", nil, line("cake", "food", 1, 1200)) // on 3 March
		c.buys("bob", "2", nil, line("cake", "food", 1, 1200))
		c.pass(24 * time.Hour)
		c.buys("ada", "3", nil, line("cake", "food", 1, 300))
		p := c.pocket()
		p.switches(ada, "en")
		p.switches(bob, "el")
		morning := func() {
			t.Helper()
			if err := c.write(func(tx *db.Tx) error { _, err := job.Add(tx, job.Job{Kind: "points.foretell"}); return err }); err != nil {
				t.Fatal(err)
			}
		}
		morning()
		p.wantsShown(0)
		c.redeems(bob, 12) // has nothing any more
		c.pass(3 * 24 * time.Hour)
		morning()
		first := p.shows(0)
		if len(first) != 1 || !strings.HasPrefix(first[0], "Running out soon: 12 points | Good until ") {
			t.Fatalf("%q", first)
		}
		morning()
		p.wantsShown(1)
		c.pass(24 * time.Hour)
		morning()
		if second := p.shows(1); len(second) != 1 || !strings.HasPrefix(second[0], "Running out soon: 3 points") {
			t.Errorf("%q", second)
		}
		c.noticesSound()
	})
}
