package portal_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"regulars/internal/act/draw"
	"regulars/internal/act/member"
	"regulars/internal/act/notice"
	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
)

// mash sends the same form several times at the same moment, as an impatient hand does, and once more later, by the history of
// the browser. Every answer says what happened.
func (p *phone) mash(path string, form ...string) (all []page) {
	p.s.t.Helper()
	const presses = 4
	all = make([]page, presses+1)
	var at sync.WaitGroup
	for i := range presses {
		at.Go(func() { all[i] = p.post(path, form...) })
	}
	at.Wait()
	all[presses] = p.post(path, form...)
	for i, a := range all {
		if a.status >= http.StatusInternalServerError {
			p.s.t.Errorf("%s: answer %d is %d: %s", path, i+1, a.status, a.text)
		}
	}
	return all
}

// mashes sends a form so, and demands that each answer is the same good page.
func (p *phone) mashes(path string, status int, leads string, form ...string) {
	p.s.t.Helper()
	for _, a := range p.mash(path, form...) {
		a.wants(p.s.t, status, leads)
	}
}

func (s *shop) has(number int64) (units int64) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		b, err := points.BalanceOf(tx, number, "points", tx.Now)
		units = b.Available
		return err
	})
	return units
}

func (s *shop) spend(number, units int64) {
	s.t.Helper()
	facts, _ := s.desk()
	s.write(func(tx *db.Tx) error {
		_, err := facts.Ledger().Spend(tx, points.Act{Customer: number, Unit: "points", Key: "spend " + strconv.FormatInt(units, 10), Cause: "test", Actor: "key:1"}, units)
		return err
	})
}

func (s *shop) consents(number int64, channel, purpose string) (n int) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		all, err := customer.Consents(tx, number)
		n = 0
		for _, c := range all {
			if c.Channel == channel && c.Purpose == purpose {
				n++
			}
		}
		return err
	})
	return n
}

// key is what the form of a page brings along.
func (a page) key(t *testing.T) string {
	t.Helper()
	_, rest, found := strings.Cut(a.raw, `name="key" value="`)
	key, _, whole := strings.Cut(rest, `"`)
	if !found || !whole || key == "" {
		t.Fatalf("%s has no key: %s", a.path, a.raw)
	}
	return key
}

func TestAMemberPressesManyTimes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.phone()
		join := []string{"key", p.get("/my/join").key(t), "email", "ada@example.com", "given_name", "Ada", "agreed", "yes"}
		for range 2 { // more of them wait, as letters to one address do
			p.post("/my/join", join...).wants(t, 200, "/my/join", "A link is on its way")
		}
		link := s.link(1)
		in := p.mash(link)
		if first := in[len(in)-1]; first.path != "/my/" { // they are in
			t.Errorf("%d %s: %s", first.status, first.path, first.text)
		}
		p.get(link).wants(t, 200, "/my/")
		s.phone().get(link).wants(t, 404, link, "has been used or has run out")
		s.phone().post(link).wants(t, 404, link, "has been used or has run out")
		who := s.earn("ada@example.com", 200)
		if n := s.consents(who, "terms", "programme") + s.consents(who, member.NewsChannel, member.NewsPurpose); n > 1 {
			t.Errorf("%d consents", n)
		}
		if n := len(s.box.Letters()); n != 1 {
			t.Errorf("%d letters came", n)
		}
		// Somebody who mends what they typed gets another one, and so does who asks again.
		q := s.phone()
		sign := q.get("/my/sign-in").key(t)
		q.post("/my/sign-in", "key", sign, "email", "eva@example.com")
		q.post("/my/sign-in", "key", sign, "email", "eve@example.com")
		s.box.Wait(t, 3)
		q.post("/my/sign-in", "key", q.get("/my/sign-in").key(t), "email", "eve@example.com")
		s.box.Wait(t, 4)

		taken := p.mash("/my/rewards", "reward", "coffee", "key", p.get("/my/").key(t))
		for _, a := range taken {
			a.wants(t, 200, taken[0].path)
		}
		if left := s.has(who); left != 160 {
			t.Errorf("%d points are left", left)
		}
		s.write(func(tx *db.Tx) error {
			all, err := reward.Of(tx, []int64{who}, 0, 10)
			if len(all) != 1 {
				t.Errorf("%d were taken", len(all))
			}
			return err
		})
		// What is left is enough for one: nobody is told that it is not, who has it.
		s.spend(who, 120)
		few := p.mash("/my/rewards", "reward", "coffee", "key", p.get("/my/").key(t))
		for _, a := range few {
			a.wants(t, 200, few[0].path)
		}
		if left := s.has(who); left != 0 || few[0].path == taken[0].path {
			t.Errorf("%d points are left", left)
		}
		s.earn("ada@example.com", 160)
		s.holds("summer")
		p.mashes("/my/draws/summer", 200, "/my/draws/summer", "way", "free")
		p.mashes("/my/draws/summer", 200, "/my/draws/summer", "way", "bought", "entries", "2", "key", p.get("/my/draws/summer").key(t))
		if left := s.has(who); left != 140 {
			t.Errorf("%d points are left", left)
		}
		s.write(func(tx *db.Tx) error {
			one, err := draw.Load(tx, "summer")
			if err != nil {
				return err
			}
			_, desk := s.desk()
			o, err := desk.Of(tx, &one, []int64{who})
			if o.Free != 1 || o.Bought != 2 {
				t.Errorf("%+v", o)
			}
			return err
		})
		// Two tabs that show the same buy once, whether one is pressed after the other or both at once; the next is another one.
		s.earn("ada@example.com", 40)
		s.holds("autumn")
		const autumn = "/my/draws/autumn"
		one, two := p.get(autumn).key(t), p.get(autumn).key(t)
		for _, key := range []string{one, two} {
			p.post(autumn, "way", "bought", "entries", "1", "key", key).wants(t, 200, autumn)
		}
		if left := s.has(who); left != 170 {
			t.Errorf("by two tabs, one after the other: %d points are left", left)
		}
		var both sync.WaitGroup
		for _, key := range []string{p.get(autumn).key(t), p.get(autumn).key(t)} {
			both.Go(func() { p.post(autumn, "way", "bought", "entries", "1", "key", key).wants(t, 200, autumn) })
		}
		both.Wait()
		if left := s.has(who); left != 160 {
			t.Errorf("by two tabs at once: %d points are left", left)
		}
		p.post(autumn, "way", "bought", "entries", "1", "key", p.get(autumn).key(t)).wants(t, 200, autumn)
		if left := s.has(who); left != 150 {
			t.Errorf("the next was none: %d points are left", left)
		}
		s.spend(who, 10)
		// Without a key it is no repetition, but what it says: another one.
		p.post("/my/draws/summer", "way", "bought", "entries", "1")
		if left := s.has(who); left != 130 {
			t.Errorf("%d points are left", left)
		}
		// Back, and something else from the same page: that is wished for too.
		s.earn("ada@example.com", 100)
		s.write(func(tx *db.Tx) error {
			_, err := reward.Save(tx, reward.Reward{Reward: "tea", Name: "A tea on us", Kind: reward.Gift, Unit: "points", Price: 10}, nil, 0)
			return err
		})
		home, tab := p.get("/my/").key(t), p.get("/my/").key(t)
		coffee := p.post("/my/rewards", "reward", "coffee", "key", home)
		if again := p.post("/my/rewards", "reward", "coffee", "key", tab); again.path != coffee.path {
			t.Errorf("in another tab that showed the same, another one was taken: %s", again.path)
		}
		if next := p.get("/my/").key(t); next == home {
			t.Error("the next one would be the same")
		}
		if tea := p.post("/my/rewards", "reward", "tea", "key", home); tea.status != 200 || !strings.Contains(tea.text, "A tea on us") || tea.path == coffee.path {
			t.Errorf("%d %s", tea.status, tea.text)
		}
		s.holds("winter")
		back := p.get("/my/draws/winter").key(t)
		for _, n := range []string{"1", "2", "2"} {
			p.post("/my/draws/winter", "way", "bought", "entries", n, "key", back).wants(t, 200, "/my/draws/winter")
		}
		if left := s.has(who); left != 130+100-40-10-30 {
			t.Errorf("%d points are left", left)
		}
		code := s.packed(spring(1))[0]
		p.mashes(packaging.Path(code), 200, packaging.Path(code))
		if left := s.has(who); left != 200 {
			t.Errorf("%d points are left", left)
		}
		p.mashes("/my/profile", 200, "/my/profile", "given_name", "Ada", "family_name", "Lovelace", "birthday_day", "10", "birthday_month", "12", "birthday_year", "1980")
		for i, news := range []string{"yes", "no"} {
			p.mashes("/my/consents", 200, "/my/profile", "news", news)
			if n := s.consents(who, member.NewsChannel, member.NewsPurpose); n != i+1 {
				t.Errorf("%d consents to news after %s", n, news)
			}
		}
		at := s.pushes.Subscribe()
		p.mashes("/my/phones", 204, "/my/phones", subscription(at)...)
		if n := len(s.phones(who)); n != 1 || s.consents(who, notice.Channel, notice.Purpose) != 1 {
			t.Errorf("%d phones, %d consents", n, s.consents(who, notice.Channel, notice.Purpose))
		}
		p.mashes("/my/phones/off", 204, "/my/phones/off", "endpoint", at.Endpoint)
		if n := len(s.phones(who)); n != 0 || s.consents(who, notice.Channel, notice.Purpose) != 2 {
			t.Errorf("%d phones, %d consents", n, s.consents(who, notice.Channel, notice.Purpose))
		}
		forgotten := 0
		for _, a := range p.mash("/my/erase", "confirm", "ada@example.com") {
			if strings.Contains(a.text, "You are forgotten") {
				forgotten++
			} else if a.path != "/my/" { // signed out by then
				t.Errorf("%d %s: %s", a.status, a.path, a.text)
			}
		}
		if forgotten == 0 {
			t.Error("nobody is told that they are forgotten")
		}
		if err := s.d.Read(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
			stored, err := customer.Get(tx, who)
			if stored != nil && stored.Erased.IsZero() {
				t.Error("they are not")
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	})
}
