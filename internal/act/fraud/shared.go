package fraud

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"strings"
	"unicode"

	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// Mailbox is the attribute of e-mail addresses that lead to one mailbox.
const Mailbox = "mailbox"

// digest stands for a value, so that no list of them is kept while we look.
type digest [16]byte

func digestOf(text string) (d digest) {
	sum := sha256.Sum256([]byte(text))
	copy(d[:], sum[:])
	return d
}

// union joins customers who have something in common.
type union map[int64]int64

func (u union) top(c int64) int64 {
	for u[c] != c {
		u[c] = u[u[c]]
		c = u[c]
	}
	return c
}

func (u union) join(a, b int64) {
	for _, c := range []int64{a, b} {
		if _, there := u[c]; !there {
			u[c] = c
		}
	}
	if a, b = u.top(a), u.top(b); a != b {
		u[max(a, b)] = min(a, b)
	}
}

// groups are those that are joined, each in order, the groups by their first.
func (u union) groups() (all [][]int64) {
	by := map[int64][]int64{}
	for c := range u {
		by[u.top(c)] = append(by[u.top(c)], c)
	}
	for _, g := range by {
		slices.Sort(g)
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b []int64) int { return cmp.Compare(a[0], b[0]) })
	return all
}

// shared finds several customers who have the same phone, card, device, address or mailbox. Those of one household share
// what they like, and count as one.
func (l *look) shared(tx *db.Tx) (all []finding, err error) {
	joined := map[string]union{}
	first := map[string]map[digest]int64{}
	households := map[int64]string{}
	meet := func(what, value string, root int64) {
		if first[what] == nil {
			first[what], joined[what] = map[digest]int64{}, union{}
		}
		d := digestOf(value)
		if other, there := first[what][d]; !there {
			first[what][d] = root
		} else if other != root {
			joined[what].join(other, root)
		}
	}
	if err := customer.EachDescribed(tx, func(number int64, household, text string) error {
		attributes, err := fact.ParseAttributes(text)
		if err != nil {
			return err
		}
		root := l.root(number)
		if household != "" {
			households[root] = household
		}
		for _, a := range attributes {
			if name := fold(a.Name); slices.Contains(l.settings.Attributes, name) {
				if value := plain(a.Value); value != "" {
					meet(name, value, root)
				}
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	own := map[string]string{}
	for id := range l.staff {
		own[mailboxOf(l.staff[id].Email)] = id
	}
	l.mailbox = map[int64]string{}
	if err := customer.EachKnownBy(tx, customer.Email, func(number int64, value string) {
		root, box := l.root(number), mailboxOf(value)
		if id, staff := own[box]; staff {
			l.mailbox[root] = id
		}
		meet(Mailbox, box, root)
	}); err != nil {
		return nil, err
	}
	return l.groupsOf(joined, households), nil
}

// groupsOf makes findings of customers who are joined, and remembers who is alike.
func (l *look) groupsOf(joined map[string]union, households map[int64]string) (all []finding) {
	l.alike = map[string]map[int64]int64{}
	names := make([]string, 0, len(joined))
	for name := range joined {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		l.alike[name] = map[int64]int64{}
		for _, g := range joined[name].groups() {
			apart, seen := int64(0), map[string]bool{}
			for _, c := range g {
				if h := households[c]; h == "" || !seen[h] {
					apart++
					seen[h] = true
				}
			}
			if apart > 1 {
				for _, c := range g {
					l.alike[name][c] = g[0]
				}
			}
			if l.settings.Customers == 0 || apart < l.settings.Customers {
				continue
			}
			if f, ok := l.group(Shared, name, g, l.now, Evidence{Attribute: name}); ok {
				all = append(all, f)
			}
		}
	}
	return all
}

// plain is a value without what people write differently; empty where it says nothing.
func plain(value string) string {
	value = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, value)
	const shortest = 5
	runes := []rune(value)
	if len(runes) < shortest || !slices.ContainsFunc(runes, func(r rune) bool { return r != runes[0] }) {
		return "" // such as none, or 000000
	}
	return value
}

// mailboxOf is where an e-mail address leads: what stands behind a plus is no other mailbox, nor are dots with those who say so.
func mailboxOf(email string) string {
	name, host, _ := strings.Cut(strings.ToLower(strings.TrimSpace(email)), "@")
	name, _, _ = strings.Cut(name, "+")
	if host == "gmail.com" || host == "googlemail.com" {
		name, host = strings.ReplaceAll(name, ".", ""), "gmail.com"
	}
	return name + "@" + host
}
