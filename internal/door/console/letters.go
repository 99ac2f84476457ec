package console

import (
	"net/http"
	"slices"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/measure/letter"
)

// letters is which letters one wants.
type letters struct {
	Saved  string
	To     string
	NoMail bool
	Hidden []hidden
	All    []choice
}

func (v *visit) showLetters() error {
	return v.allowed(account.MeasuresRead, func(account.Actor) error { return v.letters("") })
}

func (v *visit) letters(saved string) error {
	u := v.me
	shown := letters{Saved: saved, Hidden: keyed(), To: v.l.T("letters.to", u.Email)}
	if err := v.read(func(tx *db.Tx) error {
		shown.All = nil
		chosen, err := letter.Chosen(tx, u.ID)
		if err != nil {
			return err
		}
		for _, l := range letter.Letters() {
			shown.All = append(shown.All, choice{string(l), v.l.T("letters." + string(l)), slices.Contains(chosen, l)})
		}
		_, known, err := v.Post.Server(tx)
		shown.NoMail = !known
		return err
	}); err != nil {
		return err
	}
	return v.show(http.StatusOK, "letters", sheet{Title: v.l.T("letters.title"), Lead: v.l.T("letters.lead"), Content: shown})
}

func (v *visit) chooseLetters() error {
	return v.allowed(account.MeasuresRead, func(by account.Actor) error {
		var wanted []letter.Letter
		for _, text := range v.r.PostForm["letter"] {
			wanted = append(wanted, letter.Letter(text))
		}
		return v.once(by, func() error {
			if err := v.write(func(tx *db.Tx) error {
				if err := letter.Choose(tx, by.ID, wanted); err != nil {
					return err
				}
				return account.Record(tx, account.Entry{Actor: by, Action: "user.letters", Target: by.ID})
			}); err != nil {
				return err
			}
			return v.letters(v.l.T("letters.saved"))
		})
	})
}
