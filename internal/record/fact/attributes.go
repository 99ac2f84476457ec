package fact

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"regulars/internal/base/fault"
)

// Attribute is something said of a fact beyond its own fields: a name and a value.
type Attribute struct{ Name, Value string }

// Attributes are kept as one JSON object of strings, names in order, empty values left out.
type Attributes []Attribute

// Bounds of attributes.
const (
	attributesMost = 500
	nameMost       = 300 // the question of a survey can be a column's title
	valueMost      = 4000
)

// Check refuses what cannot be kept.
func (a Attributes) Check() error {
	if len(a) > attributesMost {
		return fault.Invalidf("there are %d attributes; at most %d can be kept", len(a), attributesMost)
	}
	for _, one := range a {
		switch {
		case strings.TrimSpace(one.Name) == "" || len(one.Name) > nameMost:
			return fault.Invalidf("the attribute %.40q has no name, or one of more than %d bytes", one.Name, nameMost)
		case len(one.Value) > valueMost:
			return fault.Invalidf("the attribute %q has more than %d bytes", one.Name, valueMost)
		}
	}
	return nil
}

// Text is the JSON object; empty where nothing is said. Of two of one name the last counts.
func (a Attributes) Text() string {
	kept := make(Attributes, 0, len(a))
	for i, one := range a {
		later := slices.ContainsFunc(a[i+1:], func(o Attribute) bool { return o.Name == one.Name })
		if one.Value != "" && !later {
			kept = append(kept, one)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	slices.SortFunc(kept, func(x, y Attribute) int { return strings.Compare(x.Name, y.Name) })
	text := []byte{'{'}
	for i, one := range kept {
		if i > 0 {
			text = append(text, ',')
		}
		text = appendString(text, one.Name)
		text = append(text, ':')
		text = appendString(text, one.Value)
	}
	return string(append(text, '}'))
}

// appendString writes a JSON string. Zero bytes, which no engine keeps inside JSON, and broken UTF-8 become marks.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == 0:
			b = utf8.AppendRune(b, utf8.RuneError)
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&0xf])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// ParseAttributes reads what Text wrote.
func ParseAttributes(text string) (Attributes, error) {
	if text == "" {
		return nil, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.Join(errors.New("attributes are no JSON object"), err)
	}
	var out Attributes
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err //nolint:wrapcheck // names the place
		}
		value, err := d.Token()
		if err != nil {
			return nil, err //nolint:wrapcheck // names the place
		}
		n, isName := name.(string)
		v, isValue := value.(string)
		if !isName || !isValue {
			return nil, errors.New("an attribute is no string")
		}
		out = append(out, Attribute{n, v})
	}
	return out, nil
}
