package page

import (
	"embed"
	"html/template"
	"strings"

	"regulars/internal/base/locale"
)

//go:embed html/*.gohtml html/*.css
var files embed.FS

// Templates are those of the parts that pages share: "table", "cell" and "change". T and P are texts of the language,
// without and with plural forms.
func Templates(l *locale.Locale) (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{
		"T": l.T,
		// The integer must be an int64 for the plural rules.
		"P": func(key string, n int, args ...any) string { return l.P(key, int64(n), args...) },
	}).ParseFS(files, "html/*.gohtml")
}

// StyleSheet is all of a page's style: the tokens, then what uses them.
func StyleSheet() (template.CSS, error) {
	var b strings.Builder
	for _, name := range []string{"html/tokens.css", "html/page.css"} {
		raw, err := files.ReadFile(name)
		if err != nil {
			return "", err
		}
		b.Write(raw)
	}
	return template.CSS(b.String()), nil //nolint:gosec // our own files
}

// Token is the value of a token of the light theme, such as #1d5c42 for accent: for what has no style sheet, such as a letter.
func Token(name string) string { return token(name, false) }

// DarkToken is that of the dark theme.
func DarkToken(name string) string { return token(name, true) }

func token(name string, dark bool) (found string) {
	raw, err := files.ReadFile("html/tokens.css")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(raw)) { // the light ones come first
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && key == "--"+name && (found == "" || dark) {
			found = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), ";"))
		}
	}
	return found
}
