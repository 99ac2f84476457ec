package account_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/fault"
)

func TestAPasswordIsHardToGuessAndNoMoreIsAsked(t *testing.T) {
	t.Parallel()
	h := account.CheapHasher(1, 4)
	for password, want := range map[string]string{
		"":                       "password_short",
		"elevenchars":            "password_short",
		strings.Repeat("é", 201): "password_long",
		"with\x07a bell in it":   "password_signs",
		"passwordpassword":       "password_common",
		"Password!2345":          "password_common",
		"PASSWORD12345":          "password_common",
		"aaaaaaaaaaaaa":          "password_common",
		"abcabcabcabc":           "password_common",
		"345678901234":           "password_common",
		"poiuytrewqmnb":          "password_common",
		"йцукенгшщзхъ":           "password_common",
		"ann.smith2026":          "password_own",
		"Ann.Smith@Example.com":  "password_own",
		"four old wooden chairs": "",
		"долгая дорога в дюнах":        "",
		"ann.smith likes other things": "",
		"zq7 vm2kd 0pwx":               "",
	} {
		_, err := h.Hash(t.Context(), password, "ann.smith@example.com", "Ann Smith")
		if want == "" && err != nil || want != "" && (code(err) != want || fault.KindOf(err) != fault.Invalid) {
			t.Errorf("%q: %v, want %q", password, err, want)
		}
		if err != nil && len(password) > 8 && strings.Contains(err.Error(), password) {
			t.Errorf("the refusal repeats the password: %v", err)
		}
	}
}

func TestAPasswordMatchesItselfAlone(t *testing.T) {
	t.Parallel()
	h := account.CheapHasher(2, 4)
	const composed, decomposed = "caf\u00e9 au lait chaud", "cafe\u0301 au lait chaud"
	kept, err := h.Hash(t.Context(), composed)
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.Hash(t.Context(), composed)
	if err != nil || again == kept {
		t.Errorf("the same password looks the same twice: %v, %v", kept, err)
	}
	for password, want := range map[string]bool{
		composed: true, decomposed: true, "cafe au lait chaud": false, "": false, strings.Repeat("x", 100_000): false,
	} {
		if same, renewed, err := h.Matches(t.Context(), password, kept); same != want || err != nil || renewed != (account.Hashed{}) {
			t.Errorf("%.20q: %v, %v, %v", password, same, renewed, err)
		}
	}
	if same, _, err := h.Matches(t.Context(), "", account.Hashed{}); same || err != nil {
		t.Errorf("nothing matches nothing: %v, %v", same, err)
	}
	if _, _, err := h.Matches(t.Context(), composed, account.HashedAs("$1$md5")); err == nil {
		t.Error("a form that is not known is taken for a wrong password")
	}
}

func TestAHashOfAnotherCostIsMadeAnew(t *testing.T) {
	t.Parallel()
	kept, err := account.CheapHasher(1, 1).Hash(t.Context(), "four old wooden chairs")
	if err != nil {
		t.Fatal(err)
	}
	now := account.NewHasher()
	same, renewed, err := now.Matches(t.Context(), "four old wooden chairs", kept)
	if !same || err != nil || renewed == (account.Hashed{}) {
		t.Fatalf("%v, %v, %v", same, renewed, err)
	}
	if same, again, err := now.Matches(t.Context(), "four old wooden chairs", renewed); !same || err != nil || again != (account.Hashed{}) {
		t.Errorf("%v, %v, %v", same, again, err)
	}
}

// The memory of a hash is taken by so many at once as there are slots; the others wait, and beyond them they are refused.
func TestAHundredSignInsAtOnceTakeTheMemoryOfFew(t *testing.T) {
	t.Parallel()
	h := account.CheapHasher(2, 8)
	leave := []func(){h.Enter(t), h.Enter(t)}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := h.Hash(ctx, "four old wooden chairs"); !strings.Contains(err.Error(), "canceled") {
				t.Errorf("it did not wait: %v", err)
			}
		})
	}
	for deadline := time.Now().Add(10 * time.Second); h.Waiting() < 10 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	_, err := h.Hash(t.Context(), "four old wooden chairs")
	refused(t, err, fault.Unavailable, "busy")
	stop()
	all.Wait()
	for _, l := range leave {
		l()
	}
	if _, err := h.Hash(t.Context(), "four old wooden chairs"); err != nil {
		t.Errorf("when they are gone: %v", err)
	}
}
