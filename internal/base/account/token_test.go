package account_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/base/account"
)

var keyForm = regexp.MustCompile(`^rk_(live|pub)_[0-9A-Za-z]{38}$`)

func TestAKeyIsToldFromAMistypedOne(t *testing.T) {
	t.Parallel()
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"
	seen := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		text := account.NewKeyText(rapid.Bool().Draw(t, "public"))
		if !keyForm.MatchString(text) || !account.WellFormed(text) || seen[text] {
			t.Fatalf("%s is no key as they are made, or was made before", text)
		}
		seen[text] = true
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		wrong := []byte(text)
		if wrong[at] = letters[rapid.IntRange(0, len(letters)-1).Draw(t, "letter")]; string(wrong) != text && account.WellFormed(string(wrong)) {
			t.Errorf("%s was mistyped as %s and passes", text, wrong)
		}
		if account.WellFormed(text[:at]) || account.WellFormed(text+"0") {
			t.Errorf("a part of %s passes", text)
		}
		if at+1 < len(text) && text[at] != text[at+1] {
			swapped := text[:at] + text[at+1:at+2] + text[at:at+1] + text[at+2:]
			if account.WellFormed(swapped) {
				t.Errorf("%s with two letters swapped, %s, passes", text, swapped)
			}
		}
	})
	if public := strings.Replace(account.NewKeyText(false), "rk_live_", "rk_pub_", 1); account.WellFormed(public) {
		t.Errorf("%s passes as a public key", public)
	}
}

func TestIDsAreWrittenSoThatTheySort(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64Min(0).Draw(t, "a"), rapid.Int64Min(0).Draw(t, "b")
		if (account.Spell(a) < account.Spell(b)) != (a < b) {
			t.Errorf("%d and %d are written %s and %s", a, b, account.Spell(a), account.Spell(b))
		}
		if n, ok := account.Unspell(account.Spell(a)); !ok || n != a {
			t.Errorf("%d is read as %d", a, n)
		}
	})
	for _, wrong := range []string{"", "0", "8000000000000", "000000000000u", "00000000000000"} {
		if n, ok := account.Unspell(wrong); ok {
			t.Errorf("%q is read as %d", wrong, n)
		}
	}
}
