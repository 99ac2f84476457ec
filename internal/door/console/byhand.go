package console

import (
	"errors"
	"strconv"
	"strings"

	"regulars/internal/act/byhand"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

func (v *visit) showHandLimits() error {
	return v.allowed(account.PointsAdjust, func(by account.Actor) error { return v.askHandLimits(by, nil) })
}

// askHandLimits shows how much may be moved by hand, to be changed by who may let people in.
func (v *visit) askHandLimits(by account.Actor, wrong error) error {
	var now []byhand.Limit
	if err := v.read(func(tx *db.Tx) (err error) { now, err = byhand.Limits(tx); return err }); err != nil {
		return err
	}
	may := by.May(account.AccessManage)
	f := form{Action: "/by-hand", Link: v.l.T("nav.users"), To: "/users"}
	if !by.May(account.UsersManage) {
		f.Link, f.To = "", ""
	}
	for i := range now {
		l := &now[i]
		if i == 0 || now[i-1].Who != l.Who {
			f.Groups = append(f.Groups, group{Legend: v.giver(l.Who)})
		}
		g := &f.Groups[len(f.Groups)-1]
		unit := points.UnitName(v.l, l.Unit)
		for _, one := range []struct {
			what  string
			units int64
		}{{"once", l.Once}, {"day", l.Day}} {
			at := field{Name: handField(l, one.what), Label: v.l.T("byhand."+one.what, unit), Mode: "numeric", Most: 10, Optional: true, Fixed: !may}
			if one.units > 0 {
				at.Value = strconv.FormatInt(one.units, 10)
			} else if !may {
				at.Value = v.l.T("byhand.none")
			}
			g.Fields = append(g.Fields, at)
		}
	}
	p := setting{Notes: []string{v.l.T("byhand.others")}, Ways: []door{{To: "/programme/waiting", Name: v.l.T("byhand.requests")}}}
	if len(now) == 0 {
		p = setting{Notes: []string{v.l.T("byhand.no_units")}}
		return v.setting(v.l.T("console.byhand.title"), v.l.T("byhand.lead"), p, nil)
	}
	if err := v.saves(&f, &p, now, may); err != nil {
		return err
	}
	p.Forms = []form{f}
	return v.setting(v.l.T("console.byhand.title"), v.l.T("byhand.lead"), p, wrong)
}

// giver is what those are called whose limits they are.
func (v *visit) giver(who string) string {
	if who == byhand.Key {
		return v.l.T("byhand.keys")
	}
	return v.l.T("console.role." + who)
}

func handField(l *byhand.Limit, what string) string { return l.Who + "." + l.Unit + "." + what }

func (v *visit) saveHandLimits() error {
	return v.allowed(account.AccessManage, func(by account.Actor) error {
		return v.once(by, func() error {
			if err := v.savedHandLimits(by); err != nil {
				return v.askHandLimits(by, err)
			}
			return v.leave("/by-hand?done=saved")
		})
	})
}

func (v *visit) savedHandLimits(by account.Actor) error {
	return v.write(func(tx *db.Tx) error {
		now, err := byhand.Limits(tx)
		if err != nil {
			return err
		}
		if err := v.unchanged(now); err != nil {
			return err
		}
		for i := range now {
			l := &now[i]
			for what, to := range map[string]*int64{"once": &l.Once, "day": &l.Day} {
				name, typed := handField(l, what), strings.TrimSpace(v.typed(handField(l, what)))
				*to = 0
				if typed == "" {
					continue
				}
				if *to, err = strconv.ParseInt(typed, 10, 64); err != nil {
					return fault.In(name, fault.Coded("no_whole_number", fault.Invalidf("%.20q is no whole number", typed)))
				}
			}
			if err := l.Check(); err != nil {
				var f *fault.Fault
				if errors.As(err, &f) {
					f.Field = handField(l, f.Field)
				}
				return err
			}
		}
		changed, err := byhand.Save(tx, now)
		if err != nil || len(changed) == 0 {
			return err
		}
		return account.Record(tx, account.Entry{Actor: by, Action: "settings.update", Target: "by_hand", Fields: changed, Count: int64(len(changed)), Request: by.Request})
	})
}

// tooMuch says what somebody may move by hand, and who may move more.
func (v *visit) tooMuch(t *byhand.TooMuch) string {
	if t.Once {
		return v.l.T("byhand.error.once", v.giver(t.Who), points.Amount(v.l, t.Unit, t.Limit.Once))
	}
	return v.l.T("byhand.error.day", v.giver(t.Who), points.Amount(v.l, t.Unit, t.Day), v.l.Integer(t.Left))
}
