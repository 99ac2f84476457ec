package console

import (
	"net/http"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// linked is the user that the link in the address is for. They read their own language, as in the letter that the link came in,
// unless they chose another one here: that of the browser is a guess, and who invited them has said.
func (v *visit) linked(purpose account.Purpose) (u account.User, err error) {
	err = v.read(func(tx *db.Tx) error {
		id, err := account.LinkOf(tx, purpose, v.r.PathValue("token"))
		if err != nil {
			return err
		}
		u, err = account.UserOf(tx, id)
		return err
	})
	if own := v.Locales[u.Language]; err == nil && own != nil && chosenLanguage(v.r) == "" {
		v.l = own
	}
	return u, err
}

func (v *visit) showInvitation() error {
	u, err := v.linked(account.Invitation)
	if err != nil {
		return err
	}
	return v.askInvitation(u, nil)
}

func (v *visit) askInvitation(u account.User, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	if b.Name == "" {
		b.Name = "Regulars"
	}
	role := v.l.T("console.role." + string(u.Role))
	return v.ask(v.l.T("console.invitation.title"), v.l.T("console.invitation.lead", b.Name, role, u.Email), form{
		Action: v.r.URL.Path, Button: v.l.T("console.invitation.button"), Whose: u.Email,
		Groups: []group{{Fields: append([]field{
			{Name: "name", Label: v.l.T("console.person"), Complete: "name", Value: u.Name},
			{Name: "language", Label: v.l.T("console.language"), Type: "select", Choices: v.spoken(), Value: u.Language},
		}, v.newPassword()...)}},
	}, wrong)
}

func (v *visit) accept() error {
	u, err := v.linked(account.Invitation)
	if err != nil {
		return err
	}
	password, err := v.chosen(u.Email, v.typed("name"))
	if err != nil {
		return v.askInvitation(u, err)
	}
	err = v.write(func(tx *db.Tx) (err error) {
		u, err = account.Accept(tx, v.r.PathValue("token"), v.typed("name"), v.typed("language"), password)
		return err
	})
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return v.askInvitation(u, err)
	}
	if err != nil {
		return err
	}
	return v.letIn(u)
}

func (v *visit) showForgot() error { return v.askForgot(nil) }

func (v *visit) askForgot(wrong error) error {
	return v.ask(v.l.T("console.forgot.title"), v.l.T("console.forgot.lead"), form{
		Action: "/forgot", Button: v.l.T("console.forgot.button"), Link: v.l.T("console.forgot.back"), To: "/sign-in",
		Groups: []group{{Fields: []field{
			{Name: "email", Label: v.l.T("console.email"), Type: "email", Complete: "username", Mode: "email"},
		}}},
	}, wrong)
}

func (v *visit) forgot() error {
	if err := v.gate.Forgot(v.ctx, v.typed("email"), v.Address(v.r)); err != nil {
		return v.askForgot(err)
	}
	return v.message(http.StatusOK, v.l.T("console.sent.title"), message{
		Text: []string{v.l.T("console.sent.text"), v.l.T("console.sent.otherwise")}, Link: v.l.T("console.forgot.back"), To: "/sign-in",
	})
}

func (v *visit) showPassword() error {
	u, err := v.linked(account.NewSecret)
	if err != nil {
		return err
	}
	return v.askPassword(u, nil)
}

func (v *visit) askPassword(u account.User, wrong error) error {
	return v.ask(v.l.T("console.reset.title"), v.l.T("console.reset.lead", u.Email), form{
		Action: v.r.URL.Path, Button: v.l.T("console.reset.button"), Whose: u.Email, Groups: []group{{Fields: v.newPassword()}},
	}, wrong)
}

func (v *visit) password() error {
	u, err := v.linked(account.NewSecret)
	if err != nil {
		return err
	}
	password, err := v.chosen(u.Email, u.Name)
	if err != nil {
		return v.askPassword(u, err)
	}
	if err := v.write(func(tx *db.Tx) error {
		_, err := account.ResetPassword(tx, v.r.PathValue("token"), password)
		return err
	}); err != nil {
		return err
	}
	// Signing in comes next: a second step that is on is asked for there.
	return v.message(http.StatusOK, v.l.T("console.changed.title"), message{
		Text: []string{v.l.T("console.changed.text")}, Link: v.l.T("console.signin.title"), To: "/sign-in",
	})
}
