package charset

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// The encodings, by the names they are shown with.
const (
	UTF8        = "utf-8"
	UTF16       = "utf-16" // asked for; what is found is one of the next two
	UTF16LE     = "utf-16le"
	UTF16BE     = "utf-16be"
	Windows1251 = "windows-1251"
	Windows1252 = "windows-1252"
	Windows1253 = "windows-1253"
	GB18030     = "gb18030"
)

// Names lists what may be asked for.
func Names() []string {
	return []string{UTF8, UTF16, UTF16LE, UTF16BE, Windows1251, Windows1252, Windows1253, GB18030}
}

// Canonical finds the encoding that a person means by a name.
func Canonical(name string) (string, bool) {
	folded := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
	switch folded {
	case "utf8", "utf8bom", "utf8sig", "ascii":
		return UTF8, true
	case "utf16", "unicode", "ucs2":
		return UTF16, true
	case "utf16le", "ucs2le":
		return UTF16LE, true
	case "utf16be", "ucs2be":
		return UTF16BE, true
	case "windows1251", "cp1251", "win1251", "1251":
		return Windows1251, true
	case "windows1252", "cp1252", "win1252", "1252", "latin1", "iso88591":
		return Windows1252, true
	case "windows1253", "cp1253", "win1253", "1253":
		return Windows1253, true
	case "gb18030", "gbk", "gb2312", "cp936", "936":
		return GB18030, true
	}
	return "", false
}

// decoderOf is the encoding behind a canonical name; nil for UTF-8.
func decoderOf(name string) encoding.Encoding {
	switch name {
	case UTF16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case UTF16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case Windows1251:
		return charmap.Windows1251
	case Windows1252:
		return charmap.Windows1252
	case Windows1253:
		return charmap.Windows1253
	case GB18030:
		return simplifiedchinese.GB18030
	}
	return nil
}
