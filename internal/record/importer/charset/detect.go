package charset

import (
	"bytes"
	"math"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Found is what a sample says of its encoding.
type Found struct {
	Name string
	BOM  int // length of the byte order mark
	// Sure is false for plain ASCII, which all encodings but UTF-16 share.
	Sure bool
}

// Detect finds the encoding of a text from its beginning. The sample may end within a character.
func Detect(sample []byte) Found {
	switch {
	case bytes.HasPrefix(sample, []byte("\xef\xbb\xbf")):
		return Found{UTF8, 3, true}
	case bytes.HasPrefix(sample, []byte("\xff\xfe")):
		return Found{UTF16LE, 2, true}
	case bytes.HasPrefix(sample, []byte("\xfe\xff")):
		return Found{UTF16BE, 2, true}
	}
	if name := zeroPattern(sample); name != "" {
		return Found{name, 0, true}
	}
	if firstHigh(sample) < 0 {
		return Found{UTF8, 0, false}
	}
	if looksUTF8(sample) {
		return Found{UTF8, 0, true}
	}
	return Found{byLetters(sample), 0, true}
}

// zeroPattern recognises UTF-16 without a mark: digits, delimiters and line ends have a zero byte always on the
// same side, and a text in bytes has none at all.
func zeroPattern(b []byte) string {
	n := len(b) &^ 1
	var even, odd, even0, odd0 int
	for i := 0; i < n; i += 2 {
		if b[i] == 0 {
			even++
			if isText(b[i+1]) {
				even0++
			}
		}
		if b[i+1] == 0 {
			odd++
			if isText(b[i]) {
				odd0++
			}
		}
	}
	pairs := n / 2
	switch {
	case pairs == 0 || (even+odd)*50 < pairs:
		return ""
	case odd0*10 >= odd*9 && odd > 8*even:
		return UTF16LE
	case even0*10 >= even*9 && even > 8*odd:
		return UTF16BE
	}
	return ""
}

// isText is true for the ASCII characters that texts consist of.
func isText(c byte) bool { return c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t' }

// firstHigh is the offset of the first byte that is not ASCII, -1 where there is none.
func firstHigh(b []byte) int {
	for i := 0; i < len(b); {
		if len(b)-i >= 8 {
			if w := b[i : i+8]; (w[0]|w[1]|w[2]|w[3]|w[4]|w[5]|w[6]|w[7])&0x80 == 0 {
				i += 8
				continue
			}
		}
		if b[i] >= utf8.RuneSelf {
			return i
		}
		i++
	}
	return -1
}

// looksUTF8 is true for valid UTF-8, perhaps cut off within its last character, and for UTF-8 with a few broken
// characters: other encodings hardly ever form valid ones.
func looksUTF8(b []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r != utf8.RuneError || n > 1:
			good++
		case len(b)-i < utf8.UTFMax && !utf8.FullRune(b[i:]):
			return good >= 20*bad
		default:
			bad++
		}
		i += n
	}
	return good >= 20*bad
}

// roubles is the one foreign word of many a table, whose letters are common in Greek too but make no word there.
const roubles = "\xf0\xf3\xe1"

// byLetters tells the byte encodings apart.
func byLetters(b []byte) string {
	valid, common := hanShares(b)
	if valid && common >= 0.7 {
		return GB18030
	}
	if isWestern(b) {
		return Windows1252
	}
	words := highWords(b)
	if words[roubles] && len(words) == 1 {
		return Windows1251
	}
	cyrillic := letterScore(words, charmap.Windows1251, cyrillicShares)
	greek := letterScore(words, charmap.Windows1253, greekShares)
	if greek > cyrillic {
		return Windows1253
	}
	return Windows1251
}

// hanShares says whether the bytes are valid GB18030, and what share of the characters are everyday ones: the first
// level of GB 2312 (3,755 characters, lead bytes B0 to D7) and Chinese punctuation. Words in single-byte encodings
// are soon invalid, for half of them have an odd number of letters.
func hanShares(b []byte) (valid bool, common float64) {
	chars, everyday := 0, 0
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c < 0x80:
			i++
			continue
		case c == 0x80 || c == 0xff:
			return false, 0
		case i+1 >= len(b):
			i++ // cut off
			continue
		}
		d := b[i+1]
		chars++
		switch {
		case d >= 0x30 && d <= 0x39:
			if i+4 <= len(b) && (b[i+2] < 0x81 || b[i+3] < 0x30 || b[i+3] > 0x39) {
				return false, 0
			}
			i += 4
		case d < 0x40 || d == 0x7f || d == 0xff:
			return false, 0
		default:
			if d >= 0xa1 && (c >= 0xb0 && c <= 0xd7 || c >= 0xa1 && c <= 0xa3) {
				everyday++
			}
			i += 2
		}
	}
	if chars == 0 {
		return false, 0
	}
	return true, float64(everyday) / float64(chars)
}

// isWestern recognises texts in Latin letters: their other letters stand alone between plain ones (café, Müller), or
// are signs such as £.
func isWestern(b []byte) bool {
	runs, alone := 0, 0
	for i := 0; i < len(b); {
		if b[i] < 0x80 {
			i++
			continue
		}
		j := i
		for j < len(b) && b[j] >= 0x80 {
			j++
		}
		runs++
		before := i > 0 && isLatin(b[i-1])
		after := j < len(b) && (isLatin(b[j]) || b[j] >= '0' && b[j] <= '9')
		if j-i == 1 && (before || after) {
			alone++
		}
		i = j
	}
	return runs > 0 && alone*10 >= runs*6
}

func isLatin(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// letterScore is the mean log share of the letters, as if the text were in that encoding. Other signs than letters
// count as rare letters, bytes without a meaning as very rare ones, and a capital after a small letter too. A word
// counts once, however often it occurs: what stands in every row would outvote the rest.
func letterScore(words map[string]bool, enc *charmap.Charmap, shares map[rune]float64) float64 {
	sum, n := 0.0, 0
	for word := range words {
		lower := false
		for i := range len(word) {
			n++
			r := enc.DecodeByte(word[i])
			share := shares[unicode.ToLower(r)]
			switch {
			case r == utf8.RuneError:
				share = 1e-6
			case share == 0:
				share = 5e-4
			case lower && unicode.IsUpper(r):
				share /= 50
			}
			sum += math.Log(share)
			lower = unicode.IsLower(r)
		}
	}
	if n == 0 {
		return math.Inf(-1)
	}
	return sum / float64(n)
}

// highWords are the different runs of bytes that are not ASCII.
func highWords(b []byte) map[string]bool {
	words := map[string]bool{}
	for i := 0; i < len(b); {
		if b[i] < 0x80 {
			i++
			continue
		}
		j := i
		for j < len(b) && b[j] >= 0x80 {
			j++
		}
		words[string(b[i:j])] = true
		i = j
	}
	return words
}
