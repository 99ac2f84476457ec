package oidc

import (
	"net/url"
	"slices"
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/secret"
	"regulars/internal/base/setting"
)

// Settings say which provider there is.
type Settings struct {
	Name         string                  `json:"name"`   // on the button, such as the firm's own
	Issuer       string                  `json:"issuer"` // https://login.example.com
	ClientID     string                  `json:"client_id"`
	ClientSecret string                  `json:"-"`
	Scopes       []string                `json:"scopes,omitempty"`       // beyond openid, email and profile
	GroupsClaim  string                  `json:"groups_claim,omitempty"` // empty: groups
	Roles        map[string]account.Role `json:"roles,omitempty"`        // group -> role; empty: roles are given here
	Sealed       []byte                  `json:"sealed,omitempty"`       // the secret, as it is kept
}

const (
	settingsKey   = "oidc"
	secretPurpose = "oidc client secret"
)

// valid says what is wrong.
func (s *Settings) valid() error {
	u, err := url.Parse(s.Issuer)
	local := err == nil && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1")
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !local):
		return fault.In("issuer", fault.Coded("no_issuer", fault.Invalidf("the provider is an address such as https://login.example.com")))
	case s.ClientID == "":
		return fault.In("client_id", fault.Coded("no_client", fault.Invalidf("the provider knows this installation by a client id; copy it from there")))
	case strings.TrimSpace(s.Name) == "":
		return fault.In("name", fault.Coded("name_length", fault.Invalidf("give the provider a name, which stands on the button")))
	}
	for group, role := range s.Roles {
		if !slices.Contains(account.Roles(), role) {
			return fault.In("roles", fault.Coded("unknown_role", fault.Invalidf("the group %.60q has the role %.20q, which is none", group, string(role))))
		}
	}
	return nil
}

// Save keeps the settings; an empty secret leaves the one that is kept.
func Save(tx *db.Tx, by account.Actor, box *secret.Box, s Settings) error {
	if err := by.Require(account.AccessManage); err != nil {
		return err
	}
	if err := s.valid(); err != nil {
		return err
	}
	for _, role := range s.Roles {
		for _, p := range role.Permissions() {
			if err := by.Require(p); err != nil {
				return fault.In("roles", err)
			}
		}
	}
	if s.ClientSecret != "" {
		s.Sealed = box.Seal([]byte(s.ClientSecret), secretPurpose)
	} else if before, known, err := read(tx); err != nil {
		return err
	} else if known {
		s.Sealed = before.Sealed
	}
	if err := setting.Save(tx, settingsKey, s); err != nil {
		return err
	}
	return account.Record(tx, account.Entry{Actor: by, Action: "settings.update", Target: settingsKey})
}

// Remove has nobody sign in by the provider any more.
func Remove(tx *db.Tx, by account.Actor) error {
	if err := by.Require(account.AccessManage); err != nil {
		return err
	}
	n, err := tx.Exec(`DELETE FROM settings WHERE key = $1`, settingsKey)
	if err != nil || n == 0 {
		return err
	}
	return account.Record(tx, account.Entry{Actor: by, Action: "settings.remove", Target: settingsKey})
}

// Load reads the settings; known is false where there is no provider.
func Load(tx *db.Tx, box *secret.Box) (s Settings, known bool, err error) {
	if s, known, err = read(tx); err != nil || !known || len(s.Sealed) == 0 {
		return s, known, err
	}
	plain, err := box.Open(s.Sealed, secretPurpose)
	if err != nil {
		return s, true, fault.Unavailablef("the secret of the provider of identities cannot be read: %w; put the right key file back, or enter it again", err)
	}
	s.ClientSecret = string(plain)
	return s, true, nil
}

func read(tx *db.Tx) (s Settings, known bool, err error) {
	known, err = setting.Load(tx, settingsKey, &s)
	return s, known, err
}

// role is the one of who is in the groups: the first in the order of account.Roles that one of them has.
func (s *Settings) role(groups []string) account.Role {
	for _, role := range account.Roles() {
		for _, group := range groups {
			if s.Roles[group] == role {
				return role
			}
		}
	}
	return ""
}
