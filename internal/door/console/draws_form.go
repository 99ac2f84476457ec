package console

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/business"
)

// usualDraw is what the form of a new draw proposes: it opens at the next full hour and closes four weeks later in the evening,
// members enter for nothing, and each order of the usual size earns an entry more.
func (v *visit) usualDraw(b business.Business) draw.Draw {
	const weeks, evening, most = 4, 20, 10
	now := time.Now().In(zoneOf(b))
	opens := time.Date(now.Year(), now.Month(), now.Day(), now.Hour()+1, 0, 0, 0, now.Location())
	d := draw.Draw{Opens: opens, Closes: time.Date(opens.Year(), opens.Month(), opens.Day()+7*weeks, evening, 0, 0, 0, now.Location()), Free: true}
	if usual := v.usualOrder(); usual > 0 {
		whole := int64(math.Pow10(b.Digits()))
		d.Earned = &draw.Earned{MinimumMinor: max(whole, usual/whole*whole), Most: most}
	}
	return d
}

// drawForm is where a draw is written.
func (v *visit) drawForm(d *draw.Draw, b business.Business, action string) (f form, err error) {
	zone := zoneOf(b)
	var units []points.Unit
	if err := v.read(func(tx *db.Tx) (err error) { units, err = points.Units(tx); return err }); err != nil {
		return f, err
	}
	free, minimum, most, rules, amount := "", "", "", "", v.l.T("draws.minimum")
	if d.Free {
		free = "yes"
	}
	if d.Earned != nil {
		minimum, most = plainAmount(d.Earned.MinimumMinor, b.Digits()), strconv.FormatInt(d.Earned.Most, 10)
	}
	if d.Rules != nil {
		rules = strconv.FormatInt(d.Rules.Most, 10)
	}
	if b.Currency != "" {
		amount += ", " + b.Currency
	}
	f = form{Action: action, Groups: []group{
		{Fields: []field{
			{Name: "name", Label: v.l.T("draws.name"), Value: d.Name, Most: 100},
			{Name: "prizes", Label: v.l.T("draws.prizes"), Help: v.l.T("draws.prizes.help"), Type: "textarea", Value: v.prizeLines(d.Prizes)},
			{Name: "opens", Label: v.l.T("draws.opens"), Type: "datetime-local", Value: d.Opens.In(zone).Format(minutes)},
			{Name: "closes", Label: v.l.T("draws.closes"), Help: v.l.T("draws.closes.help"), Type: "datetime-local", Value: d.Closes.In(zone).Format(minutes)},
		}},
		{Legend: v.l.T("draws.ways"), Fields: []field{
			{Name: "free", Label: v.l.T("draws.free"), Type: "tick", Value: free, Optional: true},
			{Name: "minimum", Label: amount, Help: v.l.T("draws.minimum.help"), Value: minimum, Mode: "decimal", Optional: true},
			{Name: "most", Label: v.l.T("draws.most"), Value: most, Mode: "numeric", Optional: true},
		}},
	}}
	ways := &f.Groups[1].Fields
	if sells := v.sellingFields(d, units); sells != nil {
		*ways = append(*ways, sells...)
	}
	*ways = append(*ways, field{Name: "rules", Label: v.l.T("draws.rules"), Help: v.l.T("draws.rules.help"), Value: rules, Mode: "numeric", Optional: true})
	f.Groups = append(f.Groups, group{Legend: v.l.T("draws.terms"), Fields: []field{
		{Name: "terms", Label: v.l.T("draws.terms.more"), Help: v.l.T("draws.terms.help"), Type: "textarea", Value: d.Terms, Optional: true},
	}})
	return f, v.drawLanguages(&f, d)
}

// sellingFields are those for entries that are bought; none where there is nothing to pay with.
func (v *visit) sellingFields(d *draw.Draw, units []points.Unit) []field {
	price, each, unit := "", "", ""
	if d.Bought != nil {
		price, each, unit = strconv.FormatInt(d.Bought.Price, 10), strconv.FormatInt(d.Bought.PerMember, 10), d.Bought.Unit
	}
	var choices []choice
	for _, u := range units {
		if u.Kind == points.Spendable {
			choices = append(choices, choice{Value: u.Code, Name: points.UnitName(v.l, u.Code)})
		}
	}
	if len(choices) == 0 {
		return nil
	}
	if unit == "" {
		unit = choices[0].Value
	}
	return []field{
		{Name: "price", Label: v.l.T("draws.price"), Help: v.l.T("draws.price.help"), Value: price, Mode: "numeric", Optional: true},
		{Name: "unit", Label: v.l.T("draws.unit"), Type: "select", Choices: choices, Value: unit},
		{Name: "per_member", Label: v.l.T("draws.per_member"), Value: each, Mode: "numeric", Optional: true},
	}
}

func (v *visit) prizeLines(prizes []draw.Prize) string {
	var b strings.Builder
	for _, p := range prizes {
		b.WriteString(strconv.FormatInt(p.Count, 10) + " × " + p.Name + "\n")
	}
	return b.String()
}

// prizeLine is how many and what; without a number it is one.
var prizeLine = regexp.MustCompile(`^(\d{1,9})\s*[×xXхХ*]\s*(.+)$`)

// typedDraw reads what was typed; what is not looked at here, Check does.
func (v *visit) typedDraw(key string, b business.Business) (d draw.Draw, err error) {
	d = draw.Draw{Draw: key, Name: strings.TrimSpace(v.typed("name")), Free: v.typed("free") != "", Terms: strings.TrimSpace(strings.ReplaceAll(v.typed("terms"), "\r\n", "\n"))}
	for line := range strings.Lines(strings.ReplaceAll(v.typed("prizes"), "\r\n", "\n")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		p := draw.Prize{Name: line, Count: 1}
		if m := prizeLine.FindStringSubmatch(line); m != nil {
			if p.Count, err = strconv.ParseInt(m[1], 10, 64); err != nil {
				return d, fault.In("prizes", fault.Coded("draw_prizes", fault.Invalidf("%.20q is no number of prizes", m[1])))
			}
			p.Name = strings.TrimSpace(m[2])
		}
		d.Prizes = append(d.Prizes, p)
	}
	if err := v.typedDrawLanguages(&d); err != nil {
		return d, err
	}
	if d.Opens, err = v.typedTime("opens", zoneOf(b)); err != nil {
		return d, err
	}
	if d.Closes, err = v.typedTime("closes", zoneOf(b)); err != nil {
		return d, err
	}
	if strings.TrimSpace(v.typed("minimum")) != "" {
		d.Earned = &draw.Earned{}
		if d.Earned.MinimumMinor, err = v.typedMoney("minimum", b.Digits()); err != nil {
			return d, err
		}
		if d.Earned.Most, err = v.typedCount("most"); err != nil {
			return d, err
		}
	}
	if strings.TrimSpace(v.typed("rules")) != "" {
		d.Rules = &draw.Rules{}
		if d.Rules.Most, err = v.typedCount("rules"); err != nil {
			return d, err
		}
	}
	if strings.TrimSpace(v.typed("price")) == "" {
		return d, nil
	}
	d.Bought = &draw.Bought{Unit: v.typed("unit")}
	if d.Bought.Price, err = v.typedCount("price"); err == nil {
		d.Bought.PerMember, err = v.typedCount("per_member")
	}
	return d, err
}

func (v *visit) typedCount(name string) (int64, error) {
	text := strings.TrimSpace(v.typed(name))
	if text == "" {
		return 0, required(name)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fault.In(name, fault.Coded("no_whole_number", fault.Invalidf("%.20q is no whole number", text)))
	}
	return n, nil
}

// inForm says of what is wrong with a draw in which field of the form it was typed.
func inForm(err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	names := map[string]string{"bought.price": "price", "bought.per_member": "per_member", "bought.unit": "unit", "earned.minimum_minor": "minimum", "earned.most": "most", "rules.most": "rules"}
	name, ok := names[f.Field]
	if !ok {
		name, ok = ofLanguage(f.Field)
	}
	if !ok {
		return err
	}
	moved := *f
	moved.Field, moved.Kind = name, fault.Invalid // a unit that is not there is no page that is not there
	return &moved
}

func (v *visit) showNewDraw() error {
	return v.allowed(account.ProgrammeWrite, func(account.Actor) error { return v.askDraw(nil) })
}

func (v *visit) askDraw(wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	d := v.usualDraw(b)
	f, err := v.drawForm(&d, b, "/draws/new")
	if err != nil {
		return err
	}
	f.Button, f.Link, f.To, f.Hidden = v.l.T("draws.new.button"), v.l.T("console.cancel"), "/draws", keyed()
	return v.ask(v.l.T("draws.new"), v.l.T("draws.new.says"), f, wrong)
}

// newDraw keeps a draft. It is called by the day on which it opens: that is in the address of its page.
func (v *visit) newDraw() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		return v.once(by, func() error { return v.madeDraw(by) })
	})
}

func (v *visit) madeDraw(by account.Actor) error {
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	d, err := v.typedDraw("draw", facts.Business)
	if err == nil {
		err = v.write(func(tx *db.Tx) error {
			if err := freeDraw(tx, &d, zoneOf(facts.Business)); err != nil {
				return err
			}
			return v.saveDraw(tx, by, d, 0)
		})
	}
	err = inForm(err)
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		return v.askDraw(err)
	}
	if err != nil {
		return err
	}
	return v.leave("/draws/" + d.Draw)
}

// freeDraw finds a name that no draw has.
func freeDraw(tx *db.Tx, d *draw.Draw, zone *time.Location) error {
	day := "draw-" + d.Opens.In(zone).Format(time.DateOnly)
	for n := 1; ; n++ {
		if d.Draw = day; n > 1 {
			d.Draw += "-" + strconv.Itoa(n)
		}
		if _, err := draw.Load(tx, d.Draw); err != nil {
			if fault.KindOf(err) == fault.NotFound {
				return nil
			}
			return err
		}
	}
}

func (v *visit) saveDraw(tx *db.Tx, by account.Actor, d draw.Draw, version int64) error {
	if _, err := draw.Save(tx, d, by.ID, version); err != nil {
		return err
	}
	return v.didDraw(tx, by, "saved", d.Draw)
}

func (v *visit) didDraw(tx *db.Tx, by account.Actor, what, key string, fields ...string) error {
	return account.Record(tx, account.Entry{Actor: by, Action: "draw." + what, Target: "draw:" + key, Fields: fields, Count: 1, Request: by.Request})
}

// onDraw does something to the draw of the address, and shows it again: with what was wrong, or what was done.
func (v *visit) onDraw(to string, do func(by account.Actor, facts *intake.Intake, key string) error) error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		return v.once(by, func() error {
			err := inForm(do(by, facts, v.r.PathValue("draw")))
			if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict || k == fault.Forbidden) {
				return v.oneDraw(by, err)
			}
			if err != nil {
				return err
			}
			return v.leave(to)
		})
	})
}

func (v *visit) drawPage() string { return "/draws/" + v.r.PathValue("draw") }

func (v *visit) changeDraw() error {
	return v.onDraw(v.drawPage()+"?done=saved", func(by account.Actor, facts *intake.Intake, key string) error {
		version, err := v.typedCount("version")
		if err != nil {
			return err
		}
		d, err := v.typedDraw(key, facts.Business)
		if err != nil {
			return err
		}
		return v.write(func(tx *db.Tx) error { return v.saveDraw(tx, by, d, version) })
	})
}

func (v *visit) discardDraw() error {
	return v.onDraw("/draws?done=deleted", func(by account.Actor, _ *intake.Intake, key string) error {
		return v.write(func(tx *db.Tx) error {
			if err := draw.Discard(tx, key); err != nil {
				return err
			}
			return v.didDraw(tx, by, "discarded", key)
		})
	})
}

func (v *visit) publishDraw() error {
	return v.onDraw(v.drawPage(), func(by account.Actor, facts *intake.Intake, key string) error {
		return v.write(func(tx *db.Tx) error {
			s, err := facts.Draws(v.Post.Box).Publish(tx, key, by.ID)
			if err != nil || !s.Published.Equal(tx.Now) { // it was before
				return err
			}
			return v.didDraw(tx, by, "published", key, alone(s.Alone)...)
		})
	})
}

func (v *visit) closeDraw() error {
	return v.onDraw(v.drawPage(), func(by account.Actor, facts *intake.Intake, key string) error {
		_, err := facts.Draws(v.Post.Box).Close(v.ctx, v.Store, key, func(tx *db.Tx) error { return v.didDraw(tx, by, "closed", key) })
		return err
	})
}

func (v *visit) drawDraw() error {
	return v.onDraw(v.drawPage(), func(by account.Actor, facts *intake.Intake, key string) error {
		_, err := facts.Draws(v.Post.Box).Draw(v.ctx, v.Store, key, func(tx *db.Tx) error { return v.didDraw(tx, by, "drawn", key) })
		return err
	})
}

func (v *visit) cancelDraw() error {
	return v.onDraw(v.drawPage(), func(by account.Actor, facts *intake.Intake, key string) error {
		_, err := facts.Draws(v.Post.Box).Cancel(v.ctx, v.Store, key, v.typed("reason"), func(tx *db.Tx) error { return v.didDraw(tx, by, "cancelled", key) })
		return err
	})
}
