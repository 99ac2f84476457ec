package notice_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"regulars/internal/act/member"
	"regulars/internal/act/notice"
	"regulars/internal/base/channel"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/base/job/jobtest"
	"regulars/internal/base/secret"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// shop is a business with a push service that its customers' phones are at, and a clock that the test sets.
type shop struct {
	t      *testing.T
	d      *db.DB
	us     atomic.Int64
	ids    fact.IDs
	box    *secret.Box
	pushes *channeltest.Pushes
	sender notice.Sender
}

func (s *shop) now() time.Time { return time.UnixMicro(s.us.Load()).UTC() }

func each(t *testing.T, test func(t *testing.T, s *shop)) {
	t.Helper()
	schematest.EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		s := &shop{t: t, box: secret.New(bytes.Repeat([]byte{7}, 32)), pushes: channeltest.ServePushes(t)}
		s.us.Store(time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC).UnixMicro())
		o.Clock = s.now
		s.d = schematest.Open(t, o)
		zone, err := time.LoadLocation("Europe/Athens")
		if err != nil {
			t.Fatal(err)
		}
		s.write(func(tx *db.Tx) error {
			_, err := business.Agree(tx, business.Business{Name: "Café Olga", Zone: zone, Currency: "EUR", Country: "GR"})
			return errors.Join(err, member.Save(tx, member.Settings{Open: true}))
		})
		says := func(tx *db.Tx, a *notice.About) (notice.Message, bool, error) {
			return notice.Message{Title: a.Tag() + " " + a.Name(), Text: a.What, Path: "/my/"}, a.What != "nothing", nil
		}
		s.sender = notice.Sender{Store: s.d, Box: s.box, Allow: loopback, Public: func() string { return "https://cafe.example" }, Pauses: []time.Duration{time.Minute},
			Kinds: []notice.Kind{{Name: "service", Life: time.Hour, Words: says}, {Name: "news", News: true, Life: 24 * time.Hour, Words: says},
				{Name: "atonce", AtOnce: true, Life: time.Hour, Words: says}}}
		jobtest.Run(t, s.d, s.sender.JobKinds(), job.Options{Poll: 10 * time.Millisecond})
		test(t, s)
		for _, c := range notice.Checks() {
			if found, err := c.Run(context.WithoutCancel(t.Context()), s.d); err != nil || found.N != 0 {
				t.Errorf("%s: %d, for example %s (%v)", c.Key, found.N, found.Example, err)
			}
		}
	})
}

func (s *shop) write(fn func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Write(s.t.Context(), fn); err != nil {
		s.t.Fatal(err)
	}
}

// person is a customer who agreed to notices.
func (s *shop) person(name string) (number int64) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		id := customer.Identity{Kind: customer.OwnID, Value: name}
		found, _, err := customer.Make(tx, &s.ids, []customer.Identity{id})
		number = found[id]
		return err
	})
	s.agrees(number, notice.Channel, notice.Purpose, true)
	return number
}

func (s *shop) agrees(number int64, channel, purpose string, granted bool) {
	s.t.Helper()
	s.us.Add(1)
	s.write(func(tx *db.Tx) error {
		_, err := customer.Agree(tx, number, customer.Consent{Channel: channel, Purpose: purpose, Granted: granted, Wording: "Yes", Source: "test", Given: tx.Now})
		return err
	})
}

func (s *shop) adds(number int64, p *channeltest.Phone, language string) (id int64, err error) {
	s.t.Helper()
	err = s.d.Write(s.t.Context(), func(tx *db.Tx) (err error) {
		id, err = notice.Add(tx, number, notice.Phone{PushTo: p.PushTo, Language: language, Device: "Android"}, loopback)
		return err
	})
	return id, err
}

// has adds a phone that is taken.
func (s *shop) has(number int64) *channeltest.Phone {
	s.t.Helper()
	p := s.pushes.Subscribe()
	if _, err := s.adds(number, p, "en"); err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *shop) phones(numbers ...int64) (all []notice.Phone) {
	s.t.Helper()
	if err := s.d.Read(s.t.Context(), func(tx *db.Tx) (err error) { all, err = notice.Phones(tx, numbers); return err }); err != nil {
		s.t.Fatal(err)
	}
	return all
}

func (s *shop) tell(number int64, kind, what string) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error { return notice.Tell(tx, number, kind, what) })
}

// idle waits until no job is due or runs, and gives how many wait for later.
func (s *shop) idle() (waiting int) {
	s.t.Helper()
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		due := 0
		if err := s.d.Read(s.t.Context(), func(tx *db.Tx) error {
			return errors.Join(tx.QueryRow("SELECT count(*) FROM jobs WHERE kind IN ('notice.find', 'notice.send') AND (state = 'running' OR state = 'waiting' AND due_us <= $1)", tx.Now).Scan(&due),
				tx.QueryRow("SELECT count(*) FROM jobs WHERE kind IN ('notice.find', 'notice.send') AND state = 'waiting'").Scan(&waiting))
		}); err != nil {
			s.t.Fatal(err)
		}
		if due == 0 {
			return waiting
		}
	}
	s.t.Fatal("jobs do not come to an end")
	return 0
}

// shown is a notice as the worker of the pages takes it.
type shown struct{ Title, Text, Path, Tag, Lang string }

func (s *shop) shown(p channeltest.Pushed) (n shown) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(p.Text), &n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func TestAPhoneIsToldOnceInTheLanguageOfItsMember(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ada, bob := s.person("ada"), s.person("bob")
		first, second := s.has(ada), s.pushes.Subscribe()
		if _, err := s.adds(ada, second, "el"); err != nil {
			t.Fatal(err)
		}
		s.tell(ada, "service", "7")
		s.tell(bob, "service", "7") // has no phone
		s.idle()
		taken := s.pushes.Taken()
		if len(taken) != 2 {
			t.Fatalf("%d messages came", len(taken))
		}
		for _, p := range taken {
			tag := map[*channeltest.Phone]string{first: "en", second: "el"}[p.To]
			n := s.shown(p)
			if n.Title != tag+" Café Olga" || n.Lang != tag || n.Text != "7" || n.Path != "/my/" || len(n.Tag) != 32 || p.Header.Get("Topic") != n.Tag || p.Header.Get("TTL") != "3600" || p.Claims["sub"] != "https://cafe.example" {
				t.Errorf("%+v, %v", n, p.Header)
			}
		}
		s.write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE customers SET language = 'ru' WHERE customer_id = $1", ada)
			return err
		})
		s.tell(ada, "atonce", "8")
		s.tell(ada, "atonce", "nothing")
		s.idle()
		taken = s.pushes.Taken()[2:]
		if len(taken) != 2 || s.shown(taken[0]).Lang != "ru" || s.shown(taken[1]).Lang != "ru" || taken[0].Header.Get("Urgency") != "high" {
			t.Errorf("%+v", taken)
		}
		for _, p := range s.phones(ada) {
			if !p.Told.Equal(s.now()) || p.Failures != 0 {
				t.Errorf("%+v", p)
			}
		}
		// What is far too long comes all the same, cut.
		s.tell(ada, "service", strings.Repeat(`"<ж>\`, 500)+"\n")
		s.idle()
		if n := s.shown(s.pushes.Taken()[4]); len(n.Text) > 620 || !strings.HasSuffix(n.Text, "…") || !utf8.ValidString(n.Text) || strings.Contains(n.Text, "\ufffd") {
			t.Errorf("%q", n.Text)
		}
		if jobs := s.idle(); jobs != 0 {
			t.Errorf("%d jobs are left", jobs)
		}
	})
}

func TestWhoIsNotToBeToldIsNot(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ada := s.person("ada")
		p := s.has(ada)
		told := func(kind string) bool {
			t.Helper()
			before := len(s.pushes.Taken())
			s.tell(ada, kind, fmt.Sprint(s.us.Add(1)))
			if jobs := s.idle(); jobs != 0 {
				t.Errorf("%d jobs are left", jobs)
			}
			return len(s.pushes.Taken()) > before
		}
		if told("news") {
			t.Error("news to who did not agree to any")
		}
		s.agrees(ada, member.NewsChannel, member.NewsPurpose, true)
		if !told("news") {
			t.Error("no news to who agreed to them")
		}
		s.agrees(ada, member.NewsChannel, member.NewsPurpose, false)
		if told("news") || !told("service") {
			t.Error("news is all that was taken back")
		}
		s.agrees(ada, notice.Channel, notice.Purpose, false)
		if told("service") {
			t.Error("told who took it back")
		}
		s.agrees(ada, notice.Channel, notice.Purpose, true)
		for _, closed := range []member.Settings{{}, {Open: true, NoNotices: true}} {
			s.write(func(tx *db.Tx) error { return member.Save(tx, closed) })
			if told("service") {
				t.Errorf("told with %+v", closed)
			}
		}
		s.write(func(tx *db.Tx) error { return member.Save(tx, member.Settings{Open: true}) })
		if !told("service") {
			t.Error("not told any more")
		}
		// What was turned off while it was on its way is not sent, and what came too late neither.
		s.pushes.Next(channeltest.Answer{Status: http.StatusServiceUnavailable})
		s.tell(ada, "service", "a")
		if s.idle() != 1 {
			t.Error("it is not tried again")
		}
		before := len(s.pushes.Taken())
		s.write(func(tx *db.Tx) error {
			removed, left, err := notice.Remove(tx, []int64{ada}, func(o notice.Phone) bool { return o.Endpoint == p.Endpoint })
			if removed != 1 || left != 0 {
				t.Errorf("%d removed, %d left", removed, left)
			}
			return err
		})
		s.us.Add((2 * time.Minute).Microseconds())
		if s.idle() != 0 || len(s.pushes.Taken()) != before {
			t.Error("it was sent all the same")
		}
		s.has(ada)
		s.write(func(tx *db.Tx) error { return errors.Join(customer.Erase(tx, ada), notice.Forget(tx, ada)) })
		if told("service") || len(s.phones(ada)) != 0 || s.number("SELECT count(*) FROM push_endpoints") != 0 {
			t.Error("who was erased is there")
		}
		if _, err := s.adds(ada, s.pushes.Subscribe(), "en"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%v", err)
		}
	})
}

func TestAtNightNobodyIsWoken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ada := s.person("ada")
		s.has(ada)
		s.agrees(ada, member.NewsChannel, member.NewsPurpose, true)
		s.us.Store(time.Date(2026, 3, 3, 20, 30, 0, 0, time.UTC).UnixMicro()) // half past ten in Athens
		s.tell(ada, "news", "late")
		s.tell(ada, "atonce", "now")
		s.tell(ada, "service", "until half past eleven")
		s.idle()
		if got := s.pushes.Taken(); len(got) != 1 || s.shown(got[0]).Text != "now" {
			t.Errorf("%+v", got)
		}
		s.us.Store(time.Date(2026, 3, 4, 6, 1, 0, 0, time.UTC).UnixMicro())
		s.idle()
		if got := s.pushes.Taken(); len(got) != 2 || s.shown(got[1]).Text != "late" {
			t.Errorf("%+v", got)
		}
	})
}

func TestWhatAPushServiceSaysIsHeard(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ada := s.person("ada")
		s.has(ada)
		// Too many, later; then away; then taken.
		s.pushes.Next(channeltest.Answer{Status: http.StatusTooManyRequests, RetryAfter: "600"}, channeltest.Answer{Status: http.StatusBadGateway})
		s.tell(ada, "service", "1")
		if s.idle() != 1 || len(s.pushes.Taken()) != 1 {
			t.Error("it is not tried again")
		}
		s.us.Add((5 * time.Minute).Microseconds())
		if s.idle() != 1 || len(s.pushes.Taken()) != 1 {
			t.Error("it did not wait as it was told to")
		}
		s.us.Add((6 * time.Minute).Microseconds())
		if s.idle() != 1 || len(s.pushes.Taken()) != 2 {
			t.Error("it did not try after that")
		}
		s.us.Add((2 * time.Minute).Microseconds())
		if s.idle() != 0 || s.pushes.Taken()[2].Answer != http.StatusCreated || s.phones(ada)[0].Failures != 0 {
			t.Error("it did not come in the end")
		}
		// What it never takes counts against the phone, which goes after some in a row.
		for i := range 4 {
			s.pushes.Next(channeltest.Answer{Status: http.StatusForbidden})
			s.tell(ada, "service", fmt.Sprint("refused", i))
			if s.idle() != 0 || s.phones(ada)[0].Failures != int64(i)+1 {
				t.Errorf("%+v", s.phones(ada))
			}
		}
		s.tell(ada, "service", "taken")
		if s.idle(); s.phones(ada)[0].Failures != 0 {
			t.Error("what was taken does not count")
		}
		for i := range 5 {
			s.pushes.Next(channeltest.Answer{Status: http.StatusInternalServerError}, channeltest.Answer{Status: http.StatusInternalServerError, RetryAfter: "3600"})
			s.tell(ada, "service", fmt.Sprint("away", i))
			s.idle()
			s.us.Add((2 * time.Minute).Microseconds())
			s.idle()
		}
		if len(s.phones(ada)) != 0 || s.number("SELECT count(*) FROM push_phones") != 0 || s.number("SELECT count(*) FROM push_endpoints") != 0 {
			t.Errorf("%+v", s.phones(ada))
		}
		// One that is gone goes at once, with what other notices were to be told there.
		for _, status := range []int{http.StatusNotFound, http.StatusGone} {
			kept := s.has(ada)
			gone := s.has(ada)
			s.tell(ada, "service", fmt.Sprint("gone", status))
			s.idle()
			s.pushes.Next(channeltest.Answer{Status: status})
			s.tell(ada, "service", fmt.Sprint("gone again", status))
			s.idle()
			if got := s.phones(ada); len(got) != 1 || got[0].Endpoint != kept.Endpoint && got[0].Endpoint != gone.Endpoint {
				t.Errorf("%d: %+v", status, got)
			}
			s.write(func(tx *db.Tx) error { return notice.Forget(tx, ada) })
		}
	})
}

func TestABrowserBelongsToOnePerson(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ada, bob := s.person("ada"), s.person("bob")
		p := s.has(ada)
		other := s.has(ada)
		id := s.phones(ada)[0].ID
		if again, err := s.adds(ada, p, "ru"); err != nil || again != id || s.phones(ada)[0].Language != "ru" {
			t.Errorf("%d again as %d, %v", id, again, err)
		}
		if _, err := s.adds(bob, p, "en"); err != nil {
			t.Fatal(err)
		}
		if mine, his := s.phones(ada), s.phones(bob); len(mine) != 1 || mine[0].Endpoint != other.Endpoint || len(his) != 1 || his[0].Endpoint != p.Endpoint {
			t.Fatalf("%+v %+v", mine, his)
		}
		s.tell(ada, "service", "of ada")
		s.idle()
		if got := s.pushes.Taken(); len(got) != 1 || got[0].To != other {
			t.Errorf("%d came", len(got))
		}
		if n := s.number("SELECT count(*) FROM push_phones"); n != 2 {
			t.Errorf("%d phones are kept", n)
		}
		// Of two who were merged the phones are one person's; when that is undone they are each one's own again.
		var alias int64
		s.write(func(tx *db.Tx) (err error) { alias, err = customer.Merge(tx, bob, ada); return err })
		if got := s.phones(ada, bob); len(got) != 2 {
			t.Errorf("%+v", got)
		}
		s.agrees(ada, notice.Channel, notice.Purpose, true)
		s.tell(bob, "service", "of both")
		s.idle()
		if got := s.pushes.Taken(); len(got) != 3 {
			t.Errorf("%d came", len(got))
		}
		s.write(func(tx *db.Tx) error { _, err := customer.Undo(tx, alias); return err })
		s.tell(bob, "service", "of bob")
		s.idle()
		if got := s.pushes.Taken(); len(got) != 4 || got[3].To != p {
			t.Errorf("%d came", len(got))
		}
	})
}

// renews has a browser of a person say that it has replaced its subscription.
func (s *shop) renews(number int64, before, after *channeltest.Phone) (id int64, err error) {
	s.t.Helper()
	err = s.d.Write(s.t.Context(), func(tx *db.Tx) (err error) {
		id, err = notice.Renew(tx, []int64{number}, notice.Phone{PushTo: after.PushTo, Language: "ru", Device: "Linux"}, loopback, func(o notice.Phone) bool { return o.Endpoint == before.Endpoint })
		return err
	})
	return id, err
}

func TestABrowserReplacesItsSubscription(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ada, eve := s.person("ada"), s.person("eve")
		old, other, evil := s.has(ada), s.has(ada), s.has(eve)
		was := s.phones(ada)[0]
		fresh := s.pushes.Subscribe()
		if id, err := s.renews(ada, old, fresh); err != nil || id != was.ID {
			t.Fatalf("%d, want %d: %v", id, was.ID, err)
		}
		if _, err := s.renews(ada, old, fresh); err != nil { // it says so twice
			t.Error(err)
		}
		all := s.phones(ada)
		if len(all) != 2 || all[0].Endpoint != fresh.Endpoint || !all[0].Made.Equal(was.Made) || all[0].Language != "ru" || all[1].Endpoint != other.Endpoint {
			t.Errorf("%+v", all)
		}
		// Nobody replaces what is another person's.
		for _, before := range []*channeltest.Phone{evil, old} {
			if _, err := s.renews(ada, before, s.pushes.Subscribe()); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%v", err)
			}
		}
		// It was switched on again before it said what it replaces.
		if _, err := s.renews(ada, fresh, other); err != nil {
			t.Error(err)
		}
		if all := s.phones(ada); len(all) != 1 || all[0].Endpoint != other.Endpoint {
			t.Errorf("%+v", all)
		}
		if all := s.phones(eve); len(all) != 1 || all[0].Endpoint != evil.Endpoint {
			t.Errorf("%+v", all)
		}
		// All at once: the phone is there once or not at all, and so is where it leads.
		for range 20 {
			before, after := s.pushes.Subscribe(), s.pushes.Subscribe()
			if _, err := s.adds(ada, before, "en"); err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			for i := range 6 {
				all.Go(func() {
					var err error
					switch i % 3 {
					case 0, 1:
						_, err = s.renews(ada, before, after)
					default:
						err = s.d.Write(t.Context(), func(tx *db.Tx) error {
							_, _, err := notice.Remove(tx, []int64{ada}, func(o notice.Phone) bool { return o.Endpoint == before.Endpoint })
							return err
						})
					}
					if err != nil && fault.KindOf(err) != fault.NotFound {
						t.Error(err)
					}
				})
			}
			all.Wait()
			s.write(func(tx *db.Tx) error {
				_, _, err := notice.Remove(tx, []int64{ada}, func(o notice.Phone) bool { return o.Endpoint != other.Endpoint })
				return err
			})
		}
	})
}

func TestAnOldNameIsGoneAndThePhoneIsNot(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ada := s.person("ada")
		fresh, old := s.pushes.Subscribe(), *s.pushes.Subscribe()
		// The push service says that the name is gone, and meanwhile the browser has said by which it goes now.
		service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if _, err := s.renews(ada, &old, fresh); err != nil { //nolint:contextcheck // it is the browser that says so, not the sender
				t.Error(err)
			}
			w.WriteHeader(http.StatusGone)
		}))
		t.Cleanup(service.Close)
		old.Endpoint = service.URL + "/push/old"
		if _, err := s.adds(ada, &old, "en"); err != nil {
			t.Fatal(err)
		}
		s.tell(ada, "service", "x")
		s.idle()
		if all := s.phones(ada); len(all) != 1 || all[0].Endpoint != fresh.Endpoint {
			t.Fatalf("%+v", all)
		}
		s.tell(ada, "service", "y")
		if came := s.pushes.Wait(1); came[0].To != fresh {
			t.Errorf("%+v", came)
		}
	})
}

// A notice is with the push service while its member is erased: nothing comes back for it, and nothing is sent again.
func TestWhoIsErasedWhileANoticeIsOnItsWay(t *testing.T) {
	t.Parallel()
	for _, answer := range []int{http.StatusCreated, http.StatusGone, http.StatusBadRequest, http.StatusServiceUnavailable} {
		each(t, func(t *testing.T, s *shop) {
			t.Helper()
			ada := s.person("ada")
			var asked atomic.Int64
			service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if asked.Add(1) == 1 {
					s.write(func(tx *db.Tx) error { return errors.Join(customer.Erase(tx, ada), notice.Forget(tx, ada)) }) //nolint:contextcheck // not the sender's
				}
				w.WriteHeader(answer)
			}))
			t.Cleanup(service.Close)
			p := *s.pushes.Subscribe()
			p.Endpoint = service.URL + "/push/a"
			if _, err := s.adds(ada, &p, "en"); err != nil {
				t.Fatal(err)
			}
			s.tell(ada, "service", "x")
			s.tell(ada, "service", "y")
			s.idle()
			s.us.Add((5 * time.Minute).Microseconds())
			if left := s.idle(); left != 0 {
				t.Errorf("%d jobs are left", left)
			}
			if n := asked.Load(); n < 1 || n > 2 { // both may have been on their way
				t.Errorf("%d: it was sent %d times", answer, n)
			}
			if n := s.number("SELECT (SELECT count(*) FROM push_phones) + (SELECT count(*) FROM push_endpoints)"); n != 0 {
				t.Errorf("%d: %d phones are left", answer, n)
			}
		})
	}
}

func TestSomanyPhonesAndNoMore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ada := s.person("ada")
		var wait sync.WaitGroup
		var refused atomic.Int64
		for range notice.PhonesMost + 4 {
			p := s.pushes.Subscribe()
			wait.Go(func() {
				_, err := s.adds(ada, p, "en")
				switch {
				case fault.KindOf(err) == fault.Conflict && err != nil:
					refused.Add(1)
				case err != nil:
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if n := len(s.phones(ada)); n != notice.PhonesMost || refused.Load() != 4 {
			t.Errorf("%d phones, %d refused", n, refused.Load())
		}
		p := s.pushes.Subscribe()
		p.Endpoint = "https://192.168.1.1/push"
		if _, err := s.adds(s.person("bob"), p, "en"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v", err)
		}
	})
}

func TestThereIsOneKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		keys := make([]string, 6)
		var wait sync.WaitGroup
		for i := range keys {
			wait.Go(func() { keys[i] = s.key(s.box) })
		}
		wait.Wait()
		for _, k := range keys {
			if k != keys[0] || len(k) != 87 {
				t.Errorf("%q", keys)
			}
		}
		// The database alone does not give it away.
		var text string
		if err := s.d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow("SELECT value FROM settings WHERE key = 'push_key'").Scan(&text)
		}); err != nil || !strings.Contains(text, "sealed") {
			t.Errorf("%s, %v", text, err)
		}
		other := secret.New(bytes.Repeat([]byte{8}, 32))
		if k := s.key(other); k == keys[0] || k != s.key(other) {
			t.Error("with another key file there is not one other key")
		}
	})
}

func (s *shop) key(box *secret.Box) string {
	var key channel.PushKey
	key, err := notice.Key(s.t.Context(), s.d, box)
	if err != nil {
		s.t.Error(err)
		return ""
	}
	text, err := key.Public()
	if err != nil {
		s.t.Error(err)
	}
	return text
}

func (s *shop) number(query string) (n int64) {
	s.t.Helper()
	if err := s.d.Read(s.t.Context(), func(tx *db.Tx) error { return tx.QueryRow(query).Scan(&n) }); err != nil {
		s.t.Fatal(err)
	}
	return n
}
