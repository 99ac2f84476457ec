package locale

import "golang.org/x/text/language"

// languages are those that there are, for choosing by what a browser prefers.
var languages = func() language.Matcher {
	var tags []language.Tag
	for _, tag := range Tags() {
		tags = append(tags, language.MustParse(tag))
	}
	return language.NewMatcher(tags)
}()

// Negotiate is the tag of the language that there is and that the header Accept-Language of a browser asks for first.
func Negotiate(header string) string {
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(wanted) == 0 {
		return Tags()[0]
	}
	_, place, _ := languages.Match(wanted...)
	return Tags()[place]
}
