package api

import (
	"cmp"
	"slices"

	"regulars/internal/base/fault"
)

// explained are the codes beyond those of the kinds, by the kind of fault that has them. A test looks for codes that the
// program gives and this does not explain.
var explained = map[fault.Kind]map[string]string{
	fault.Unknown: {
		"unknown_key":       "There is no such key; it may be mistyped.",
		"key_expired":       "The time of the key is over. Make a new one.",
		"key_revoked":       "The key was taken back. Make a new one.",
		"not_signed_in":     "Nobody is signed in, and no key was given.",
		"wrong_credentials": "The e-mail or the password is not right.",
		"sign_in_failed":    "The answer of the provider of identities cannot be taken.",
		"wrong_code":        "The code of the second step does not fit, or was used.",
	},
	fault.Forbidden: {
		"personal_attribute":  "The attribute tells customers apart one by one; breaking figures down by it needs personal.read.",
		"four_eyes":           "The programme in force asks for four eyes: somebody else publishes a draft than wrote it.",
		"not_allowed":         "Whoever asks lacks the permission that detail names.",
		"address_not_allowed": "The key may not be used from this address.",
		"other_site":          "The request came from a page of another site, with the cookie of this one.",
		"people_only":         "This is for people who are signed in, not for keys.",
		"visitors_only":       "A public key can only name visitors.",
		"email_not_verified":  "The provider of identities has not verified the e-mail.",
		"no_role":             "No group of the user has a role here.",
		"user_disabled":       "This user may not sign in.",
	},
	fault.NotFound: {
		"not_set":                 "It has not been set.",
		"no_predictions_yet":      "Nothing was foretold yet. It is done each night.",
		"no_purchases":            "The customer has bought nothing yet.",
		"predictions_replaced":    "What the list was of was foretold anew. Begin the list again.",
		"no_page":                 "There is no such page.",
		"members_closed":          "There are no pages for members.",
		"hold_not_found":          "There is no such hold.",
		"nothing_to_reverse":      "No units were earned for this line.",
		"nothing_waits":           "No units wait for that.",
		"pool_not_found":          "There is no such common spending.",
		"spending_not_found":      "There is no such spending.",
		"transfer_not_found":      "There is no such transfer.",
		"unit_not_found":          "There is no such unit of points.",
		"no_orders":               "There are no orders yet, and so nothing to show.",
		"link_used":               "The link has been used, or has run out.",
		"programme_not_found":     "There is no such version of the programme.",
		"no_programme":            "No programme is published yet.",
		"no_tiers":                "The programme has no tiers.",
		"tier_not_found":          "The programme has no such tier.",
		"referral_code_not_found": "There is no such referral code.",
		"reward_not_found":        "There is no such reward.",
		"redemption_not_found":    "There is no such redemption.",
		"code_not_found":          "There is no such code.",
		"endpoint_not_found":      "There is no such endpoint of webhooks.",
		"message_not_found":       "There is no such message, or no more.",
		"job_not_found":           "There is no such job, or no more.",
	},
	fault.Conflict: {
		"too_little_data":     "There is too little data to foretell from.",
		"already_referred":    "The customer was brought by somebody else.",
		"no_referrals":        "The programme in force has no referral.",
		"not_new":             "The customer has bought before.",
		"referral_ring":       "The customer brought the one who is to bring them, perhaps through others.",
		"self_referral":       "Nobody brings themselves.",
		"already_reversed":    "What was earned for this line is reversed already.",
		"expiry_dates_passed": "The dates on which units expire have all passed.",
		"hold_resolved":       "The hold was committed, cancelled or timed out.",
		"key_reused":          "The key was used for another operation.",
		"more_than_left":      "That is more than is left.",
		"pool_over":           "The common spending was not granted in time.",
		"pool_state":          "The common spending has come too far, or not far enough.",
		"too_few_units":       "There are too few units.",
		"reward_closed":       "The reward cannot be had now.",
		"none_left":           "There is none left of the reward.",
		"no_codes_left":       "There are no codes left for the reward.",
		"no_pool":             "The reward has no pool of codes.",
		"limit_reached":       "The customer has had the reward as often as one may.",
		"code_taken":          "The code is another reward's already.",
		"code_of_another":     "The code is another customer's.",
		"code_not_given":      "The code has not been given to anybody yet.",
		"redemption_over":     "The time of the redemption is over.",
		"redemption_state":    "The redemption has come too far, or not far enough.",
		"unit_fixed":          "Kind and expiry of a unit stay as they are.",
		codeVersion:           "Somebody changed it since you read it. Read it again and decide anew.",
		codeMeanwhile:         "Somebody changed it since you read it. Read it again and decide anew.",
		codeInFlight:          "The first request with this Idempotency-Key is still being done.",
		"business_not_set_up": "The business has no time zone or no currency yet.",
		"already_set":         "It was set before, and facts were counted by it: it stays.",
		"already_set_up":      "It is set up already; sign in.",
		"email_taken":         "There is a user with this e-mail already.",
		"named_at_start":      "It was named when the server was started, and is changed there.",
		"last_owner":          "The last active owner stays one.",
		"not_accepted":        "Who is invited becomes active by accepting.",
		"not_active":          "The user is not active.",
		"not_invited":         "The user has accepted already, or is disabled.",
		"totp_off":            "The second step is to be set up first.",
		"totp_on":             "The second step is on already.",
		"delivery_waiting":    "The message waits to be sent to this endpoint already.",
		"endpoint_disabled":   "The endpoint of webhooks is disabled; enable it first.",
		"job_waiting":         "Another job does the same already.",
		"job_not_over":        "Only a job that was given up or discarded can be replayed.",
		"job_not_waiting":     "Only a job that waits or was given up can be discarded.",
	},
	fault.Unavailable: {
		"rehearsing":       "Somebody else is rehearsing a programme; try again in a minute.",
		codeTooMany:        "More requests than the rate allows. Wait as long as Retry-After says.",
		"too_many_tries":   "Too many tries to sign in, or to find a code. Wait as long as detail says.",
		"mail_certificate": "The certificate of the mail server is not trusted.",
		"mail_sign_in":     "The mail server does not take the user and password.",
		"mail_unreachable": "The mail server cannot be reached.",
		"no_mail_server":   "No mail server is set up.",
		"busy":             "Too much at once; try again in a few seconds.",
	},
	fault.Invalid: {
		"empty_window":         "The first day comes before the last.",
		"no_attribute":         "No attribute has this name.",
		"too_long":             "The text is longer than it may be.",
		"no_day":               "What was typed is no day.",
		"no_whole_number":      "What was typed is no whole number.",
		"no_number":            "What was typed is no number.",
		"out_of_range":         "The number is outside what makes sense there.",
		"tier_order":           "Each tier begins above the one before.",
		codeVersionNeeded:      "This needs If-Match with the ETag of what you read.",
		codeReused:             "The Idempotency-Key was used with another request.",
		codeTooLarge:           "The body is larger than this address takes.",
		codeMediaType:          "The body is not of a kind that this address takes.",
		codeMethod:             "The address is right, the method is not; Allow lists those that are.",
		codeBroken:             "The body is no JSON, or not what its type says.",
		codeUnknownField:       "There is no field of this name.",
		codeRequired:           "The field is needed and was not there.",
		codeWrong:              "The field is of the wrong kind, or beyond its bounds.",
		codeTooSlow:            "The body took too long to arrive.",
		"bad_id":               "It is no id of this kind. Take ids as they were given.",
		"bad_cursor":           "The cursor is none that was given out for this list.",
		"unknown_cursor":       "The cursor is none that was given out for this list.",
		"other_currency":       "The amount is in another currency than the business's.",
		"in_the_past":          "The time lies in the past.",
		"name_length":          "The name is empty or too long.",
		"no_address":           "It is no address or network.",
		"no_email":             "It is no e-mail address.",
		"no_scopes":            "A key needs at least one permission, or all.",
		"public_key_scopes":    "A public key can add events and nothing else.",
		"unknown_scope":        "There is no such permission.",
		"unknown_role":         "There is no such role.",
		"unknown_language":     "There is no such language.",
		"unknown_state":        "There is no such state to set.",
		"other_key_file":       "The key file is not the one that secrets are sealed with.",
		"unit_not_spendable":   "Units of this kind are counted, and not spent.",
		"address_plain":        "The address must begin with https.",
		"address_private":      "The address lies in a private network, which is not allowed.",
		"mail_refused":         "The mail server does not take this letter.",
		"no_file":              "No file was chosen.",
		"no_client":            "The provider of identities needs a client id.",
		"no_host":              "The mail server needs a host.",
		"no_issuer":            "The provider of identities needs an issuer.",
		"no_port":              "It is no port.",
		"unknown_security":     "There is no such way of securing mail.",
		"password_in_the_open": "A password may not be sent over a connection that is not secured.",
		"form_too_large":       "The form holds more than it can.",
		"no_date":              "A birthday is written like 1980-05-17, or 05-17.",
		"not_confirmed":        "What was to be typed to be sure was not.",
		"terms_needed":         "Members agree to the terms.",
		"password_differs":     "The two passwords are not the same.",
		"unknown_currency":     "There is no such currency.",
		"unknown_zone":         "There is no such time zone.",
		"unknown_country":      "There is no such country.",
		"wrong_password":       "It is not your password.",
	},
}

// ofKinds explains the codes that say nothing beyond the kind.
var ofKinds = map[fault.Kind]string{
	fault.Internal:    "Something that should not happen. It is in the log under the id of the request.",
	fault.Invalid:     "A field says what cannot be kept; detail and errors say which and why. Mend it and send again.",
	fault.NotFound:    "There is no such thing, or no more.",
	fault.Conflict:    "It contradicts what is there, such as an event with the same reference and other content.",
	fault.Forbidden:   "You may not do that.",
	fault.Unavailable: "Something needed is not to be had now; try again in a moment.",
	fault.Unknown:     "No key was given, or no person is signed in.",
}

// Codes lists them by status.
func Codes() []Code {
	var all []Code
	for kind, k := range kinds {
		all = append(all, Code{Code: k.code, Status: k.status, Means: ofKinds[kind]})
		for code, text := range explained[kind] {
			status := k.status
			if s, ok := statuses[code]; ok {
				status = s
			}
			all = append(all, Code{Code: code, Status: status, Means: text})
		}
	}
	slices.SortFunc(all, func(x, y Code) int { return cmp.Or(cmp.Compare(x.Status, y.Status), cmp.Compare(x.Code, y.Code)) })
	return all
}
