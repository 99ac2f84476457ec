package console

import (
	"net/http"
	"slices"
	"time"

	"regulars/internal/base/locale"
)

const (
	languageCookie = "language"
	languageLife   = 365 * 24 * time.Hour
)

// language is the reader's: the one they chose here, or the first that their browser asks for and that there is. Who has
// signed in reads their own.
func (c *Console) language(w http.ResponseWriter, r *http.Request) *locale.Locale {
	chosen := chosenLanguage(r)
	switch chosen {
	case "":
		return c.Locales[locale.Negotiate(r.Header.Get("Accept-Language"))]
	case r.URL.Query().Get("lang"):
		http.SetCookie(w, &http.Cookie{
			Name: languageCookie, Value: chosen, Path: "/", MaxAge: int(languageLife / time.Second), HttpOnly: true, Secure: c.Secure,
			SameSite: http.SameSiteLaxMode,
		})
	}
	return c.Locales[chosen]
}

// chosenLanguage is the one that whoever reads chose here; empty: they did not.
func chosenLanguage(r *http.Request) string {
	if chosen := r.URL.Query().Get("lang"); slices.Contains(locale.Tags(), chosen) {
		return chosen
	}
	if cookie, err := r.Cookie(languageCookie); err == nil && slices.Contains(locale.Tags(), cookie.Value) {
		return cookie.Value
	}
	return ""
}
