package account_test

import (
	"bytes"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/base/secret"
)

var (
	box  = secret.New(bytes.Repeat([]byte{7}, 32))
	post = account.Post{Box: box}
)

// street is a gate with a clock that the test moves, and one owner.
type street struct {
	*account.Gate
	*clock
	d    *db.DB
	boss account.User
}

func each(t *testing.T, test func(t *testing.T, s *street)) {
	t.Helper()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		c := &clock{at: time.Now()}
		o.Clock = c.now
		d := migrated(t, dbtest.Open(t, o))
		test(t, &street{Gate: account.NewGate(d, cheap, post), clock: c, d: d, boss: setUp(t, d)})
	})
}

var (
	office = netip.MustParseAddr("198.51.100.20")
	crook  = netip.MustParseAddr("203.0.113.66")
)

func (s *street) try(t *testing.T, password string, from netip.Addr, device string) (account.User, error) {
	t.Helper()
	return s.Password(t.Context(), account.Try{Email: "Olga@example.com", Password: password, From: from, Device: device})
}

func wait(err error) time.Duration {
	var soon *account.TooSoon
	if errors.As(err, &soon) {
		return soon.Wait
	}
	return 0
}

func TestTheGateLetsInWhoKnowsThePassword(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *street) {
		u, err := s.try(t, goodPassword, office, "")
		if err != nil || u.ID != s.boss.ID || u.TOTP {
			t.Fatalf("%+v, %v", u, err)
		}
		var unknown, wrong *fault.Fault
		for email, f := range map[string]**fault.Fault{"olga@example.com": &wrong, "nobody@example.com": &unknown} {
			_, err := s.Password(t.Context(), account.Try{Email: email, Password: "something else entirely", From: office})
			refused(t, err, fault.Unknown, "wrong_credentials")
			errors.As(err, f)
		}
		if *unknown != *wrong {
			t.Errorf("one can tell who is here: %v, %v", unknown, wrong)
		}
		for _, email := range []string{"", "olga", strings.Repeat("x", 10_000) + "@example.com", "a\x00b@example.com", "\xff@example.com"} {
			_, err := s.Password(t.Context(), account.Try{Email: email, Password: goodPassword, From: office})
			refused(t, err, fault.Unknown, "wrong_credentials")
		}
		ann := join(t, s.d, s.boss.Actor(), "ann@example.com", account.Agent)
		must(t, s.d, func(tx *db.Tx) error {
			_, err := account.UpdateUser(tx, s.boss.Actor(), ann.ID, 0, account.UserChange{State: new(account.Disabled)})
			return err
		})
		_, err = s.Password(t.Context(), account.Try{Email: ann.Email, Password: goodPassword, From: office})
		refused(t, err, fault.Forbidden, "user_disabled")
		must(t, s.d, func(tx *db.Tx) error {
			in, err := account.Entries(tx, account.EntryFilter{Action: "user.sign_in"})
			failed, again := account.Entries(tx, account.EntryFilter{Action: "user.sign_in_failed"})
			if len(in) != 1 || in[0].Actor.ID != s.boss.ID || len(failed) != 7 {
				t.Errorf("the trail tells of %d who came in and %d who did not", len(in), len(failed))
			}
			return errors.Join(err, again)
		})
	})
}

func TestGuessingIsSlowedAndLocksNobodyOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *street) {
		if _, err := s.try(t, goodPassword, office, ""); err != nil {
			t.Fatal(err)
		}
		device := s.Device(s.boss)
		var waits []time.Duration
		for range 16 {
			_, err := s.try(t, "something else entirely", crook, "")
			for code(err) == "too_many_tries" {
				waits = append(waits, wait(err))
				if _, again := s.try(t, goodPassword, crook, ""); code(again) != "too_many_tries" {
					t.Fatalf("while waiting, the right password is let in: %v", again)
				}
				s.pass(wait(err))
				_, err = s.try(t, "something else entirely", crook, "")
			}
			refused(t, err, fault.Unknown, "wrong_credentials")
		}
		var want []time.Duration
		for i := range 10 {
			want = append(want, min(time.Second<<i, 15*time.Minute))
		}
		if !slices.Equal(waits, want) {
			t.Errorf("waits of %v, want %v", waits, want)
		}
		// The one who is attacked comes in, from elsewhere and from the very network of the attacker.
		if _, err := s.try(t, goodPassword, office, ""); err != nil {
			t.Errorf("locked out at the office: %v", err)
		}
		if _, err := s.try(t, goodPassword, crook, device); err != nil {
			t.Errorf("locked out with a known device: %v", err)
		}
		// What is sealed for a device of one user is of no use for another, nor when it was made up.
		ann := join(t, s.d, s.boss.Actor(), "ann@example.com", account.Agent)
		for _, wrong := range []string{s.Device(ann), device[:len(device)-2], "x", ""} {
			if _, err := s.try(t, goodPassword, crook, wrong); code(err) != "too_many_tries" {
				t.Errorf("let in with the device %.20q: %v", wrong, err)
			}
		}
		s.pass(2*time.Hour + time.Second)
		if _, err := s.try(t, goodPassword, crook, ""); err != nil {
			t.Errorf("never forgotten: %v", err)
		}
	})
}

func TestADeviceHasABudgetToo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *street) {
		device := s.Device(s.boss)
		tries := 0
		for ; tries < 50; tries++ {
			if _, err := s.try(t, "something else entirely", office, device); code(err) == "too_many_tries" {
				break
			}
		}
		if tries != 11 {
			t.Errorf("a stolen device guesses %d times without waiting", tries)
		}
	})
}

func TestOneNetworkCannotTryEveryEMail(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *street) {
		let := 0
		for i := range 100 {
			from := netip.AddrFrom4([4]byte{203, 0, 113, byte(i)})
			_, err := s.Password(t.Context(), account.Try{Email: string(rune('a'+i%26)) + string(rune('a'+i/26)) + "@example.com", Password: "x", From: from})
			if code(err) == "wrong_credentials" {
				let++
			}
		}
		if let != 31 {
			t.Errorf("%d of 100 e-mails were tried from one network without waiting", let)
		}
		if _, err := s.try(t, goodPassword, office, ""); err != nil {
			t.Errorf("another network is locked out: %v", err)
		}
	})
}

// Tries at the same moment count each: also in two processes.
func TestTriesAtTheSameMomentCount(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *street) {
		var all sync.WaitGroup
		var lock sync.Mutex
		let := 0
		for range 40 {
			all.Go(func() {
				_, err := s.try(t, "something else entirely", crook, "")
				lock.Lock()
				defer lock.Unlock()
				if code(err) == "wrong_credentials" {
					let++
				} else if code(err) != "too_many_tries" {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if let != 6 {
			t.Errorf("%d of 40 tries at once were looked at, want 6", let)
		}
	})
}

// secondStep sets a phone up and gives its secret.
func (s *street) secondStep(t *testing.T) (key string, recovery []string) {
	t.Helper()
	must(t, s.d, func(tx *db.Tx) error {
		address, text, err := account.BeginTOTP(tx, s.boss.Actor(), box, "Café")
		if err != nil {
			return err
		}
		if key = text; !strings.HasPrefix(address, "otpauth://totp/Caf%C3%A9:olga@example.com?") || !strings.Contains(address, "secret="+text) {
			t.Errorf("the phone reads %s", address)
		}
		return nil
	})
	refused(t, write(t, s.d, func(tx *db.Tx) error { _, err := account.ConfirmTOTP(tx, s.boss.Actor(), box, "000000"); return err }),
		fault.Unknown, "wrong_code")
	must(t, s.d, func(tx *db.Tx) (err error) {
		recovery, err = account.ConfirmTOTP(tx, s.boss.Actor(), box, s.code(t, key))
		return err
	})
	return key, recovery
}

func (s *street) code(t *testing.T, key string) string {
	t.Helper()
	code, err := totp.GenerateCode(key, s.now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestACodeOfTheSecondStepIsGoodOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *street) {
		key, recovery := s.secondStep(t)
		u, err := s.try(t, goodPassword, office, "")
		if err != nil || !u.TOTP || u.SignedIn.Valid {
			t.Fatalf("%+v, %v", u, err)
		}
		check := func(code string) error { _, err := s.Code(t.Context(), s.boss.ID, code); return err }
		refused(t, check(s.code(t, key)), fault.Unknown, "wrong_code") // it showed that the phone works
		s.pass(30 * time.Second)
		now := s.code(t, key)
		if err := check(now[:3] + " " + now[3:]); err != nil {
			t.Errorf("%s: %v", now, err)
		}
		refused(t, check(now), fault.Unknown, "wrong_code")
		s.pass(30 * time.Second)
		late := s.code(t, key)
		s.pass(30 * time.Second)
		if err := check(late); err != nil {
			t.Errorf("a phone that is half a minute late: %v", err)
		}
		s.pass(90 * time.Second)
		refused(t, check(late), fault.Unknown, "wrong_code")
		if len(recovery) != 10 {
			t.Fatalf("%d codes for the day when the phone is lost", len(recovery))
		}
		if err := check(strings.ToUpper(strings.ReplaceAll(recovery[3], "-", " "))); err != nil {
			t.Errorf("%s: %v", recovery[3], err)
		}
		refused(t, check(recovery[3]), fault.Unknown, "wrong_code")
		must(t, s.d, func(tx *db.Tx) error {
			rows, err := tx.Maps("SELECT totp, hash FROM users, recovery_codes")
			for _, row := range rows {
				if bytes.Contains(row["totp"].([]byte), []byte(key)) || slices.Contains(recovery, row["hash"].(string)) {
					t.Error("the secrets of the second step can be read")
				}
			}
			return err
		})
	})
}

// With the password alone a million codes cannot be tried.
func TestCodesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *street) {
		key, _ := s.secondStep(t)
		tries := 0
		for ; tries < 50; tries++ {
			if _, err := s.Code(t.Context(), s.boss.ID, "000000"); code(err) == "too_many_tries" {
				break
			}
		}
		if tries != 6 {
			t.Errorf("%d codes are tried without waiting", tries)
		}
		s.pass(30 * time.Second)
		if _, err := s.Code(t.Context(), s.boss.ID, s.code(t, key)); err != nil {
			t.Errorf("after waiting: %v", err)
		}
		for range 5 {
			if _, err := s.Code(t.Context(), s.boss.ID, "000000"); code(err) != "wrong_code" {
				t.Errorf("who came in has no budget: %v", err)
			}
		}
	})
}

func TestTheSecondStepIsSwitchedOffByWhoMay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *street) {
		s.secondStep(t)
		refused(t, write(t, s.d, func(tx *db.Tx) error { _, _, err := account.BeginTOTP(tx, s.boss.Actor(), box, ""); return err }),
			fault.Conflict, "totp_on")
		mary := join(t, s.d, s.boss.Actor(), "mary@example.com", account.Manager)
		off := func(by account.Actor) error {
			return write(t, s.d, func(tx *db.Tx) error { return account.TOTPOff(tx, by, s.boss.ID) })
		}
		refused(t, off(mary.Actor()), fault.Forbidden, "not_allowed")
		if err := off(s.boss.Actor()); err != nil {
			t.Fatal(err)
		}
		if u, err := s.try(t, goodPassword, office, ""); err != nil || u.TOTP {
			t.Errorf("%+v, %v", u, err)
		}
	})
}

func TestWhoSignedInShowsThePasswordAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *street) {
		if err := s.Again(t.Context(), s.boss.Actor(), goodPassword, office); err != nil {
			t.Error(err)
		}
		refused(t, s.Again(t.Context(), s.boss.Actor(), "something else entirely", office), fault.Invalid, "wrong_password")
		refused(t, s.Again(t.Context(), account.As(account.Program, "key_1", ""), goodPassword, office), fault.Unknown, "not_signed_in")
	})
}
