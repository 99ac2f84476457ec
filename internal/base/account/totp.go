package account

import (
	"crypto/subtle"
	"encoding/base32"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/secret"
)

// The second step: a code of six digits that a phone makes anew every half minute (RFC 6238), as every app for it knows.
const (
	codePeriod = 30 // seconds
	codeSkew   = 1  // periods that a phone's clock may be off
	codeDigits = 6

	recoveryCodes  = 10
	recoveryLength = 16 // of 32 letters and digits: 80 bits
)

var codeOptions = totp.ValidateOpts{Period: codePeriod, Digits: codeDigits, Algorithm: otp.AlgorithmSHA1}

func purpose(user string) string { return "totp " + user }

// BeginTOTP makes a secret for the user's phone and gives the address that the phone reads, as text and for a QR code.
// Nothing is asked for until ConfirmTOTP has seen that the phone works.
func BeginTOTP(tx *db.Tx, by Actor, box *secret.Box, business string) (address, text string, err error) {
	u, err := self(tx, by)
	if err != nil {
		return "", "", err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer(business), AccountName: u.Email})
	if err != nil {
		return "", "", err //nolint:wrapcheck // it never fails
	}
	n, err := tx.Exec(`UPDATE users SET totp = $1, totp_step = 0 WHERE user_id = $2 AND NOT totp_on`, box.Seal([]byte(key.Secret()), purpose(u.ID)), u.ID)
	if err == nil && n == 0 {
		err = fault.Coded("totp_on", fault.Conflictf("the second step is on already; switch it off before setting up another phone"))
	}
	return key.String(), key.Secret(), err
}

// issuer is the name under which a phone lists the codes.
func issuer(business string) string {
	if business = oneLine(strings.ReplaceAll(business, ":", " ")); business == "" {
		return "Regulars"
	}
	return business
}

// PendingTOTP gives the address again that BeginTOTP made, as long as the second step is not on.
func PendingTOTP(tx *db.Tx, by Actor, box *secret.Box, business string) (address string, err error) {
	u, err := self(tx, by)
	if err != nil {
		return "", err
	}
	if u.TOTP || len(u.totp) == 0 {
		return "", fault.Coded("totp_off", fault.Conflictf("begin with setting up the phone"))
	}
	text, err := box.Open(u.totp, purpose(u.ID))
	if err != nil {
		return "", fault.Unavailablef("the second step of this user cannot be checked: %w; begin again", err)
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(string(text))
	if err != nil {
		return "", err //nolint:wrapcheck // it was made here
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer(business), AccountName: u.Email, Secret: raw})
	if err != nil {
		return "", err //nolint:wrapcheck // it never fails
	}
	return key.String(), nil
}

// ConfirmTOTP switches the second step on, once a code shows that the phone works, and gives codes for the day when the
// phone is lost. They are in no other place and cannot be shown again.
func ConfirmTOTP(tx *db.Tx, by Actor, box *secret.Box, code string) (recovery []string, err error) {
	u, err := self(tx, by)
	if err != nil {
		return nil, err
	}
	if u.TOTP {
		return nil, fault.Coded("totp_on", fault.Conflictf("the second step is on already"))
	}
	if len(u.totp) == 0 {
		return nil, fault.Coded("totp_off", fault.Conflictf("begin with setting up the phone"))
	}
	if err := u.code(tx, box, code); err != nil {
		return nil, err
	}
	n, err := tx.Exec(`UPDATE users SET totp_on = TRUE, version = version + 1, updated_us = $1 WHERE user_id = $2 AND NOT totp_on`, tx.Now, u.ID)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, meanwhile("user", u.ID)
	}
	if _, err := tx.Exec(`DELETE FROM recovery_codes WHERE user_id = $1`, u.ID); err != nil {
		return nil, err
	}
	for range recoveryCodes {
		code := recoveryCode()
		recovery = append(recovery, code)
		if _, err := tx.Exec(`INSERT INTO recovery_codes (user_id, hash) VALUES ($1, $2)`, u.ID, digestOf(plainCode(code))); err != nil {
			return nil, err
		}
	}
	return recovery, Record(tx, Entry{Actor: by, Action: "user.totp_on", Target: u.ID})
}

// recoveryCode is four groups of four, to be written down.
func recoveryCode() string {
	var random [recoveryLength]byte
	fill(random[:])
	var groups []string
	for i := 0; i < len(random); i += 4 {
		var group [4]byte
		for j := range group {
			group[j] = crockford[random[i+j]&31]
		}
		groups = append(groups, string(group[:]))
	}
	return strings.Join(groups, "-")
}

// plainCode is what was written down, however it is typed.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-':
			return -1
		case 'o':
			return '0'
		case 'i', 'l':
			return '1'
		}
		return r
	}, strings.ToLower(code))
}

// TOTPOff switches the second step off: a user's own, or that of somebody who has lost phone and codes.
func TOTPOff(tx *db.Tx, by Actor, id string) error {
	if by.Kind != Person || by.ID != id {
		if _, err := managed(tx, by, id); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`DELETE FROM recovery_codes WHERE user_id = $1`, id); err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE users SET totp = $1, totp_on = FALSE, totp_step = 0, version = version + 1, updated_us = $2
		WHERE user_id = $3 AND totp_on`, []byte{}, tx.Now, id)
	if err != nil || n == 0 {
		return err
	}
	return Record(tx, Entry{Actor: by, Action: "user.totp_off", Target: id})
}

func self(tx *db.Tx, by Actor) (User, error) {
	if by.Kind != Person {
		return User{}, fault.Coded("not_signed_in", fault.Unknownf("sign in first: a key has no second step"))
	}
	return UserOf(tx, by.ID)
}

// errCode is the answer to every code that does not fit, whatever the reason.
func errCode() error {
	return fault.In("code", fault.Coded("wrong_code", fault.Unknownf("this code does not fit, or has been used; wait for the next one and type that")))
}

// code checks a code of the user's phone, which is good once.
func (u *User) code(tx *db.Tx, box *secret.Box, code string) error {
	key, err := box.Open(u.totp, purpose(u.ID))
	if err != nil {
		return fault.Unavailablef("the second step of this user cannot be checked: %w; put the right key file back, or have an owner switch it off", err)
	}
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	step := tx.Now.Unix() / codePeriod
	found := int64(-1)
	for s := step - codeSkew; s <= step+codeSkew; s++ {
		want, err := totp.GenerateCodeCustom(string(key), time.Unix(s*codePeriod, 0), codeOptions)
		if err != nil {
			return err //nolint:wrapcheck // the secret is one that was made here
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found = s
		}
	}
	if found < 0 {
		return errCode()
	}
	n, err := tx.Exec(`UPDATE users SET totp_step = $1 WHERE user_id = $2 AND totp_step < $1`, found, u.ID)
	if err == nil && n == 0 {
		err = errCode()
	}
	return err
}

// spend checks a code for who has lost the phone, which is good once.
func (u *User) spend(tx *db.Tx, code string) error {
	n, err := tx.Exec(`DELETE FROM recovery_codes WHERE user_id = $1 AND hash = $2`, u.ID, digestOf(plainCode(code)))
	if err != nil {
		return err
	}
	if n == 0 {
		return errCode()
	}
	return Record(tx, Entry{Actor: u.Actor(), Action: "user.recovery_code", Target: u.ID})
}
