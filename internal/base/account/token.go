package account

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"strings"
)

// What keys begin with: by it a person, and a scanner for leaked secrets, sees what they have before them.
const (
	secretPrefix = "rk_live_"
	publicPrefix = "rk_pub_"
)

// A key is its prefix, 32 letters and digits at random (190 bits), and 6 that are the CRC-32 of everything before: a key
// that was mistyped or cut off is told from an unknown one without asking the database, and a scanner can be sure of
// what it found. Its form is rk_(live|pub)_[0-9A-Za-z]{38}.
const (
	keyRandom   = 32
	keyChecksum = 6
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// randomText makes so many letters and digits, each as likely as the other.
func randomText(n int) string {
	text := make([]byte, 0, n)
	for len(text) < n {
		var random [64]byte
		fill(random[:])
		for _, b := range random {
			// 248 is the last multiple of 62: what lies above would make the first digits likelier.
			if b < 248 && len(text) < n {
				text = append(text, base62[b%62])
			}
		}
	}
	return string(text)
}

func newKeyText(public bool) string {
	text := secretPrefix
	if public {
		text = publicPrefix
	}
	text += randomText(keyRandom)
	return text + checksum(text)
}

func checksum(text string) string {
	var digits [keyChecksum]byte
	sum := crc32.ChecksumIEEE([]byte(text))
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = base62[sum%62]
		sum /= 62
	}
	return string(digits[:])
}

// WellFormed tells whether the text is a key as they are made, without knowing whether there is one.
func WellFormed(text string) bool {
	for _, prefix := range []string{secretPrefix, publicPrefix} {
		rest, ok := strings.CutPrefix(text, prefix)
		if !ok || len(rest) != keyRandom+keyChecksum || strings.Trim(rest, base62) != "" {
			continue
		}
		cut := len(text) - keyChecksum
		return text[cut:] == checksum(text[:cut])
	}
	return false
}

// digestOf is what of a random secret is kept in the database.
func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
