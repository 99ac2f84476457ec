package holiday

import (
	"slices"

	"regulars/internal/base/locale"
)

// Name is what a holiday is called: one of the business's own in the language that it was written in, by its key where nothing
// else is known.
func (c *Calendar) Name(l *locale.Locale, key string) string {
	if slices.Contains(Keys(), key) {
		return l.T("holiday." + key)
	}
	for i := range c.Own {
		if c.Own[i].Holiday == key {
			return c.Own[i].Name
		}
	}
	return key
}
