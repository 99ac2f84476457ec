package wire

import "time"

// Session is who asks.
type Session struct {
	Kind        string   `json:"kind" enum:"user,key,public_key" doc:"A person with a browser, or a key."`
	ID          string   `json:"id" example:"usr_0h4m2xq7v1c3d"`
	Name        string   `json:"name"`
	Email       string   `json:"email,omitempty"`
	Role        string   `json:"role,omitempty" doc:"Of a person."`
	Language    string   `json:"language,omitempty"`
	Permissions []string `json:"permissions" nullable:"false"`
}

// SignedIn is a browser in which a person is signed in.
type SignedIn struct {
	ID        string    `json:"id" example:"ses_0h4m2xq7v1c3d"`
	Agent     string    `json:"agent" doc:"What the browser calls itself."`
	Current   bool      `json:"current,omitempty" doc:"It is the one that asks."`
	BeganAt   time.Time `json:"began_at"`
	SeenAt    time.Time `json:"seen_at" doc:"To the minute."`
	ExpiresAt time.Time `json:"expires_at" doc:"At the latest."`
}

// User is a person who signs in.
type User struct {
	ID         string     `json:"id" example:"usr_0h4m2xq7v1c3d"`
	Email      string     `json:"email"`
	Name       string     `json:"name"`
	Role       string     `json:"role" enum:"owner,manager,analyst,agent,cashier,developer"`
	Language   string     `json:"language"`
	State      string     `json:"state" enum:"invited,active,disabled"`
	SecondStep bool       `json:"second_step" doc:"A code is asked for after the password."`
	Version    int64      `json:"version"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	SignedInAt *time.Time `json:"signed_in_at,omitempty" doc:"The last time."`
}

// NewUser is somebody to invite.
type NewUser struct {
	Email    string `json:"email" minLength:"3" maxLength:"254" example:"ann@example.com"`
	Name     string `json:"name,omitempty" maxLength:"100" doc:"Until they say themselves."`
	Role     string `json:"role" enum:"owner,manager,analyst,agent,cashier,developer"`
	Language string `json:"language,omitempty" enum:"en,ru,zh,el,mk" doc:"Of the invitation and the pages."`
}

// UserLink is a user for whom a link was made.
type UserLink struct {
	User User   `json:"user"`
	Link string `json:"link,omitempty" doc:"To be handed over, where no mail server is set; shown only now. Otherwise it is sent."`
}

// UserChange is what is to be changed of a user; what is left out stays as it is.
type UserChange struct {
	Name     *string `json:"name,omitempty" maxLength:"100"`
	Role     *string `json:"role,omitempty" enum:"owner,manager,analyst,agent,cashier,developer" doc:"Another role signs the user out everywhere."`
	Language *string `json:"language,omitempty" enum:"en,ru,zh,el,mk"`
	State    *string `json:"state,omitempty" enum:"active,disabled" doc:"Who is disabled may not sign in, and is signed out."`
}

// Key is an API key, without its text.
type Key struct {
	ID        string     `json:"id" example:"key_0h4m2xq7v1c3d"`
	Name      string     `json:"name"`
	Public    bool       `json:"public,omitempty" doc:"For web pages and apps, which everybody can read: it can add events and nothing else."`
	Hint      string     `json:"hint" doc:"How its text ends."`
	Scopes    []string   `json:"scopes" nullable:"false" doc:"Permissions, or all."`
	Addresses []string   `json:"addresses" nullable:"false" doc:"From where it may be used; empty: from everywhere."`
	CreatedBy string     `json:"created_by" doc:"The user or key that made it."`
	Version   int64      `json:"version"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	UsedAt    *time.Time `json:"used_at,omitempty" doc:"The last time, to the minute."`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
}

// NewKey is a key to make.
type NewKey struct {
	Name      string     `json:"name" minLength:"1" maxLength:"100" example:"web shop"`
	Public    bool       `json:"public,omitempty" doc:"For web pages and apps, which everybody can read: it can add events and nothing else."`
	Scopes    []string   `json:"scopes,omitempty" maxItems:"50" doc:"Permissions, or all; of a public key none. Nobody gives more than they have." example:"[\"facts.write\"]"`
	Addresses []string   `json:"addresses,omitempty" maxItems:"100" doc:"Addresses or networks that it may be used from; left out: everywhere." example:"[\"192.0.2.0/24\"]"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

// MadeKey is a key that was just made.
type MadeKey struct {
	Key    Key    `json:"key"`
	Secret string `json:"secret" doc:"Its text. It is shown only now, and kept nowhere."`
}

// KeyChange is what is to be changed of a key; what is left out stays as it is.
type KeyChange struct {
	Name      *string    `json:"name,omitempty" minLength:"1" maxLength:"100"`
	Scopes    []string   `json:"scopes,omitempty" maxItems:"50"`
	Addresses []string   `json:"addresses,omitempty" maxItems:"100"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	Clear     []string   `json:"clear,omitempty" maxItems:"2" enum:"addresses,expires_at" doc:"Fields to be emptied."`
}

// AuditEntry is an act of somebody. It names fields and holds no values.
type AuditEntry struct {
	ID        string    `json:"id" example:"aud_0h4m2xq7v1c3d"`
	At        time.Time `json:"at"`
	ActorKind string    `json:"actor_kind" enum:"user,key,public_key,system"`
	Actor     string    `json:"actor" doc:"Id of the user or key, or the part of the program."`
	ActorName string    `json:"actor_name,omitempty" doc:"As it is called by now."`
	Action    string    `json:"action" example:"customer.updated"`
	Target    string    `json:"target,omitempty" doc:"The id of what it was done to."`
	Fields    []string  `json:"fields,omitempty" doc:"Names of what was changed or given out."`
	Count     int64     `json:"count" doc:"To how many it was done in one request."`
	Request   string    `json:"request_id,omitempty"`
}

// MailServer is the server that mail goes by.
type MailServer struct {
	Host     string `json:"host" minLength:"1" maxLength:"255" example:"mail.example.com"`
	Port     int    `json:"port,omitempty" minimum:"1" maximum:"65535" doc:"Left out: the usual one."`
	Security string `json:"security" enum:"starttls,tls,none" doc:"none is for a server on the same machine."`
	User     string `json:"user,omitempty" maxLength:"255"`
	Password string `json:"password,omitempty" writeOnly:"true" maxLength:"1000" doc:"Left out, the one that is kept stays; to another host it is not sent."`
	From     string `json:"from" minLength:"3" maxLength:"254" example:"shop@example.com"`
	FromName string `json:"from_name,omitempty" maxLength:"100"`
}

// Provider is a provider of identities (OpenID Connect) by which people may sign in.
type Provider struct {
	Name         string            `json:"name" minLength:"1" maxLength:"100" doc:"Stands on the button."`
	Issuer       string            `json:"issuer" maxLength:"500" example:"https://login.example.com"`
	ClientID     string            `json:"client_id" minLength:"1" maxLength:"500"`
	ClientSecret string            `json:"client_secret,omitempty" writeOnly:"true" maxLength:"1000" doc:"Left out, the one that is kept stays."`
	Scopes       []string          `json:"scopes,omitempty" maxItems:"20" doc:"Beyond openid, email and profile."`
	GroupsClaim  string            `json:"groups_claim,omitempty" maxLength:"100" doc:"Left out: groups."`
	Roles        map[string]string `json:"roles,omitempty" doc:"From groups to roles: then the groups decide. Left out, roles are given here, to those who were invited."`
	Callback     string            `json:"callback" readOnly:"true" doc:"Where the provider is to send people back to."`
}
