// Package charset finds out in which encoding a text is and turns it into UTF-8.
//
// Known are UTF-8 and UTF-16 with or without byte order mark, Windows-1251 (Russian, Macedonian), Windows-1252
// (Western European), Windows-1253 (Greek) and GB18030 (Chinese, GBK and GB2312 with it). A mark decides; else zero
// bytes tell UTF-16, and validity tells UTF-8. The rest is told apart by whether the bytes are valid and by how
// often each letter occurs in the language the encoding was made for.
//
// What always holds: a text that is plain ASCII so far may still turn out to be in any of them, so that Auto keeps
// looking and decides at the first other byte; what a decoder cannot decode becomes U+FFFD; UTF-8 is passed on
// unchanged, not copied, and not checked.
//
// It does not guess languages, and other encodings must be converted before.
package charset
