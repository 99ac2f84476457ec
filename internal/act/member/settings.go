package member

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/base/setting"
)

// Settings say what members see.
type Settings struct {
	Open     bool   `json:"open"`               // whether there are pages for members at all
	Greeting string `json:"greeting,omitempty"` // a sentence for those who have not joined yet
	Accent   string `json:"accent,omitempty"`   // the colour of the business, such as #0a5c36
	Terms    string `json:"terms,omitempty"`    // of the programme, as plain text
	Version  string `json:"version,omitempty"`  // of the terms
	// NoNotices says that nobody is told anything on their phone.
	NoNotices bool `json:"no_notices,omitempty"`
	// The hours in which nobody is woken, on the clocks of the business, such as 21:00; empty: the usual ones. From and until the
	// same: there are none.
	QuietFrom  string `json:"quiet_from,omitempty"`
	QuietUntil string `json:"quiet_until,omitempty"`
	// What greeting and terms are in other languages, by language such as el; where one is not there, as they are.
	GreetingTranslations map[string]string `json:"greeting_translations,omitempty"`
	TermsTranslations    map[string]string `json:"terms_translations,omitempty"`
}

// In are the settings with greeting and terms in a language.
func (s Settings) In(language string) Settings {
	s.Greeting, s.Terms = cmp.Or(s.GreetingTranslations[language], s.Greeting), cmp.Or(s.TermsTranslations[language], s.Terms)
	return s
}

// The usual hours in which nobody is woken.
const (
	UsualQuietFrom  = "21:00"
	UsualQuietUntil = "08:00"
)

// Quiet are the hours in which nobody is woken, from one time of day until another one.
func (s *Settings) Quiet() (from, until time.Duration) {
	return ofDay(s.QuietFrom, UsualQuietFrom), ofDay(s.QuietUntil, UsualQuietUntil)
}

const clock = "15:04"

// ofDay is a time of day as how long after midnight it is.
func ofDay(text, usual string) time.Duration {
	at, err := time.Parse(clock, cmp.Or(text, usual))
	if err != nil { // it was checked when it was saved
		at, _ = time.Parse(clock, usual)
	}
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
}

// UsualAccent is the colour of a business that has named none.
const UsualAccent = "#1d5c42"

const (
	settingsKey     = "members"
	longestGreeting = 500
	longestTerms    = 50_000
	longestVersion  = 60
)

// Load reads the settings; the zero value where nobody has set any.
func Load(tx *db.Tx) (s Settings, err error) {
	_, err = setting.Load(tx, settingsKey, &s)
	return s, err
}

// Set names what is set, as the trail has it.
func (s *Settings) Set() (names []string) {
	for name, set := range map[string]bool{"open": s.Open, "greeting": s.Greeting != "", "accent": s.Accent != "", "terms": s.Terms != "", "version": s.Version != "",
		"no_notices": s.NoNotices, "quiet_from": s.QuietFrom != "", "quiet_until": s.QuietUntil != "",
		"greeting_translations": len(s.GreetingTranslations) > 0, "terms_translations": len(s.TermsTranslations) > 0} {
		if set {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Check refuses what cannot be.
func (s *Settings) Check() error {
	if err := s.checkTranslations(); err != nil {
		return err
	}
	if utf8.RuneCountInString(s.Greeting) > longestGreeting {
		return fault.In("greeting", fault.Coded("too_long", fault.Invalidf("a greeting has %d signs at most", longestGreeting)))
	}
	if len(s.Terms) > longestTerms {
		return fault.In("terms", fault.Coded("too_long", fault.Invalidf("the terms have %d bytes at most", longestTerms)))
	}
	if len(s.Version) > longestVersion {
		return fault.In("version", fault.Coded("too_long", fault.Invalidf("the version of the terms has %d bytes at most", longestVersion)))
	}
	for name, text := range map[string]string{"quiet_from": s.QuietFrom, "quiet_until": s.QuietUntil} {
		if _, err := time.Parse(clock, text); text != "" && (err != nil || len(text) != len(clock)) {
			return fault.In(name, fault.Coded("no_time", fault.Invalidf("a time of day is written like 21:00")))
		}
	}
	if s.Accent == "" {
		return nil
	}
	if len(s.Accent) != len("#000000") || s.Accent[0] != '#' || strings.Trim(s.Accent[1:], "0123456789abcdefABCDEF") != "" {
		return fault.In("accent", fault.Coded("no_colour", fault.Invalidf("a colour is written like #0a5c36")))
	}
	return nil
}

func (s *Settings) checkTranslations() error {
	for _, one := range []struct {
		field   string
		in      map[string]string
		longest int
	}{{"greeting", s.GreetingTranslations, longestGreeting}, {"terms", s.TermsTranslations, longestTerms}} {
		for language, text := range one.in {
			field := one.field + "_translations." + language
			switch {
			case !slices.Contains(locale.Tags(), language):
				return fault.In(field, fault.Invalidf("%.20q is no language that the pages speak; there are %s", language, strings.Join(locale.Tags(), ", ")))
			case utf8.RuneCountInString(text) > one.longest:
				return fault.In(field, fault.Coded("too_long", fault.Invalidf("it has %d signs at most", one.longest)))
			}
		}
	}
	return nil
}

// Save keeps the settings.
func Save(tx *db.Tx, s Settings) error {
	if err := s.Check(); err != nil {
		return err
	}
	return setting.Save(tx, settingsKey, s)
}
