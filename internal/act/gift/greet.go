package gift

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/base/setting"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/holiday"
)

// Settings say how gifts are told.
type Settings struct {
	Silent bool `json:"silent,omitempty"` // no letters are sent
}

const settingsKey = "gifts"

// LoadSettings reads the settings.
func LoadSettings(tx *db.Tx) (s Settings, err error) {
	_, err = setting.Load(tx, settingsKey, &s)
	return s, err
}

// Save keeps the settings.
func (s Settings) Save(tx *db.Tx) error {
	return setting.Save(tx, settingsKey, s)
}

// Greeter writes the letters about gifts.
type Greeter struct {
	Store  *db.DB
	Post   account.Post
	Public func() string // the address that links begin with
}

const (
	atOnce = 200
	// late is after what time a letter about a gift is not sent any more: good wishes are for the day.
	late = 36 * time.Hour
)

// Round writes the letters that wait. Where there is no mail server, or it does not answer, they wait for the next round.
func (g *Greeter) Round(ctx context.Context) error {
	for {
		var due []Gift
		var server channel.SMTP
		var known bool
		if err := g.Store.Read(ctx, func(tx *db.Tx) (err error) {
			if due, err = gifts(tx.Query(giftColumns+" WHERE g.greeting = 'waiting' ORDER BY g.given_us, g.customer_id LIMIT $1", atOnce)); err != nil || len(due) == 0 {
				return err
			}
			server, known, err = g.Post.Server(tx)
			return err
		}); err != nil {
			return err
		}
		moved := 0
		for i := range due {
			done, err := g.greet(ctx, &due[i], server, known)
			if err != nil {
				return err
			}
			if done {
				moved++
			}
		}
		if len(due) < atOnce || moved == 0 {
			return nil
		}
	}
}

// greet writes one letter; done is false where it goes on waiting. That it was sent is written down before, so that no stop in
// between has it sent twice; what the server did not take waits again.
func (g *Greeter) greet(ctx context.Context, gift *Gift, server channel.SMTP, known bool) (done bool, err error) {
	var letter channel.Mail
	state := waiting
	if err := g.Store.Write(ctx, func(tx *db.Tx) error {
		var some bool
		letter, some, err = g.letter(tx, gift)
		if err != nil {
			return err
		}
		switch state = sentLetter; {
		case !some || tx.Now.Sub(gift.At) > late:
			state = skipped
		case !known:
			state = waiting
			return nil
		}
		n, err := gift.stands(tx, waiting, state)
		if n == 0 { // somebody else has it
			state = skipped
		}
		return err
	}); err != nil || state != sentLetter {
		return state == skipped, err
	}
	err = server.Send(ctx, letter)
	if err == nil {
		return true, nil
	}
	back := waiting
	if fault.KindOf(err) == fault.Invalid { // no letter can be sent to this address
		back, err = skipped, nil
	}
	return back == skipped, errors.Join(err, g.Store.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		_, err := gift.stands(tx, sentLetter, back)
		return err
	}))
}

func (g *Gift) stands(tx *db.Tx, from, to string) (int64, error) {
	return tx.Exec("UPDATE gifts SET greeting = $1 WHERE customer_id = $2 AND cause = $3 AND greeting = $4", to, g.Customer, g.Cause, from)
}

// letter writes the letter; some is false for who gets none: who did not agree to letters, has no address, or has been erased, or
// where there is no page on which they could take that back.
func (g *Greeter) letter(tx *db.Tx, gift *Gift) (m channel.Mail, some bool, err error) {
	s, err := LoadSettings(tx)
	if err != nil || s.Silent {
		return m, false, err
	}
	pages, err := member.Load(tx)
	if err != nil || !pages.Open {
		return m, false, err
	}
	root, err := customer.Root(tx, gift.Customer)
	if err != nil {
		return m, false, err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return m, false, err
	}
	if agreed, err := customer.Agreed(tx, members, member.NewsChannel, member.NewsPurpose); err != nil || !agreed {
		return m, false, err
	}
	people, err := customer.Several(tx, append([]int64{root}, slices.DeleteFunc(members, func(n int64) bool { return n == root })...))
	if err != nil || len(people) == 0 || !people[0].Erased.IsZero() {
		return m, false, err
	}
	for i := range people {
		for _, k := range people[i].Identities {
			if k.Kind == customer.Email && m.To == "" {
				m.To = k.Value
			}
		}
	}
	if m.To == "" {
		return m, false, nil
	}
	b, err := business.Load(tx)
	if err != nil {
		return m, false, err
	}
	calendar, err := holiday.Load(tx)
	if err != nil {
		return m, false, err
	}
	l, err := locale.Get(language(people[0].Profile.Language, b.Country))
	if err != nil {
		return m, false, err
	}
	club, err := programme.Spoken(tx)
	if err != nil {
		return m, false, err
	}
	w := Words{Locale: l, Calendar: &calendar, Club: club}
	m.Subject, m.Text = w.letter(gift, &people[0].Profile, b.Name, strings.TrimSuffix(g.Public(), "/"))
	return m, true, nil
}

// language is that of a customer; where nobody knows it, that of the country of the business.
func language(of, country string) string {
	if of != "" {
		return locale.Negotiate(of)
	}
	if tag, ok := map[string]string{"GR": "el", "CY": "el", "MK": "mk", "RU": "ru", "BY": "ru", "CN": "zh"}[country]; ok {
		return tag
	}
	return locale.Negotiate("")
}
