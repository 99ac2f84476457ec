package locale

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// forms are the plural forms of each language, by CLDR.
func forms(tag string) []string {
	switch tag {
	case "ru":
		return []string{"one", "few", "many", "other"}
	case "zh":
		return []string{"other"}
	default:
		return []string{"one", "other"}
	}
}

// read gives a language's messages and the topic of each; a key that stands twice, in one file or two, is an error.
func read(t *testing.T, tag string) (messages, topics map[string]string) {
	t.Helper()
	messages, topics = make(map[string]string), make(map[string]string)
	entries, err := files.ReadDir("messages")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		topic, found := strings.CutSuffix(e.Name(), "."+tag+".json")
		if !found {
			continue
		}
		raw, err := files.ReadFile("messages/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, pair := range pairs(t, e.Name(), string(raw)) {
			if other, twice := topics[pair[0]]; twice {
				t.Errorf("%s: %s stands in %s and again in %s", tag, pair[0], other, topic)
			}
			messages[pair[0]], topics[pair[0]] = pair[1], topic
		}
	}
	return messages, topics
}

// pairs reads a flat object token by token: unmarshalled into a map, a key that stands twice would not be seen.
func pairs(t *testing.T, name, raw string) (all [][2]string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(raw))
	var words []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if text, ok := token.(string); ok {
			words = append(words, text)
		} else if token != json.Delim('{') && token != json.Delim('}') {
			t.Fatalf("%s: %v is not a text", name, token)
		}
	}
	for pair := range slices.Chunk(words, 2) {
		all = append(all, [2]string{pair[0], pair[1]})
	}
	return all
}

// plurals are the keys with plural forms, without the form.
func plurals(messages map[string]string) map[string]bool {
	stems := make(map[string]bool)
	for key := range messages {
		if stem, found := strings.CutSuffix(key, ".one"); found {
			if _, found := messages[stem+".other"]; found {
				stems[stem] = true
			}
		}
	}
	return stems
}

// wanted lists the keys a language must have, each with the English text whose placeholders it must repeat.
func wanted(english map[string]string, tag string) map[string]string {
	want := make(map[string]string)
	stems := plurals(english)
	for key, text := range english {
		stem := key[:max(strings.LastIndexByte(key, '.'), 0)]
		if !stems[stem] {
			want[key] = text
			continue
		}
		for _, form := range forms(tag) {
			want[stem+"."+form] = english[stem+".other"]
		}
	}
	return want
}

func TestEveryLanguageHasEveryMessage(t *testing.T) {
	t.Parallel()
	english, topics := read(t, "en")
	for _, tag := range Tags() {
		messages, _ := read(t, tag)
		want := wanted(english, tag)
		for _, key := range slices.Sorted(maps.Keys(want)) {
			text, found := messages[key]
			switch {
			case !found:
				t.Errorf("%s (%s): %s is missing", tag, topics[key], key)
			case strings.TrimSpace(text) == "":
				t.Errorf("%s: %s is empty", tag, key)
			case tag == "en" && strings.HasSuffix(key, ".one"): // “one customer” needs no {0}
			case !slices.Equal(placeholders(text), placeholders(want[key])):
				t.Errorf("%s: %s has placeholders %v, English has %v", tag, key, placeholders(text), placeholders(want[key]))
			}
		}
		for key := range messages {
			if _, known := want[key]; !known {
				t.Errorf("%s: %s is unknown in English, or a plural form that %s does not have", tag, key, tag)
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{\d+\}`)

// placeholders in order of their number, each once.
func placeholders(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// Words that are the same in every language: names of measures, people, programs, formats and options.
var universal = strings.Fields(`BIC Gamma NPS CSAT CES RFM CLV CAC Wilson Kaplan Meier Wald Greenwood Newcombe Student Tango delta t
	rfm CSV XLSX JSON HTML PDF SVG https iPhone iPad Parquet SQL UTF BOM Excel ECharts Web Regulars
	regulars report predict recommend calc demo measures make build n A B E N R F M S`)

var (
	latinWord = regexp.MustCompile(`\p{Latin}+`)
	code      = regexp.MustCompile("`[^`]*`|--[a-z-]+|[a-z_]+=\\S+|\\S+\\.(?:csv|json|xlsx|html)\\b")
)

func TestNothingIsLeftInEnglish(t *testing.T) {
	t.Parallel()
	english, _ := read(t, "en")
	for _, tag := range Tags()[1:] {
		messages, _ := read(t, tag)
		for key, text := range messages {
			for _, word := range latinWord.FindAllString(code.ReplaceAllString(text, ""), -1) {
				if !slices.Contains(universal, word) && strings.Contains(english[key], word) {
					t.Errorf("%s: %s says %q as in English: %s", tag, key, word, text)
				}
			}
		}
	}
}

// A Latin a in a Russian word looks right, and is found by no search and read out wrongly.
func TestWordsKeepToOneAlphabet(t *testing.T) {
	t.Parallel()
	foreign := map[string]string{"ru": "јљњќѓѕџЈЉЊЌЃЅЏ", "mk": "ыэъьщюяйёЫЭЪЬЩЮЯЙЁ"}
	alphabets := []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek}
	for _, tag := range Tags() {
		messages, _ := read(t, tag)
		for key, text := range messages {
			words := strings.FieldsFunc(placeholder.ReplaceAllString(text, " "), func(r rune) bool { return !unicode.IsLetter(r) })
			for _, word := range words {
				used := 0
				for _, alphabet := range alphabets {
					if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(alphabet, r) }) {
						used++
					}
				}
				if used > 1 || strings.ContainsAny(word, foreign[tag]) {
					t.Errorf("%s: %s mixes alphabets in %q", tag, key, word)
				}
			}
		}
	}
}

func TestPunctuation(t *testing.T) {
	t.Parallel()
	quotes := map[string]string{"en": "“”", "ru": "«»", "zh": "“”", "el": "«»", "mk": "„“"}
	rules := []struct {
		what string
		fail *regexp.Regexp
		tags string
	}{
		{"a straight quotation mark", regexp.MustCompile(`"`), "en ru zh el mk"},
		{"two spaces", regexp.MustCompile(`[ \x{a0}]{2}`), "en ru zh el mk"},
		{"a space at its end", regexp.MustCompile(`^\s|\s$`), "en ru zh el mk"},
		{"a hyphen for a minus", regexp.MustCompile(`(^|[\s(])-\d`), "en ru zh el mk"},
		{"three full stops", regexp.MustCompile(`\.\.\.`), "en ru zh el mk"},
		{"the wrong Greek question mark", regexp.MustCompile(`\x{37e}|\?|\x{387}`), "el"},
		{"a Western sign after a Chinese word", regexp.MustCompile(`\p{Han}[,;:?!]`), "zh"},
		{"% without its space", regexp.MustCompile(`[\d}] ?%`), "ru mk"},
		{"a typewriter apostrophe", regexp.MustCompile(`\p{L}'\p{L}`), "en el"},
	}
	for _, tag := range Tags() {
		messages, _ := read(t, tag)
		for key, text := range messages {
			plain := code.ReplaceAllString(text, "x")
			for _, rule := range rules {
				if strings.Contains(rule.tags, tag) && rule.fail.MatchString(plain) && !strings.HasSuffix(key, "separator") {
					t.Errorf("%s: %s has %s: %q", tag, key, rule.what, text)
				}
			}
			for _, mark := range strings.Join(slices.Collect(maps.Values(quotes)), "") {
				if !strings.ContainsRune(quotes[tag], mark) && strings.ContainsRune(text, mark) {
					t.Errorf("%s: %s quotes with %c, the language quotes with %s", tag, key, mark, quotes[tag])
				}
			}
			if marks := []rune(quotes[tag]); strings.Count(text, string(marks[0])) != strings.Count(text, string(marks[1])) {
				t.Errorf("%s: %s opens a quotation and does not close it", tag, key)
			}
		}
	}
}

func measureKeys() []string {
	keys := strings.Fields(`active_customers new_customers revenue orders average_order_value purchase_frequency
		customer_value repeat_orders repurchase_rate repurchase_rate_ever second_order_rate second_order_rate_plain
		upsell_ratio multi_kind_share retention_rate churn_rate retention_rate_formula reactivated_customers new_and_gone
		cohort_retention gap_days regulars_share identified_share top_share lifespan_years lifespan_years_repeaters
		clv_historic revenue_to_date revenue_to_date_median acquisition_cost clv_to_cac retention_cost referred_share rfm
		rfm_migration nps nps_with_passives nps_weighted csat_top csat_mean ces_mean ces_easy response_rate
		first_reply_minutes solution_minutes in_time_share recovered_share loyalty_index loyalty_index_plain`)
	for _, aspect := range strings.Fields(`service staff problem_solving information product_quality delivery site price brand`) {
		keys = append(keys, "aspect_"+aspect+"_mean", "aspect_"+aspect+"_top")
	}
	return keys
}

func TestMeasureTexts(t *testing.T) {
	t.Parallel()
	variants := strings.Fields(`repurchase_rate repurchase_rate_ever second_order_rate second_order_rate_plain upsell_ratio
		retention_rate retention_rate_formula lifespan_years lifespan_years_repeaters clv_historic nps nps_with_passives
		csat_top loyalty_index loyalty_index_plain`)
	for _, tag := range Tags() {
		l := get(t, tag)
		names := make(map[string]string)
		for _, key := range measureKeys() {
			parts := []string{"name", "question", "definition"}
			if slices.Contains(variants, key) {
				parts = append(parts, "note")
			}
			for _, part := range parts {
				if !l.Has("measure." + key + "." + part) {
					t.Errorf("%s: measure.%s has no %s", tag, key, part)
				}
			}
			name, question := l.T("measure."+key+".name", "20"), l.T("measure."+key+".question")
			if other, taken := names[name]; taken {
				t.Errorf("%s: %s and %s have one name, %q", tag, key, other, name)
			}
			names[name] = key
			if size := len([]rune(name)); size > 55 {
				t.Errorf("%s: the name of %s has %d letters, too many for a tile: %s", tag, key, size, name)
			}
			if mark := map[string]string{"zh": "？", "el": ";"}[tag]; !strings.HasSuffix(question, cmp.Or(mark, "?")) {
				t.Errorf("%s: the question of %s is none: %s", tag, key, question)
			}
		}
	}
}

// A text that sends the reader to another measure calls it by its name.
func TestQuotedMeasuresExist(t *testing.T) {
	t.Parallel()
	quotes := map[string]*regexp.Regexp{"en": regexp.MustCompile(`“([^”]+)”`), "ru": regexp.MustCompile(`«([^»]+)»`),
		"zh": regexp.MustCompile(`“([^”]+)”`), "el": regexp.MustCompile(`«([^»]+)»`), "mk": regexp.MustCompile(`„([^“]+)“`)}
	for _, tag := range Tags() {
		l := get(t, tag)
		var names strings.Builder
		for _, key := range measureKeys() {
			fmt.Fprintln(&names, strings.ToLower(l.T("measure."+key+".name")))
		}
		for _, key := range measureKeys() {
			if strings.HasPrefix(key, "ces_") { // they quote the question that was asked
				continue
			}
			for _, part := range []string{"definition", "note"} {
				for _, quoted := range quotes[tag].FindAllStringSubmatch(l.messages["measure."+key+"."+part], -1) {
					if !strings.Contains(names.String(), strings.ToLower(quoted[1])) {
						t.Errorf("%s: %s of %s speaks of %q, which is no measure", tag, part, key, quoted[1])
					}
				}
			}
		}
	}
}

func TestFixedKeys(t *testing.T) {
	t.Parallel()
	var keys []string
	add := func(pattern, words string) {
		for _, word := range strings.Fields(words) {
			keys = append(keys, strings.ReplaceAll(pattern, "*", word))
		}
	}
	units := `percent minor count days years minutes ratio points score`
	add("unit.*", units)
	add("unit.*.axis", units)
	add("direction.*", `higher lower none`)
	add("verdict.*", `real noise too_few`)
	add("verdict.*.sentence", `real noise too_few`)
	add("*", `indicative indicative.sentence interval.label interval.range`)
	add("reason.*", `no_orders no_customers no_answers no_costs too_few divisor_zero no_kinds no_acquisition_channel
		no_invitations no_cases no_history one_value missing_part undefined_bands unlike_scales
		no_referrals no_repeaters too_early no_new_customers no_retention_costs no_unhappy`)
	add("interval.*", `wilson t delta greenwood log_ratio adjusted_wald score order_statistics bootstrap newcombe`)
	bands := `very_low average high good better leader`
	add("band.nps.*.name", bands)
	add("band.nps.*.sentence", bands)
	terms := `cohort retention churn recency frequency monetary interval nps csat ces detractor promoter passive`
	add("term.*", terms)
	add("term.*.name", terms)
	for _, tag := range Tags() {
		l := get(t, tag)
		for _, key := range keys {
			if !l.Has(key) {
				t.Errorf("%s: %s is missing", tag, key)
			}
		}
	}
}
