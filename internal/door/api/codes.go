package api

import (
	"cmp"
	"slices"

	"regulars/internal/base/fault"
)

// means explains the codes. A test looks for codes that the program gives and this does not know.
var means = map[string]string{
	"internal":        "Something that should not happen. It is in the log under the id of the request.",
	"invalid":         "A field says what cannot be kept; detail and errors say which and why. Mend it and send again.",
	"not_found":       "There is no such thing, or no more.",
	"conflict":        "It contradicts what is there, such as an event with the same reference and other content.",
	"forbidden":       "You may not do that.",
	"not_allowed":     "Whoever asks lacks the permission that detail names.",
	"unavailable":     "Something needed is not to be had now; try again in a moment.",
	"unauthenticated": "No key was given, or no person is signed in.",

	"unknown_key":         "There is no such key; it may be mistyped.",
	"key_expired":         "The time of the key is over. Make a new one.",
	"key_revoked":         "The key was taken back. Make a new one.",
	"address_not_allowed": "The key may not be used from this address.",
	"not_signed_in":       "Nobody is signed in, and no key was given.",
	codeMeanwhile:         "Somebody changed it since you read it. Read it again and decide anew.",
	"visitors_only":       "A public key can only name visitors.",
	"in_the_past":         "The time lies in the past.",
	"name_length":         "The name is empty or too long.",
	"no_address":          "It is no address or network.",
	"no_scopes":           "A key needs at least one permission, or all.",
	"public_key_scopes":   "A public key can add events and nothing else.",
	"unknown_scope":       "There is no such permission.",
	"unknown_role":        "There is no such role.",
	"unknown_cursor":      "The cursor is none that was given out for this list.",

	codeVersion:           "Somebody changed it since you read it. Read it again and decide anew.",
	codeVersionNeeded:     "This needs If-Match with the ETag of what you read.",
	codeTooMany:           "More requests than the rate allows. Wait as long as Retry-After says.",
	codeReused:            "The Idempotency-Key was used with another request.",
	codeInFlight:          "The first request with this Idempotency-Key is still being done.",
	codeTooLarge:          "The body is larger than this address takes.",
	codeMediaType:         "The body is not of a kind that this address takes.",
	codeMethod:            "The address is right, the method is not; Allow lists those that are.",
	codeBroken:            "The body is no JSON.",
	codeUnknownField:      "There is no field of this name.",
	codeRequired:          "The field is needed and was not there.",
	codeWrong:             "The field is of the wrong kind, or beyond its bounds.",
	"too_slow":            "The body took too long to arrive.",
	"bad_id":              "It is no id of this kind. Take ids as they were given.",
	"bad_cursor":          "The cursor is none that was given out for this list.",
	"other_currency":      "The amount is in another currency than the business's.",
	"business_not_set_up": "The business has no time zone or no currency yet.",
}

// codeStatus is the status of codes whose kind alone does not tell it.
var codeStatus = map[string]int{
	"not_allowed": 403, "not_signed_in": 401, "in_the_past": 422, "name_length": 422, "no_address": 422,
	"no_scopes": 422, "public_key_scopes": 422, "unknown_scope": 422, "unknown_role": 422, "unknown_cursor": 422, "unknown_key": 401, "key_expired": 401, "key_revoked": 401, "address_not_allowed": 403,
	codeInFlight: 409, codeUnknownField: 422, codeRequired: 422, codeWrong: 422, "too_slow": 408, "bad_id": 422, "bad_cursor": 422,
	"other_currency": 422, "business_not_set_up": 409,
}

// Codes lists them by status.
func Codes() []Code {
	var all []Code
	for code, text := range means {
		all = append(all, Code{Code: code, Status: statusOfCode(code), Means: text})
	}
	slices.SortFunc(all, func(x, y Code) int { return cmp.Or(cmp.Compare(x.Status, y.Status), cmp.Compare(x.Code, y.Code)) })
	return all
}

func statusOfCode(code string) int {
	if s, ok := statuses[code]; ok {
		return s
	}
	for _, k := range kinds {
		if k.code == code {
			return k.status
		}
	}
	return cmp.Or(codeStatus[code], kinds[fault.Invalid].status)
}
