package account

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/secret"
)

// Gate lets people in by their password and the second step. Whatever is wrong with what they said, the answer is the
// same and takes as long, so that nobody learns which e-mails there are.
type Gate struct {
	d      *db.DB
	box    *secret.Box
	hasher *Hasher
	post   Post
}

// NewGate makes the gate of the process.
func NewGate(d *db.DB, hasher *Hasher, post Post) *Gate {
	return &Gate{d: d, box: post.Box, hasher: hasher, post: post}
}

// Try is somebody who wants to sign in.
type Try struct {
	Email    string
	Password string
	From     netip.Addr
	Device   string // what Device gave when they signed in here before; may be empty
}

func errCredentials() error {
	return fault.Coded("wrong_credentials", fault.Unknownf("the e-mail or the password is not right; you can set a new password by mail"))
}

// Password checks e-mail and password. Of a user with a second step the code is still to come: see User.TOTP.
func (g *Gate) Password(ctx context.Context, try Try) (u User, err error) {
	email, err := Email(try.Email)
	if err != nil {
		email = strings.ToLower(try.Email) // nobody has it, and it takes as long to say so
	}
	if err := g.d.Read(ctx, func(tx *db.Tx) (err error) {
		if u, err = userByEmail(tx, text(email)); errors.Is(err, errNobody) {
			u, err = User{}, nil
		}
		return err
	}); err != nil {
		return User{}, err
	}
	from := network(try.From)
	charged := []bucket{triesOf(email, from), triesFrom(from)}
	if device, ok := g.device(try.Device, u.ID); ok {
		charged = []bucket{triesAt(device)}
	}
	if err := charge(ctx, g.d, charged...); err != nil {
		return User{}, err
	}
	same, renewed, err := g.hasher.matches(ctx, try.Password, u.password)
	if err != nil {
		return User{}, err
	}
	if !same {
		failed := Entry{Actor: System("sign_in"), Action: "user.sign_in_failed", Target: u.ID}
		if err := g.d.Write(ctx, func(tx *db.Tx) error { return Record(tx, failed) }); err != nil {
			return User{}, err
		}
		return User{}, errCredentials()
	}
	if u.State != Active {
		return User{}, fault.Coded("user_disabled", fault.Forbiddenf("this user may not sign in; ask an owner"))
	}
	return u, g.d.Write(ctx, func(tx *db.Tx) error {
		if renewed.text != "" {
			if _, err := tx.Exec(`UPDATE users SET password = $1 WHERE user_id = $2 AND password = $3`, renewed.text, u.ID, u.password.text); err != nil {
				return err
			}
		}
		if err := forgive(tx, charged...); err != nil || u.TOTP {
			return err
		}
		return signedIn(tx, u)
	})
}

// text is an e-mail that the database takes for a question, whatever was typed.
func text(email string) string {
	if len(email) > emailMost {
		return ""
	}
	return strings.ToValidUTF8(strings.ReplaceAll(email, "\x00", ""), "")
}

// Code checks the code of the second step, from the phone or one for who has lost it, of a user whose password was right.
func (g *Gate) Code(ctx context.Context, user, code string) (u User, err error) {
	if err := charge(ctx, g.d, codesOf(user)); err != nil {
		return User{}, err
	}
	err = g.d.Write(ctx, func(tx *db.Tx) (err error) {
		if u, err = UserOf(tx, user); err != nil {
			return err
		}
		if u.State != Active || !u.TOTP {
			return errCode()
		}
		check := u.spend
		if len(plainCode(code)) == codeDigits {
			check = func(tx *db.Tx, code string) error { return u.code(tx, g.box, code) }
		}
		if err := check(tx, code); err != nil {
			return err
		}
		return errors.Join(codesOf(user).empty(tx), signedIn(tx, u))
	})
	if err != nil {
		return User{}, err
	}
	return u, nil
}

func signedIn(tx *db.Tx, u User) error {
	if _, err := tx.Exec(`UPDATE users SET signed_in_us = $1 WHERE user_id = $2`, tx.Now, u.ID); err != nil {
		return err
	}
	return Record(tx, Entry{Actor: u.Actor(), Action: "user.sign_in", Target: u.ID})
}

// Again checks the password of somebody who has signed in, before what an open screen must not be enough for.
func (g *Gate) Again(ctx context.Context, by Actor, password string, from netip.Addr) error {
	var u User
	if err := g.d.Read(ctx, func(tx *db.Tx) (err error) { u, err = self(tx, by); return err }); err != nil {
		return err
	}
	tries := triesOf(u.Email, network(from))
	if err := charge(ctx, g.d, tries); err != nil {
		return err
	}
	same, _, err := g.hasher.matches(ctx, password, u.password)
	if err != nil {
		return err
	}
	if !same {
		return fault.In("current_password", fault.Coded("wrong_password", fault.Invalidf("this is not your password")))
	}
	return g.d.Write(ctx, func(tx *db.Tx) error { return forgive(tx, tries) })
}

// Forgot has a link sent to who has forgotten the password, if there is such a user and a mail server: whoever asks is
// told the same in any case.
func (g *Gate) Forgot(ctx context.Context, email string, from netip.Addr) error {
	email, err := Email(email)
	if err != nil {
		return err
	}
	at := network(from)
	if err := charge(ctx, g.d, mailsTo(email, at), triesFrom(at)); err != nil {
		return err
	}
	return g.d.Write(ctx, func(tx *db.Tx) error {
		u, err := userByEmail(tx, email)
		if err != nil && !errors.Is(err, errNobody) {
			return err
		}
		open, err := g.post.open(tx)
		if err == nil && open && u.State == Active {
			err = queueLink(tx, NewSecret, u.ID)
		}
		if err != nil {
			return err
		}
		// Also of nobody: so it takes as long.
		return Record(tx, Entry{Actor: System("sign_in"), Action: "user.forgot_password", Target: u.ID})
	})
}

// deviceLife is for how long a device is known.
const deviceLife = 180 * 24 * time.Hour

// known is what a device holds sealed.
type known struct {
	User   string `json:"user"`
	ID     string `json:"id"`
	Issued int64  `json:"issued"`
}

const devicePurpose = "device"

// Device is for a browser to keep after its user has signed in: from there they are let in to try again, whatever others
// did elsewhere. It lets nobody in by itself.
func (g *Gate) Device(u User) string {
	content, err := json.Marshal(known{User: u.ID, ID: randomText(linkRandom), Issued: time.Now().Unix()})
	if err != nil {
		panic(err) // two texts and a number
	}
	return base64.RawURLEncoding.EncodeToString(g.box.Seal(content, devicePurpose))
}

// DeviceLife is for how long it is to be kept.
func (g *Gate) DeviceLife() time.Duration { return deviceLife }

// device tells whether the user signed in from there before, and from which.
func (g *Gate) device(kept, user string) (id string, ok bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(kept)
	if err != nil || kept == "" || user == "" {
		return "", false
	}
	content, err := g.box.Open(sealed, devicePurpose)
	if err != nil {
		return "", false
	}
	var k known
	if json.Unmarshal(content, &k) != nil || k.User != user || time.Since(time.Unix(k.Issued, 0)) > deviceLife {
		return "", false
	}
	return k.ID, true
}
