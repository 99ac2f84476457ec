package console

import (
	"strconv"
	"strings"

	"regulars/internal/act/fraud"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

func (v *visit) showFraudLimits() error {
	return v.allowed(account.PointsAdjust, func(by account.Actor) error { return v.askFraudLimits(by, nil) })
}

func (v *visit) askFraudLimits(by account.Actor, wrong error) error {
	var now fraud.Settings
	if err := v.read(func(tx *db.Tx) (err error) { now, err = fraud.LoadSettings(tx); return err }); err != nil {
		return err
	}
	may := by.May(account.SettingsWrite)
	asked := func(name, value, kind string) field {
		f := field{Name: name, Label: v.l.T("fraud.limits." + name), Value: value, Type: kind, Fixed: !may}
		if key := "fraud.limits." + name + ".help"; v.l.Has(key) {
			f.Help = v.l.T(key)
		}
		if f.Optional = kind == "tick" || name == "attributes"; kind == "" && name != "attributes" {
			f.Mode = "numeric"
		}
		return f
	}
	number := func(name string, n int64) field { return asked(name, strconv.FormatInt(n, 10), "") }
	tick := func(name string, on bool) field {
		if on {
			return asked(name, "yes", "tick")
		}
		return asked(name, "", "tick")
	}
	attributes := asked("attributes", strings.Join(now.Attributes, ", "), "")
	attributes.Most = 500
	f := form{Action: "/fraud/limits", Link: v.l.T("nav.fraud"), To: "/fraud", Groups: []group{{Fields: []field{
		number("orders", now.Orders), number("unit_times", now.UnitTimes), tick("staff_own", now.StaffOwn), number("staff_times", now.StaffTimes),
		number("returns", now.Returns), number("customers", now.Customers), attributes, tick("rings", now.Rings), number("friends", now.Friends),
		number("pending_days", now.PendingDays),
	}}}}
	p := setting{}
	if err := v.saves(&f, &p, now, may); err != nil {
		return err
	}
	p.Forms = []form{f}
	return v.setting(v.l.T("fraud.limits"), v.l.T("fraud.limits.lead"), p, wrong)
}

func (v *visit) saveFraudLimits() error {
	return v.allowed(account.SettingsWrite, func(by account.Actor) error {
		return v.once(by, func() error {
			if err := v.savedFraudLimits(by); err != nil {
				return v.askFraudLimits(by, err)
			}
			return v.leave("/fraud/limits?done=saved")
		})
	})
}

func (v *visit) savedFraudLimits(by account.Actor) error {
	want := fraud.Settings{StaffOwn: v.typed("staff_own") != "", Rings: v.typed("rings") != "", Attributes: fraud.Named(v.typed("attributes"))}
	for name, to := range map[string]*int64{"orders": &want.Orders, "unit_times": &want.UnitTimes, "staff_times": &want.StaffTimes, "returns": &want.Returns,
		"customers": &want.Customers, "friends": &want.Friends, "pending_days": &want.PendingDays} {
		n, err := strconv.ParseInt(strings.TrimSpace(v.typed(name)), 10, 64)
		if err != nil {
			return fault.In(name, fault.Coded("no_whole_number", fault.Invalidf("%.20q is no whole number", v.typed(name))))
		}
		*to = n
	}
	return v.write(func(tx *db.Tx) error {
		now, err := fraud.LoadSettings(tx)
		if err != nil {
			return err
		}
		if err := v.unchanged(now); err != nil {
			return err
		}
		if err := want.Save(tx); err != nil {
			return err
		}
		return account.Record(tx, account.Entry{Actor: by, Action: "settings.update", Target: "fraud", Fields: []string{"limits"}, Count: 1, Request: by.Request})
	})
}
