package gift

import (
	"strings"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/base/locale"
	"regulars/internal/record/customer"
	"regulars/internal/record/holiday"
)

// Words are those that gifts are told in.
type Words struct {
	*locale.Locale

	Calendar *holiday.Calendar
	// Club says what names of rewards are in the language; nil: as they are.
	Club *programme.Document
}

// Occasion is what a gift was for.
func (w Words) Occasion(g *Gift) string {
	switch g.Occasion {
	case programme.OnHoliday:
		return w.Calendar.Name(w.Locale, g.About)
	case OnSurprise:
		return g.translations.In(w.Locale, g.name)
	}
	return w.T("gift.occasion." + g.Occasion)
}

// Gave is what was given.
func (w Words) Gave(g *Gift) string {
	var all []string
	for _, one := range g.Gave {
		switch {
		case one.Reward != "":
			all = append(all, w.Club.In(w.Locale, one.Reward))
		case one.Entries > 0:
			all = append(all, w.P("programme.gives.entries", one.Entries, one.Called.In(w.Locale, one.Draw)))
		default:
			all = append(all, points.Amount(w.Locale, one.Unit, one.Units))
		}
	}
	return strings.Join(all, "; ")
}

// letter is the letter about a gift.
func (w Words) letter(g *Gift, to *customer.Profile, business, public string) (subject, text string) {
	if business = strings.Join(strings.Fields(business), " "); business == "" {
		business = "Regulars"
	}
	name := to.GivenName
	if name == "" {
		name = to.FullName
	}
	hello := w.T("gift.letter.hello")
	if name = strings.Join(strings.Fields(name), " "); name != "" {
		hello = w.T("gift.letter.hello.name", name)
	}
	key := "gift.letter." + g.Occasion
	return w.T(key+".subject", business, w.Occasion(g)), strings.Join([]string{
		hello, w.T(key, business, w.Occasion(g)), w.T("gift.letter.gave", w.Gave(g)), w.T("gift.letter.look"), public + "/my/",
		business, w.T("gift.letter.stop", business), public + "/my/profile",
	}, "\n\n") + "\n"
}
