package chart

import (
	"strconv"
	"strings"
	"unicode"
)

// textWidth estimates how wide a text is in common sans-serif fonts, in CSS pixels, rather too wide than too narrow.
// The script that draws has the same rule (text.js of package web); they place the same labels.
func textWidth(text string, size float64) float64 {
	em := 0.0
	for _, r := range text {
		em += runeWidth(r)
	}
	return em * size
}

func runeWidth(r rune) float64 {
	switch {
	case r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xffef && r != 0xfe0f):
		return 1
	case r >= 0x1f300:
		return 1.3
	case strings.ContainsRune(" \u00a0.,:;!'|ijlI·", r):
		return 0.3
	case strings.ContainsRune("frt()[]{}-/\\\"*`°", r):
		return 0.4
	case strings.ContainsRune("mwMWЖШЩЮМФшщюжмф@%—", r):
		return 0.88
	case unicode.IsUpper(r):
		return 0.68
	default:
		return 0.57
	}
}

// key writes a number as JavaScript does when it names a property by it.
func key(v float64) string {
	if v == 0 {
		return "0"
	}
	if a := max(v, -v); a >= 1e-6 && a < 1e21 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// fit cuts a label to the room there is and shows with an ellipsis that it was cut.
func fit(text string, room float64) string {
	if textWidth(text, fontSize) <= room {
		return text
	}
	runes := []rune(text)
	for len(runes) > 1 && textWidth(string(runes)+"…", fontSize) > room {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimSpace(string(runes)) + "…"
}
