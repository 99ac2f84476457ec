package cli

import (
	"cmp"

	"regulars/internal/base/channel"
)

// Mailing says by which server mail is sent.
type Mailing struct {
	SMTPHost     string `help:"Mail server, for invitations, reset passwords and reports. Without, links are shown instead of sent." name:"smtp-host" env:"REGULARS_SMTP_HOST" placeholder:"HOST" group:"Mail"`
	SMTPPort     int    `help:"Its port. Default: the usual one of its security." name:"smtp-port" env:"REGULARS_SMTP_PORT" placeholder:"PORT" group:"Mail"`
	SMTPSecurity string `help:"How the way to it is protected: starttls, tls, or none for one on this machine." name:"smtp-security" env:"REGULARS_SMTP_SECURITY" default:"starttls" enum:"starttls,tls,none" group:"Mail"`
	SMTPUser     string `help:"Name to sign in with." name:"smtp-user" env:"REGULARS_SMTP_USER" placeholder:"NAME" group:"Mail"`
	SMTPPassword string `help:"Password; better in the environment than here, where other programs see it." name:"smtp-password" env:"REGULARS_SMTP_PASSWORD" placeholder:"PASSWORD" group:"Mail"`
	SMTPFrom     string `help:"Address that mail is from." name:"smtp-from" env:"REGULARS_SMTP_FROM" placeholder:"ADDRESS" group:"Mail"`
}

// server is the mail server; nil: none is named.
func (m *Mailing) server() (*channel.SMTP, error) {
	if m.SMTPHost == "" {
		return nil, nil //nolint:nilnil // none is as good as one
	}
	s := &channel.SMTP{Host: m.SMTPHost, Port: m.SMTPPort, Security: m.SMTPSecurity, User: m.SMTPUser, Password: m.SMTPPassword,
		From: cmp.Or(m.SMTPFrom, m.SMTPUser)}
	return s, s.Valid()
}
