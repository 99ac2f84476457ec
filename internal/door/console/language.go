package console

import (
	"net/http"
	"slices"
	"time"

	"golang.org/x/text/language"

	"regulars/internal/base/locale"
)

const (
	languageCookie = "language"
	languageLife   = 365 * 24 * time.Hour
)

// languages are those of locale, for choosing by what a browser prefers.
var languages = func() language.Matcher {
	var tags []language.Tag
	for _, tag := range locale.Tags() {
		tags = append(tags, language.MustParse(tag))
	}
	return language.NewMatcher(tags)
}()

// language is the reader's: the one they chose here, or the first that their browser asks for and that there is. Who has
// signed in reads their own.
func (c *Console) language(w http.ResponseWriter, r *http.Request) *locale.Locale {
	if chosen := r.URL.Query().Get("lang"); slices.Contains(locale.Tags(), chosen) {
		http.SetCookie(w, &http.Cookie{
			Name: languageCookie, Value: chosen, Path: "/", MaxAge: int(languageLife / time.Second), HttpOnly: true, Secure: c.Secure,
			SameSite: http.SameSiteLaxMode,
		})
		return c.locales[chosen]
	}
	if cookie, err := r.Cookie(languageCookie); err == nil && slices.Contains(locale.Tags(), cookie.Value) {
		return c.locales[cookie.Value]
	}
	wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(wanted) == 0 {
		return c.locales[locale.Tags()[0]]
	}
	_, place, _ := languages.Match(wanted...)
	return c.locales[locale.Tags()[place]]
}
