package console

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"regulars/internal/act/gift"
	"regulars/internal/act/member"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
	"regulars/internal/record/holiday"
)

// presents is the page of gifts: on what occasions the programme gives, when the next holidays are, surprises, and letters.
type presents struct {
	Said      string
	Occasions []shownOccasion
	Ahead     []said // the next holidays
	Keeps     string // whose they are
	List      []listedSurprise
	Older     string
	May       bool  // plan surprises
	Sees      bool  // the settings
	Letters   *form // whether letters are sent
	Why       []string
}

type shownOccasion struct {
	Name, Gives, When string
	Next              []string // the days on which its holidays are
	Wrong             string   // a holiday that is not kept
}

type listedSurprise struct {
	To, Name, State, When string
	Live                  bool
}

const (
	surprisesMost = 50
	aheadShown    = 4
)

func (v *visit) showGifts() error {
	return v.allowed(account.ProgrammeRead, func(by account.Actor) error { return v.gifts(by, nil) })
}

func (v *visit) gifts(by account.Actor, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	gives, err := strconv.ParseInt(q.Get("gives"), 10, 64)
	if err != nil {
		gives = 0
	}
	shown := presents{Said: v.done(), May: by.May(account.ProgrammeWrite), Sees: by.May(account.SettingsRead)}
	var found []gift.Stored
	var settings gift.Settings
	if err := v.read(func(tx *db.Tx) (err error) {
		shown.Occasions, shown.Ahead, shown.Why = nil, nil, nil
		calendar, err := holiday.Load(tx)
		if err != nil {
			return err
		}
		c, err := facts.Programme().Book.Current(tx, zoneOf(b))
		if err != nil {
			return err
		}
		v.occasions(&shown, c, &calendar, b, tx.Now)
		if settings, err = gift.LoadSettings(tx); err != nil {
			return err
		}
		if shown.Why, err = v.whyNoLetters(tx); err != nil {
			return err
		}
		found, err = gift.List(tx, gives, q.Get("after"), surprisesMost+1)
		return err
	}); err != nil {
		return err
	}
	if len(found) > surprisesMost {
		found = found[:surprisesMost]
		last := &found[surprisesMost-1]
		shown.Older = "/gifts?gives=" + strconv.FormatInt(last.Gives.UnixMicro(), 10) + "&after=" + last.Surprise.Surprise
	}
	w := v.drawWords(b)
	for i := range found {
		s := &found[i]
		shown.List = append(shown.List, listedSurprise{To: surpriseAt(s.Surprise.Surprise), Name: s.Name, State: v.l.T("gifts.state." + string(s.State)),
			Live: s.State == gift.Planned || s.State == gift.Giving, When: w.Moment(s.Gives)})
	}
	if shown.Letters, err = v.letterForm(settings, by.May(account.SettingsWrite)); err != nil {
		return err
	}
	page, status := sheet{Title: v.l.T("console.gifts.title"), Lead: v.l.T("gifts.lead"), Content: &shown}, http.StatusOK
	if wrong != nil {
		if status = v.status(wrong); fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		page.Problems = []problem{v.wronged(shown.Letters, wrong)}
	}
	return v.show(status, "gifts", page)
}

// occasions says on what the programme gives, and when the next holidays are.
func (v *visit) occasions(shown *presents, c *programme.Compiled, calendar *holiday.Calendar, b business.Business, now time.Time) {
	ahead := calendar.Ahead(now.In(zoneOf(b)))
	if shown.Keeps = calendar.Keeps(); shown.Keeps != "" {
		shown.Keeps = v.l.T("gifts.country." + shown.Keeps)
	}
	for i := range ahead {
		if d := &ahead[i]; !d.Off && len(shown.Ahead) < aheadShown {
			shown.Ahead = append(shown.Ahead, said{calendar.Name(v.l, d.Holiday), v.l.Date(d.On)})
		}
	}
	if c == nil {
		return
	}
	for _, t := range c.OnOccasions(v.l, b.Currency, b.Digits()) {
		one := shownOccasion{Name: t.Name, Gives: t.Gives}
		for i, when := range t.When {
			if i > 0 {
				one.When += " · "
			}
			one.When += when
		}
		for _, key := range t.Holidays {
			at := slices.IndexFunc(ahead, func(d holiday.Day) bool { return d.Holiday == key && !d.Off })
			if at < 0 {
				one.Wrong = v.l.T("gifts.not_kept", calendar.Name(v.l, key))
				continue
			}
			one.Next = append(one.Next, v.l.T("gifts.next", calendar.Name(v.l, key), v.l.Date(ahead[at].On)))
		}
		shown.Occasions = append(shown.Occasions, one)
	}
}

// whyNoLetters is what keeps letters from being sent, whatever is set.
func (v *visit) whyNoLetters(tx *db.Tx) (all []string, err error) {
	_, known, err := v.Post.Server(tx)
	if err != nil {
		return nil, err
	}
	if !known {
		all = append(all, v.l.T("gifts.letters.no_mail"))
	}
	pages, err := member.Load(tx)
	if err == nil && !pages.Open {
		all = append(all, v.l.T("gifts.letters.no_pages"))
	}
	return all, err
}

func (v *visit) letterForm(s gift.Settings, may bool) (*form, error) {
	value := "yes"
	if s.Silent {
		value = ""
	}
	f := &form{Action: "/gifts/letters", Groups: []group{{Fields: []field{
		{Name: "letters", Label: v.l.T("gifts.letters.tick"), Help: v.l.T("gifts.letters.help"), Type: "tick", Value: value, Fixed: !may, Optional: true},
	}}}}
	if !may {
		return f, nil
	}
	var err error
	f.Button = v.l.T("settings.save")
	f.Hidden, err = v.brought(s)
	return f, err
}

func (v *visit) saveGiftLetters() error {
	return v.allowed(account.SettingsWrite, func(by account.Actor) error {
		return v.once(by, func() error {
			err := v.write(func(tx *db.Tx) error {
				now, err := gift.LoadSettings(tx)
				if err == nil {
					err = v.unchanged(now)
				}
				if err == nil {
					err = gift.Settings{Silent: v.typed("letters") == ""}.Save(tx)
				}
				if err != nil {
					return err
				}
				return account.Record(tx, account.Entry{Actor: by, Action: "settings.update", Target: "gifts", Fields: []string{"silent"}, Count: 1, Request: by.Request})
			})
			if err != nil {
				return v.gifts(by, err)
			}
			return v.leave("/gifts?done=saved")
		})
	})
}
