package console

import (
	"crypto/rand"
	"strconv"
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// post is the mail server as the page shows it: without its password.
type post struct {
	channel.SMTP

	Known bool
}

func (v *visit) showMail() error {
	return v.allowed(account.AccessManage, func(account.Actor) error { return v.askMail(nil) })
}

// mailServer is the one that letters go by; where its password cannot be read that is said, and the rest of it is there.
func (v *visit) mailServer(tx *db.Tx) (p post, err error) {
	if p.SMTP, p.Known, err = v.Post.Server(tx); err == nil || fault.KindOf(err) == fault.Unavailable {
		p.Password = ""
	}
	return p, err
}

func (v *visit) askMail(wrong error) error {
	var now post
	var p setting
	err := v.read(func(tx *db.Tx) (err error) { now, err = v.mailServer(tx); return err })
	switch {
	case err == nil:
	case fault.KindOf(err) == fault.Unavailable && now.Known:
		p.Notes = append(p.Notes, v.l.T("mail.password.lost"))
	default:
		return err
	}
	f := v.mailForm(now)
	if v.Post.Fixed != nil {
		p.Notes = append(p.Notes, v.l.T("mail.fixed"))
	} else {
		f.Button = v.l.T("settings.save")
		if f.Hidden, err = v.brought(now); err != nil {
			return err
		}
	}
	if !now.Known {
		p.Notes = append(p.Notes, v.l.T("mail.none"))
	}
	p.Forms = []form{f}
	if now.Known {
		p.Forms = append(p.Forms, form{Title: v.l.T("mail.test"), Lead: v.l.T("mail.test.lead", v.me.Email), Action: "/mail/test", Button: v.l.T("mail.test.button"),
			Hidden: []hidden{{"key", rand.Text()}}})
	}
	return v.setting(v.l.T("console.mail.title"), v.l.T("mail.lead"), p, wrong)
}

func (v *visit) mailForm(now post) form {
	fixed := v.Post.Fixed != nil
	port, security := "", now.Security
	if now.Port != 0 {
		port = strconv.Itoa(now.Port)
	}
	if security == "" {
		security = channel.StartTLS
	}
	var ways []choice
	for _, way := range []string{channel.StartTLS, channel.TLS, channel.Plain} {
		ways = append(ways, choice{Value: way, Name: v.l.T("mail.security."+way, strings.ToUpper(way)), Chosen: way == security})
	}
	password := field{Name: "password", Label: v.l.T("console.password"), Type: passwordType, Complete: "new-password", Optional: true}
	if now.Known && now.User != "" {
		password.Help = v.l.T("mail.password.help")
	}
	server := []field{
		{Name: "host", Label: v.l.T("mail.host"), Help: v.l.T("mail.host.help", "mail.example.com"), Value: now.Host, Fixed: fixed},
		{Name: "security", Label: v.l.T("mail.security"), Type: "select", Choices: ways, Value: security, Fixed: fixed},
		{Name: "port", Label: v.l.T("mail.port"), Help: v.l.T("mail.port.help"), Value: port, Mode: "numeric", Optional: true, Fixed: fixed},
		{Name: "user", Label: v.l.T("mail.user"), Help: v.l.T("mail.user.help"), Value: now.User, Complete: "off", Optional: true, Fixed: fixed},
	}
	if !fixed {
		server = append(server, password)
	}
	return form{Action: "/mail", Groups: []group{
		{Legend: v.l.T("mail.server"), Fields: server},
		{Legend: v.l.T("mail.sender"), Fields: []field{
			{Name: "from", Label: v.l.T("mail.from"), Type: "email", Mode: "email", Value: now.From, Fixed: fixed},
			{Name: "from_name", Label: v.l.T("mail.from_name"), Help: v.l.T("mail.from_name.help"), Value: now.FromName, Most: 100, Optional: true, Fixed: fixed},
		}},
	}}
}

func (v *visit) saveMail() error {
	return v.allowed(account.AccessManage, func(by account.Actor) error {
		return v.once(by, func() error {
			if err := v.savedMail(by); err != nil {
				return v.askMail(err)
			}
			return v.leave("/mail?done=saved")
		})
	})
}

func (v *visit) savedMail(by account.Actor) error {
	if v.Post.Fixed != nil {
		return fault.Coded("named_at_start", fault.Conflictf("the mail server was named when the server was started; change it there"))
	}
	trimmed := func(name string) string { return strings.TrimSpace(v.typed(name)) }
	want := channel.SMTP{Host: trimmed("host"), Security: v.typed("security"), User: trimmed("user"), Password: v.typed("password"), From: trimmed("from"),
		FromName: trimmed("from_name")}
	if text := trimmed("port"); text != "" {
		var err error
		if want.Port, err = strconv.Atoi(text); err != nil {
			return fault.In("port", fault.Coded("no_port", fault.Invalidf("%.20q is no port", text)))
		}
	}
	return v.write(func(tx *db.Tx) error {
		now, err := v.mailServer(tx)
		if err != nil && fault.KindOf(err) != fault.Unavailable {
			return err
		}
		if err := v.unchanged(now); err != nil {
			return err
		}
		return account.SetMailServer(tx, by, v.Post.Box, want)
	})
}

// testMail sends a letter to who asks for it.
func (v *visit) testMail() error {
	return v.allowed(account.AccessManage, func(by account.Actor) error {
		return v.once(by, func() error {
			if err := v.testedMail(by); err != nil {
				return v.askMail(err)
			}
			return v.leave("/mail?done=sent")
		})
	})
}

func (v *visit) testedMail(by account.Actor) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	var server channel.SMTP
	if err := v.read(func(tx *db.Tx) error {
		var known bool
		var err error
		if server, known, err = v.Post.Server(tx); err == nil && !known {
			err = fault.Coded("no_mail_server", fault.Unavailablef("no mail server is set"))
		}
		return err
	}); err != nil {
		return err
	}
	text := v.l.T("letter.hello", v.me.Name) + "\n\n" + v.l.T("mail.letter.text") + "\n"
	if err := server.Send(v.ctx, channel.Mail{To: v.me.Email, Subject: v.l.T("mail.letter.subject", b.Name), Text: text}); err != nil {
		return err
	}
	return v.write(func(tx *db.Tx) error {
		return account.Record(tx, account.Entry{Actor: by, Action: "settings.tested", Target: "smtp"})
	})
}
