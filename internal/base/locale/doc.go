// Package locale speaks five languages: English, Russian, simplified Chinese, Greek and Macedonian.
//
// A Locale is one language: its messages, its plural rules, and how it writes numbers, money and dates. It is
// read-only once made and safe to share between goroutines.
//
// Messages are flat JSON files, messages/<topic>.<language>.json, from key to text; all topics of a language are
// merged, so a key belongs to one topic only. {0} {1} stand for arguments. A key that has plural forms is written
// as key.one, key.few, key.many, key.other, as many of them as the language has.
//
// What always holds (the tests see to it): every key exists in all five languages, with the same placeholders and
// with every plural form of its language; nothing is left in English by oversight. docs/glossary.md fixes the word
// for each term of the trade: one term, one word, throughout a language.
//
// Numbers are exact where they are integers: money never passes through a float. The minus sign is the real one
// (U+2212), and the spaces inside a number and before its unit do not break.
//
// It does not guess the reader's language, convert currencies or time zones: a time is written as its own wall
// clock shows it.
package locale
