package console

import (
	"cmp"
	"slices"
	"strings"

	"regulars/internal/act/reward"
	"regulars/internal/base/fault"
)

// codingGroup asks which codes a reward has, and of each way what it needs.
func (v *visit) codingGroup(c *reward.Coding) group {
	kind := field{Name: "coding", Label: v.l.T("rules.coding"), Help: v.l.T("rules.coding.help"), Type: "select", Value: string(c.Kind)}
	for _, k := range reward.CodeKinds() {
		kind.Choices = append(kind.Choices, choice{string(k), v.l.T("rewards.codes." + cmp.Or(string(k), "none")), k == c.Kind})
	}
	return group{Legend: v.l.T("rewards.codes"), Fields: []field{kind,
		{Name: "pattern", Label: v.l.T("rules.pattern"), Help: v.l.T("rules.pattern.help"), Value: c.Pattern, Complete: "off", Most: textMost, Optional: true},
		{Name: "code", Label: v.l.T("rules.coding.code"), Help: v.l.T("rules.coding.code.help"), Value: c.Code, Complete: "off", Most: textMost, Optional: true}}}
}

// typedCoding reads it. What another way would need is forgotten, and what only lost the spaces around it stays as it was.
func (v *visit) typedCoding(before reward.Coding) (c reward.Coding, err error) {
	c.Kind = reward.CodeKind(v.typed("coding"))
	if !slices.Contains(reward.CodeKinds(), c.Kind) {
		return c, required("coding")
	}
	read := func(name, was string) (text string, err error) {
		if text, err = v.typedText(name, textMost); text == strings.TrimSpace(was) {
			text = was
		}
		return text, err
	}
	switch c.Kind {
	case reward.Unique:
		c.Pattern, err = read("pattern", before.Pattern)
	case reward.Generic:
		if c.Code, err = read("code", before.Code); err == nil && c.Code == "" {
			err = required("code")
		}
	}
	if err != nil {
		return c, err
	}
	err = c.Check()
	switch name := fieldOf(err); name {
	case "pattern":
		err = fault.In(name, fault.Coded("bad_pattern", fault.Invalidf("%.60s", c.Pattern)))
	case "code":
		err = fault.In(name, fault.Coded("bad_code", fault.Invalidf("%.60s", c.Code)))
	}
	return c, err
}
