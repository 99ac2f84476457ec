package console

import (
	"cmp"
	"io"
	"strconv"
	"strings"

	"regulars/internal/act/member"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

// termsMost bounds the form that holds the terms of the programme in all languages: letters of most are sent as six signs or nine.
const termsMost = 4 << 20

func (v *visit) showMemberPages() error {
	return v.allowed(account.ProgrammeRead, func(by account.Actor) error { return v.askMemberPages(by, nil) })
}

func (v *visit) askMemberPages(by account.Actor, wrong error) error {
	var now member.Settings
	var logo member.Picture
	var there bool
	var letters post
	if err := v.read(func(tx *db.Tx) (err error) {
		if now, err = member.Load(tx); err != nil {
			return err
		}
		if letters, err = v.mailServer(tx); err != nil && fault.KindOf(err) != fault.Unavailable {
			return err
		}
		logo, there, err = member.LogoShown(tx)
		return err
	}); err != nil {
		return err
	}
	may := by.May(account.ProgrammeWrite)
	f, err := v.memberPagesForm(&now, may)
	if err != nil {
		return err
	}
	p := setting{}
	if err := v.saves(f, &p, now, may); err != nil {
		return err
	}
	if now.Open {
		p.Ways = append(p.Ways, door{To: "/my/", Name: v.l.T("memberpages.look")})
	} else {
		p.Notes = append(p.Notes, v.l.T("memberpages.closed"))
	}
	if !letters.Known { // nobody could come in
		if p.Notes = append(p.Notes, v.l.T("memberpages.no_mail")); by.May(account.AccessManage) {
			p.Ways = append(p.Ways, door{To: "/mail", Name: v.l.T("memberpages.mail")})
		}
	}
	p.Forms = append([]form{*f}, v.logoForms(&logo, there, may)...)
	return v.setting(v.l.T("console.memberpages.title"), v.l.T("memberpages.lead"), p, wrong)
}

// memberPagesForm asks how the pages are, and what they say.
func (v *visit) memberPagesForm(now *member.Settings, may bool) (*form, error) {
	open, told, accent := "", "", now.Accent
	if now.Open {
		open = "yes"
	}
	if !now.NoNotices {
		told = "yes"
	}
	if accent == "" {
		accent = member.UsualAccent
	}
	f := &form{Action: "/member-pages", Groups: []group{
		{Fields: []field{
			{Name: "open", Label: v.l.T("memberpages.open"), Help: v.l.T("memberpages.open.help"), Type: "tick", Value: open, Optional: true, Fixed: !may},
			{Name: "notices", Label: v.l.T("memberpages.notices"), Help: v.l.T("memberpages.notices.help"), Type: "tick", Value: told, Optional: true, Fixed: !may},
			{Name: "quiet_from", Label: v.l.T("memberpages.quiet_from"), Help: v.l.T("memberpages.quiet_from.help"), Type: "time", Value: cmp.Or(now.QuietFrom, member.UsualQuietFrom), Fixed: !may},
			{Name: "quiet_until", Label: v.l.T("memberpages.quiet_until"), Help: v.l.T("memberpages.quiet_until.help"), Type: "time", Value: cmp.Or(now.QuietUntil, member.UsualQuietUntil), Fixed: !may},
			{Name: "greeting", Label: v.l.T("memberpages.greeting"), Help: v.l.T("memberpages.greeting.help"), Type: "textarea", Value: now.Greeting, Optional: true, Most: 500, Fixed: !may},
			{Name: "accent", Label: v.l.T("memberpages.accent"), Help: v.l.T("memberpages.accent.help"), Type: "color", Value: accent, Fixed: !may},
		}},
		{Legend: v.l.T("memberpages.terms"), Fields: []field{
			{Name: "terms", Label: v.l.T("memberpages.terms.text"), Help: v.l.T("memberpages.terms.help"), Type: "textarea", Value: now.Terms, Optional: true, Most: 50_000, Fixed: !may},
			{Name: "version", Label: v.l.T("memberpages.version"), Help: v.l.T("memberpages.version.help"), Value: now.Version, Optional: true, Most: 60, Fixed: !may},
		}},
	}}
	err := v.inLanguages(f, func(tag string) []field {
		return []field{
			{Name: "greeting_translations." + tag, Label: v.l.T("memberpages.greeting"), Type: "textarea", Value: now.GreetingTranslations[tag], Optional: true, Most: 500, Fixed: !may},
			{Name: "terms_translations." + tag, Label: v.l.T("memberpages.terms.text"), Help: v.l.T("memberpages.in.help"), Type: "textarea", Value: now.TermsTranslations[tag], Optional: true, Most: 50_000, Fixed: !may},
		}
	})
	return f, err
}

// logoForms are where a logo is brought and taken away.
func (v *visit) logoForms(logo *member.Picture, there, may bool) (all []form) {
	bring := form{Action: "/member-pages/logo", Title: v.l.T("memberpages.logo"), Files: true}
	if there {
		bring.Picture = "/my/logo.png?" + strconv.FormatInt(logo.Updated.UnixMicro(), 36)
	} else {
		bring.Lead = v.l.T("memberpages.logo.none")
	}
	if !may {
		return []form{bring}
	}
	bring.Button = v.l.T("memberpages.logo.save")
	bring.Groups = []group{{Fields: []field{{Name: "logo", Label: v.l.T("memberpages.logo.file"), Help: v.l.T("memberpages.logo.help", logoKinds, "SVG", logoSize), Type: "file"}}}}
	if all = []form{bring}; there {
		all = append(all, form{Action: "/member-pages/logo/remove", Button: v.l.T("memberpages.logo.remove"), Lead: v.l.T("memberpages.logo.remove.says")})
	}
	return all
}

// saveLogo takes a logo.
func (v *visit) saveLogo() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		all, err := v.drawnLogo()
		if err == nil {
			err = v.write(func(tx *db.Tx) error {
				if err := member.SaveLogo(tx, all); err != nil {
					return err
				}
				return account.Record(tx, account.Entry{Actor: by, Action: "settings.update", Target: "members", Fields: []string{"logo"}, Count: 1, Request: by.Request})
			})
		}
		if err != nil {
			return v.askMemberPages(by, err)
		}
		return v.leave("/member-pages?done=saved")
	})
}

func (v *visit) drawnLogo() ([]member.Picture, error) {
	_, _, from, err := v.file()
	if err != nil {
		return nil, fault.In("logo", fault.Coded("no_file", fault.Invalidf("choose a file first")))
	}
	file, err := io.ReadAll(from)
	if err != nil {
		return nil, fault.In("logo", fault.Coded("logo_large", fault.Invalidf("a logo has 2 MB at most")))
	}
	return member.DrawLogo(file)
}

func (v *visit) removeLogo() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		if err := v.write(func(tx *db.Tx) error {
			if some, err := member.RemoveLogo(tx); err != nil || !some {
				return err
			}
			return account.Record(tx, account.Entry{Actor: by, Action: "settings.update", Target: "members", Fields: []string{"logo"}, Count: 1, Request: by.Request})
		}); err != nil {
			return err
		}
		return v.leave("/member-pages?done=deleted")
	})
}

func (v *visit) saveMemberPages() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		return v.once(by, func() error {
			if err := v.savedMemberPages(by); err != nil {
				return v.askMemberPages(by, err)
			}
			return v.leave("/member-pages?done=saved")
		})
	})
}

func (v *visit) savedMemberPages(by account.Actor) error {
	lines := func(name string) string { return strings.TrimSpace(strings.ReplaceAll(v.typed(name), "\r\n", "\n")) }
	want := member.Settings{Open: v.typed("open") != "", NoNotices: v.typed("notices") == "", Greeting: lines("greeting"), Accent: strings.ToLower(lines("accent")), Terms: lines("terms"), Version: lines("version"),
		QuietFrom: lines("quiet_from"), QuietUntil: lines("quiet_until"), GreetingTranslations: map[string]string{}, TermsTranslations: map[string]string{}}
	for _, tag := range locale.Tags() {
		if text := lines("greeting_translations." + tag); text != "" {
			want.GreetingTranslations[tag] = text
		}
		if text := lines("terms_translations." + tag); text != "" {
			want.TermsTranslations[tag] = text
		}
	}
	if want.Accent == member.UsualAccent {
		want.Accent = "" // which is how nobody having chosen one is kept
	}
	if want.QuietFrom == member.UsualQuietFrom {
		want.QuietFrom = ""
	}
	if want.QuietUntil == member.UsualQuietUntil {
		want.QuietUntil = ""
	}
	return v.write(func(tx *db.Tx) error {
		now, err := member.Load(tx)
		if err != nil {
			return err
		}
		if err := v.unchanged(now); err != nil {
			return err
		}
		if err := member.Save(tx, want); err != nil {
			return err
		}
		return account.Record(tx, account.Entry{Actor: by, Action: "settings.update", Target: "members", Fields: want.Set(), Count: 1, Request: by.Request})
	})
}
