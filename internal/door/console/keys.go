package console

import (
	"net/http"
	"slices"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// keyring is the page about keys for programs.
type keyring struct {
	Hidden []hidden
	Keys   []shownKey
	Kinds  []choice
	Name   string // as it was typed
	Text   string // of the key that was just made: now and never again
	Whose  string
	Errors map[string]string
}

type shownKey struct {
	ID, Name, Hint, Used string
	Over                 string // taken back, or run out; empty: good
	Public               bool
}

// keyKinds are what keys are usually for. Others are made over the API or on the command line.
var keyKinds = []struct {
	name string
	want account.NewKey
}{
	{"shop", account.NewKey{Scopes: []account.Permission{
		account.CustomersRead, account.CustomersWrite, account.FactsRead, account.FactsWrite,
	}}},
	{"till", account.NewKey{Scopes: []account.Permission{account.CustomersRead, account.SalesWrite, account.PointsSpend, account.ProgrammeRead}}},
	{"figures", account.NewKey{Scopes: []account.Permission{account.MeasuresRead}}},
	{"page", account.NewKey{Public: true}},
	{"all", account.NewKey{Scopes: []account.Permission{account.All}}},
}

func (v *visit) showKeys() error {
	return v.allowed(account.KeysManage, func(account.Actor) error { return v.keys(keyring{}, nil) })
}

func (v *visit) keys(p keyring, wrong error) error {
	var all []account.Key
	if err := v.read(func(tx *db.Tx) (err error) { all, err = account.Keys(tx); return err }); err != nil {
		return err
	}
	for _, k := range all {
		s := shownKey{ID: k.ID, Name: k.Name, Hint: k.Hint, Public: k.Public, Used: v.l.T("console.keys.unused")}
		if k.Used.Valid {
			s.Used = v.l.T("console.keys.used", v.l.Date(k.Used.V))
		}
		switch {
		case k.Revoked.Valid:
			s.Over = v.l.T("console.keys.revoked")
		case k.Expired():
			s.Over = v.l.T("console.keys.expired")
		}
		p.Keys = append(p.Keys, s)
	}
	// Those that are good stand before those that are over, the newest first.
	slices.SortStableFunc(p.Keys, func(a, b shownKey) int { return min(len(a.Over), 1) - min(len(b.Over), 1) })
	me := v.me.Actor()
	for _, kind := range keyKinds {
		if me.MayMake(kind.want) {
			p.Kinds = append(p.Kinds, choice{kind.name, v.l.T("console.keys.kind." + kind.name), kind.name == v.typed("kind")})
		}
	}
	p.Hidden = keyed()
	s := sheet{Title: v.l.T("console.keys.title"), Lead: v.l.T("console.keys.lead")}
	status := http.StatusOK
	if wrong != nil {
		status = v.status(wrong)
		if fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		s.Problems = []problem{{fieldOf(wrong), v.say(wrong)}}
		p.Name, p.Errors = v.typed("name"), map[string]string{fieldOf(wrong): s.Problems[0].Text}
	}
	s.Content = p
	return v.show(status, "keys", s)
}

func (v *visit) makeKey() error {
	return v.allowed(account.KeysManage, func(by account.Actor) error {
		at := slices.IndexFunc(keyKinds, func(k struct {
			name string
			want account.NewKey
		}) bool {
			return k.name == v.typed("kind")
		})
		if at < 0 {
			return v.keys(keyring{}, fault.In("kind", fault.Coded("unknown_scope", fault.Invalidf("say what the key may do"))))
		}
		want := keyKinds[at].want
		want.Name = v.typed("name")
		return v.once(by, func() error {
			var p keyring
			err := v.write(func(tx *db.Tx) error {
				key, text, err := account.CreateKey(tx, by, want)
				p = keyring{Text: text, Whose: key.Name}
				return err
			})
			if err != nil {
				p = keyring{}
			}
			return v.keys(p, err)
		})
	})
}

func (v *visit) revokeKey() error {
	return v.allowed(account.KeysManage, func(by account.Actor) error {
		return v.once(by, func() error {
			if err := v.write(func(tx *db.Tx) error { return account.RevokeKey(tx, by, v.r.PathValue("id")) }); err != nil {
				return v.keys(keyring{}, err)
			}
			return v.leave("/keys")
		})
	})
}
