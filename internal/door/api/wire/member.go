package wire

// MemberPages is how the pages of members, under /my/, are set up.
type MemberPages struct {
	Open       bool   `json:"open" doc:"Whether there are pages for members at all."`
	Greeting   string `json:"greeting,omitempty" maxLength:"500" doc:"A sentence for those who have not joined yet."`
	Accent     string `json:"accent,omitempty" pattern:"^#[0-9a-fA-F]{6}$" example:"#0a5c36" doc:"The colour of the business."`
	Terms      string `json:"terms,omitempty" maxLength:"50000" doc:"Of the programme, as plain text."`
	Version    string `json:"version,omitempty" maxLength:"60" doc:"Of the terms: it is kept with each consent to them."`
	NoNotices  bool   `json:"no_notices,omitempty" doc:"Nobody is told anything on their phone, and no phone can be switched on."`
	QuietFrom  string `json:"quiet_from,omitempty" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" example:"21:00" doc:"From when nobody is told on their phone but of what they have just done, on the clocks of the business; left out: 21:00."`
	QuietUntil string `json:"quiet_until,omitempty" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" example:"08:00" doc:"Until when; left out: 08:00. The same as from when: there are no such hours."`
	// By language.
	GreetingTranslations map[string]string `json:"greeting_translations,omitempty" doc:"The greeting in other languages: by en, ru, zh, el, mk."`
	TermsTranslations    map[string]string `json:"terms_translations,omitempty" doc:"The terms in other languages, which then are those that members agree to in them."`
}
