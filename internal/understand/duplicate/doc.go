// Package duplicate suspects customers of being one person under two numbers, says why, and remembers who was told apart.
//
// Nouns. A Pair is two customers who may be one, with its reasons and how likely that is, in thousandths. A reason is
// something that both have: a mailbox, a telephone number or a card in differing form, or the same name together with a
// birthday, a household, a postcode or the end of a telephone number. Names are the same whatever the size of letters, the
// accents, the order of words, and the alphabet (Latin, Greek or Cyrillic) they are written in.
//
// What always holds: a pair that somebody said is not one person is suspected no more, also after one of the two was merged
// into a third; whoever was merged or erased is in no pair; what more than a few customers share is a reason for none of
// them. How likely a reason makes a pair is a judgement of ours, and not learnt.
//
// It merges nobody.
package duplicate
