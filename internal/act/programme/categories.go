package programme

import (
	"regexp"
	"slices"

	"regulars/internal/base/db"
)

var categoriesNamed = []*regexp.Regexp{
	regexp.MustCompile(`(?:line\.category|customer\.favourite_category) (?:==|!=|in) (\[[^]]*\]|` + quoted + `)`),
	regexp.MustCompile(`(` + quoted + `) in order\.categories`),
}

// Categories are those that the rules and challenges of the programme in force name, as they spell them: who sells offers them, so
// that "coffee" is not entered where a rule says "Coffee".
func (p *Programme) Categories(tx *db.Tx) ([]string, error) {
	c, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil || c == nil {
		return nil, err
	}
	var all []string
	asked := slices.Clone(c.rules)
	for _, ch := range c.challenges {
		asked = append(asked, ch.step)
	}
	for _, r := range asked {
		all = append(append(all, r.condition.categories()...), r.lines.categories()...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// categories are those that a condition names.
func (c *condition) categories() (all []string) {
	if c == nil {
		return nil
	}
	for _, p := range c.parts {
		for _, named := range categoriesNamed {
			for _, m := range named.FindAllStringSubmatch(p.text, -1) {
				for _, text := range quotedTexts.FindAllString(m[1], -1) {
					all = append(all, unquoted(text))
				}
			}
		}
	}
	return all
}
