package sample

import (
	"embed"
	"encoding/json"

	"regulars/internal/base/fault"
)

//go:embed words/*.json
var wordFiles embed.FS

// words are the names and texts of one language.
type words struct {
	Country    string   `json:"country"`
	Cities     []string `json:"cities"`      // the home town first
	FirstNames []string `json:"first_names"` // women's, then as many men's
	LastNames  []string `json:"last_names"`
	LastNamesF []string `json:"last_names_women"` // where they differ, in the same order
	FamilyName bool     `json:"family_name_first"`
	Stores     []string `json:"stores"`
	Categories []string `json:"categories"`
	Products   []string `json:"products"`
	Texts      struct {
		Praise   []string `json:"praise"`
		Plain    []string `json:"plain"`
		Lateness []string `json:"lateness"`
		Waiting  []string `json:"waiting"`
		Warmth   []string `json:"warmth"`
		Bad      []string `json:"bad"`
	} `json:"comments"`
	Comments [topicCount][]string `json:"-"`
}

// readWords reads the words of the languages, in their order.
func readWords(languages []string) ([]words, error) {
	out := make([]words, len(languages))
	for i, lang := range languages {
		text, err := wordFiles.ReadFile("words/" + lang + ".json")
		if err != nil {
			return nil, fault.Invalidf("there is no sample business in the language %q; give en, ru, zh, el or mk", lang)
		}
		w := &out[i]
		if err := json.Unmarshal(text, w); err != nil {
			return nil, err
		}
		w.Comments = [topicCount][]string{
			praise: w.Texts.Praise, plain: w.Texts.Plain, lateness: w.Texts.Lateness,
			waiting: w.Texts.Waiting, warmth: w.Texts.Warmth, bad: w.Texts.Bad,
		}
	}
	return out, nil
}

// name draws a person's name as the language writes it.
func (w *words) name(d *dice) string {
	first, last := d.IntN(len(w.FirstNames)), d.IntN(len(w.LastNames))
	family := w.LastNames[last]
	if len(w.LastNamesF) > 0 && first < len(w.FirstNames)/2 {
		family = w.LastNamesF[last]
	}
	if w.FamilyName {
		return family + w.FirstNames[first]
	}
	return w.FirstNames[first] + " " + family
}
