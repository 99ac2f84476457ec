package console

import (
	"errors"
	"net/http"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/account/oidc"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

func codeOf(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

func fieldOf(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Field
	}
	return ""
}

// deviceCookie is where a browser keeps that its user signed in there before.
func (v *visit) deviceCookie() string {
	if v.Secure {
		return "__Host-device"
	}
	return "device"
}

func (v *visit) showSignIn() error {
	if _, ok, err := v.user(); err != nil || ok {
		if err != nil {
			return err
		}
		return v.leave("/")
	}
	return v.askSignIn(nil)
}

func (v *visit) askSignIn(wrong error) error {
	provider, err := v.providerName()
	if err != nil {
		return err
	}
	return v.ask(v.l.T("console.signin.title"), "", form{
		Action: "/sign-in", Button: v.l.T("console.signin.button"), Link: v.l.T("console.signin.forgot"), To: "/forgot", Provider: provider,
		Groups: []group{{Fields: []field{
			{Name: "email", Label: v.l.T("console.email"), Type: "email", Complete: "username", Mode: "email"},
			{Name: "password", Label: v.l.T("console.password"), Type: passwordType, Complete: "current-password"},
		}}},
	}, wrong)
}

// providerName is that of the provider by which one may sign in; empty: none.
func (v *visit) providerName() (string, error) {
	var s oidc.Settings
	err := v.read(func(tx *db.Tx) (err error) { s, _, err = oidc.Load(tx, v.Post.Box); return err })
	if fault.KindOf(err) == fault.Unavailable && s.Name != "" {
		err = nil // the key file is another one: passwords still let in
		s.Name = ""
	}
	return s.Name, err
}

func (v *visit) signIn() error {
	try := account.Try{Email: v.typed("email"), Password: v.typed("password"), From: v.Address(v.r)}
	if cookie, err := v.r.Cookie(v.deviceCookie()); err == nil {
		try.Device = cookie.Value
	}
	u, err := v.gate.Password(v.ctx, try)
	if err != nil {
		return v.askSignIn(err)
	}
	if u.TOTP {
		if err := v.Sessions.Pend(v.ctx, u); err != nil {
			return err
		}
		return v.leave("/sign-in/code")
	}
	return v.letIn(u)
}

// letIn signs the user in and goes to the first page.
func (v *visit) letIn(u account.User) error {
	if err := v.Sessions.Begin(v.ctx, u); err != nil {
		return err
	}
	http.SetCookie(v.w, &http.Cookie{
		Name: v.deviceCookie(), Value: v.gate.Device(u), Path: "/", MaxAge: int(v.gate.DeviceLife() / time.Second), HttpOnly: true,
		Secure: v.Secure, SameSite: http.SameSiteLaxMode,
	})
	return v.leave("/")
}

func (v *visit) showCode() error {
	if v.Sessions.Pending(v.ctx) == "" {
		return v.leave("/sign-in")
	}
	return v.askCode(nil)
}

func (v *visit) askCode(wrong error) error {
	return v.ask(v.l.T("console.code.title"), v.l.T("console.code.lead"), form{
		Action: "/sign-in/code", Button: v.l.T("console.code.button"), Link: v.l.T("console.code.back"), To: "/sign-in",
		Groups: []group{{Fields: []field{v.codeField()}}},
	}, wrong)
}

func (v *visit) codeField() field {
	return field{Name: "code", Label: v.l.T("console.code"), Complete: "one-time-code"}
}

func (v *visit) code() error {
	id := v.Sessions.Pending(v.ctx)
	if id == "" {
		return v.leave("/sign-in")
	}
	u, err := v.gate.Code(v.ctx, id, v.typed("code"))
	if err != nil {
		return v.askCode(err)
	}
	return v.letIn(u)
}

func (v *visit) signOut() error {
	u, ok, err := v.user()
	if err != nil {
		return err
	}
	if ok {
		if err := v.write(func(tx *db.Tx) error {
			return account.Record(tx, account.Entry{Actor: v.actor(u), Action: "user.sign_out", Target: u.ID})
		}); err != nil {
			return err
		}
	}
	if err := v.Sessions.End(v.ctx); err != nil {
		return err
	}
	return v.leave("/sign-in")
}
