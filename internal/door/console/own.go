package console

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"image/png"
	"net/http"
	"strings"

	"github.com/pquerna/otp"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// own is the page about oneself.
type own struct {
	Email, Role string
	HasPassword bool
	TOTP        bool
	Sessions    []browser
	Said        string // what was just done
	Phone       *phone // being set up
}

// browser is somewhere one is signed in.
type browser struct {
	ID, Agent   string
	Began, Seen string
	This        bool
}

// phone is what a phone reads to make codes.
type phone struct {
	Picture template.URL
	Text    string
	Error   string
}

func (v *visit) showAccount() error {
	return v.signedIn(func(u account.User) error { return v.account(u, "", nil, nil) })
}

// speak changes the language in which one reads the pages.
func (v *visit) speak() error {
	return v.signedIn(func(u account.User) error {
		wanted := v.typed("language")
		if err := v.write(func(tx *db.Tx) error {
			_, err := account.UpdateSelf(tx, v.actor(u), u.Version, account.UserChange{Language: &wanted})
			return err
		}); err != nil {
			return err
		}
		return v.leave("/")
	})
}

// account shows the page, with what was done, or what was wrong.
func (v *visit) account(u account.User, said string, p *phone, wrong error) error {
	o := own{Email: u.Email, Role: v.l.T("console.role." + string(u.Role)), HasPassword: u.HasPassword, TOTP: u.TOTP, Said: said, Phone: p}
	err := v.read(func(tx *db.Tx) error {
		o.Sessions = nil
		this, err := v.Sessions.Current(tx, v.ctx)
		if err != nil {
			return err
		}
		list, err := account.Sessions(tx, u.ID)
		for _, s := range list {
			o.Sessions = append(o.Sessions, browser{s.ID, agent(s.Agent), v.l.Date(s.Began), v.l.Date(s.Seen), s.ID == this})
		}
		return err
	})
	if err != nil {
		return err
	}
	sh := sheet{Title: v.l.T("console.account.title"), Content: o}
	status := http.StatusOK
	if wrong != nil {
		status = v.status(wrong)
		if fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		sh.Problems = []problem{{fieldOf(wrong), v.say(wrong)}}
		if p != nil {
			p.Error = sh.Problems[0].Text
		}
	}
	return v.show(status, "account", sh)
}

// What browsers and devices call themselves, those first that others say they are too.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"YaBrowser", "Yandex Browser"}, {"SamsungBrowser", "Samsung Internet"},
		{"Firefox/", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	devices = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "Mac"},
		{"CrOS", "Chromebook"}, {"Linux", "Linux"}}
)

// agent is a browser as people know it.
func agent(calls string) string {
	var said []string
	for _, list := range [][][2]string{browsers, devices} {
		for _, one := range list {
			if strings.Contains(calls, one[0]) {
				said = append(said, one[1])
				break
			}
		}
	}
	if len(said) == 0 {
		return calls
	}
	return strings.Join(said, ", ")
}

func (v *visit) changePassword() error {
	return v.signedIn(func(u account.User) error {
		if err := v.gate.Again(v.ctx, v.actor(u), v.typed("current_password"), v.Address(v.r)); err != nil {
			return v.account(u, "", nil, err)
		}
		password, err := v.chosen(u.Email, u.Name)
		if err != nil {
			return v.account(u, "", nil, err)
		}
		if err := v.write(func(tx *db.Tx) (err error) { u, err = account.ChangePassword(tx, v.actor(u), password); return err }); err != nil {
			return err
		}
		// All sessions are over; this browser's owner has just shown who they are.
		return v.letIn(u)
	})
}

func (v *visit) beginPhone() error {
	return v.signedIn(func(u account.User) error {
		if u.HasPassword {
			if err := v.gate.Again(v.ctx, v.actor(u), v.typed("current_password"), v.Address(v.r)); err != nil {
				return v.account(u, "", nil, err)
			}
		}
		b, err := v.business()
		if err != nil {
			return err
		}
		var address string
		if err := v.write(func(tx *db.Tx) (err error) {
			address, _, err = account.BeginTOTP(tx, v.actor(u), v.Post.Box, b.Name)
			return err
		}); err != nil {
			return v.account(u, "", nil, err)
		}
		p, err := picture(address)
		if err != nil {
			return err
		}
		return v.account(u, "", p, nil)
	})
}

// picture is the address as a QR code, and as text for who cannot scan it.
func picture(address string) (*phone, error) {
	const side = 240
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		return nil, err //nolint:wrapcheck // it was made here
	}
	image, err := key.Image(side, side)
	if err != nil {
		return nil, err //nolint:wrapcheck // it was made here
	}
	var out bytes.Buffer
	if err := png.Encode(&out, image); err != nil {
		return nil, err //nolint:wrapcheck // into memory
	}
	data := "data:image/png;base64," + base64.StdEncoding.EncodeToString(out.Bytes())
	return &phone{Picture: template.URL(data), Text: key.Secret()}, nil //nolint:gosec // a picture made here
}

func (v *visit) confirmPhone() error {
	return v.signedIn(func(u account.User) error {
		var codes []string
		err := v.write(func(tx *db.Tx) (err error) {
			codes, err = account.ConfirmTOTP(tx, v.actor(u), v.Post.Box, v.typed("code"))
			return err
		})
		if codeOf(err) == "wrong_code" {
			b, failed := v.business()
			if failed != nil {
				return failed
			}
			var address string
			if err := v.read(func(tx *db.Tx) (err error) {
				address, err = account.PendingTOTP(tx, v.actor(u), v.Post.Box, b.Name)
				return err
			}); err != nil {
				return err
			}
			p, failed := picture(address)
			if failed != nil {
				return failed
			}
			return v.account(u, "", p, err)
		}
		if err != nil {
			return v.account(u, "", nil, err)
		}
		return v.show(http.StatusOK, "codes", sheet{Title: v.l.T("console.codes.title"), Lead: v.l.T("console.codes.lead"), Content: codes})
	})
}

func (v *visit) phoneOff() error {
	return v.signedIn(func(u account.User) error {
		if u.HasPassword {
			if err := v.gate.Again(v.ctx, v.actor(u), v.typed("current_password"), v.Address(v.r)); err != nil {
				return v.account(u, "", nil, err)
			}
		}
		if err := v.write(func(tx *db.Tx) error { return account.TOTPOff(tx, v.actor(u), u.ID) }); err != nil {
			return err
		}
		return v.leave("/account")
	})
}

func (v *visit) endSession() error {
	return v.signedIn(func(u account.User) error {
		if err := v.write(func(tx *db.Tx) error { return account.EndSession(tx, v.actor(u), v.typed("id")) }); err != nil {
			return v.account(u, "", nil, err)
		}
		return v.leave("/account")
	})
}
