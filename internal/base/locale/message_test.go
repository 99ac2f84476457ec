package locale

import (
	"slices"
	"strings"
	"testing"

	"regulars/internal/base/fault"
)

func TestGet(t *testing.T) {
	t.Parallel()
	names := map[string]string{"en": "English", "ru": "Русский", "zh": "简体中文", "el": "Ελληνικά", "mk": "Македонски"}
	for _, tag := range Tags() {
		l := get(t, tag)
		if l.Tag() != tag || l.Name() != names[tag] {
			t.Errorf("%s: tag %q, name %q", tag, l.Tag(), l.Name())
		}
	}
	for _, tag := range []string{"", "fr", "EN", "en-GB", "../en", "*"} {
		_, err := Get(tag)
		if fault.KindOf(err) != fault.Invalid {
			t.Fatalf("%q: got %v, want an invalid fault", tag, err)
		}
		for _, known := range Tags() {
			if !strings.Contains(err.Error(), known) {
				t.Errorf("%q: the fault does not name %s: %v", tag, known, err)
			}
		}
	}
}

// with is a locale with messages of the test's own.
func with(t *testing.T, tag string, messages map[string]string) *Locale {
	t.Helper()
	l := get(t, tag)
	l.messages = messages
	return l
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	l := with(t, "en", map[string]string{
		"plain": "no arguments", "two": "{0} of {1}", "turned": "{1}, then {0}, then {1}", "braces": "{x} {} { {0} {9} {",
		"set": "{{0}}",
	})
	cases := []struct {
		key  string
		args []any
		want string
	}{
		{"plain", nil, "no arguments"},
		{"plain", []any{1}, "no arguments"},
		{"two", []any{"12", 3456}, "12 of 3,456"},
		{"two", []any{int64(-1), int32(1000)}, "−1 of 1,000"},
		{"two", []any{true, "{0}"}, "true of {0}"},
		{"two", []any{"שלום 7", "a"}, "\u2068שלום 7\u2069 of a"},
		{"two", []any{"قهوة", 7}, "\u2068قهوة\u2069 of 7"},
		{"two", []any{"a\u202eb", "c"}, "\u2068a\u202eb\u2069 of c"},
		{"two", []any{"Καφές ☕️", "咖啡"}, "Καφές ☕️ of 咖啡"},
		{"two", nil, "{0} of {1}"},
		{"two", []any{"one"}, "one of {1}"},
		{"turned", []any{"a", "b"}, "b, then a, then b"},
		{"braces", []any{"a"}, "{x} {} { a {9} {"},
		{"set", []any{"a"}, "{a}"},
		{"absent", []any{"a"}, "⟦absent⟧"},
	}
	for _, c := range cases {
		if got := l.T(c.key, c.args...); got != c.want {
			t.Errorf("%s %v: got %q, want %q", c.key, c.args, got, c.want)
		}
	}
	if !l.Has("plain") || l.Has("absent") {
		t.Error("Has tells the wrong keys")
	}
}

// The forms are those of CLDR 48, as Intl.PluralRules gives them.
func TestPluralForms(t *testing.T) {
	t.Parallel()
	cases := map[string]map[string][]int64{
		"en": {"one": {1, -1}, "other": {0, 2, 5, 11, 21, 101, 1000000}},
		"ru": {"one": {1, 21, 101, 1001, 1000000021, -21}, "few": {2, 4, 22, 104, 1000000002},
			"many": {0, 5, 11, 12, 14, 19, 20, 111, 1000, 1000011, 1000000}},
		"zh": {"other": {0, 1, 2, 5, 21}},
		"el": {"one": {1}, "other": {0, 2, 11, 21, 101}},
		"mk": {"one": {1, 21, 101, 1000001}, "other": {0, 2, 5, 10, 11, 12, 20, 111, 1011}},
	}
	for tag, forms := range cases {
		l := with(t, tag, map[string]string{"k.one": "one", "k.few": "few", "k.many": "many", "k.other": "other"})
		for want, numbers := range forms {
			for _, n := range numbers {
				if got := l.P("k", n); got != want {
					t.Errorf("%s %d: got %s, want %s", tag, n, got, want)
				}
			}
		}
	}
}

func TestPluralArguments(t *testing.T) {
	t.Parallel()
	l := with(t, "ru", map[string]string{"k.one": "{0} клиент, {1}", "k.few": "{0} клиента, {1}",
		"k.many": "{0} клиентов, {1}", "k.other": "{0} клиента, {1}", "bare.other": "всего {0}"})
	for n, want := range map[int64]string{1: "1 клиент, x", 3: "3 клиента, x", 4338: "4" + nbsp + "338 клиентов, x"} {
		if got := l.P("k", n, "x"); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
	if got := l.P("bare", 1); got != "всего 1" {
		t.Errorf("a form that is missing falls back to other: got %q", got)
	}
	if got := l.P("absent", 1); got != "⟦absent⟧" {
		t.Errorf("got %q", got)
	}
}

func TestMessagesAreShared(t *testing.T) {
	t.Parallel()
	topics := make(map[string]int)
	entries, err := files.ReadDir("messages")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		topic, tag, ok := strings.Cut(strings.TrimSuffix(e.Name(), ".json"), ".")
		if !ok || !slices.Contains(Tags(), tag) {
			t.Errorf("%s is not <topic>.<language>.json", e.Name())
		}
		topics[topic]++
	}
	for topic, languages := range topics {
		if languages != len(Tags()) {
			t.Errorf("topic %s is in %d languages of %d", topic, languages, len(Tags()))
		}
	}
}

func TestAbbreviationEndsItsSentence(t *testing.T) {
	t.Parallel()
	l := get(t, "ru")
	for text, want := range map[string]string{
		"Случайно: {0}.": "Случайно: 90 дн.",
		"{0}... и ещё":   "90 дн.... и ещё",
		"{0} до конца.":  "90 дн. до конца.",
	} {
		if got := l.expand(text, []any{"90 дн."}); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
