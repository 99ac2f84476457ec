package api

import (
	"reflect"
	"sort"
	"strings"

	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// whose is the identity that a reference names; none: nobody known.
func whose(facts *intake.Intake, ref *wire.CustomerRef) (found customer.Identity, err error) {
	if ref == nil {
		return found, nil
	}
	named, field := 0, ""
	for _, i := range []struct{ field, kind, value string }{
		{"id", customer.Number, ref.ID}, {"reference", customer.OwnID, ref.Reference}, {"email", customer.Email, ref.Email},
		{"phone", customer.Phone, ref.Phone}, {"card", customer.Card, ref.Card}, {"visitor", customer.Visitor, ref.Visitor},
		{"value", ref.Kind, ref.Value},
	} {
		if strings.TrimSpace(i.value) != "" {
			found, named, field = customer.Identity{Kind: i.kind, Value: i.value}, named+1, i.field
		}
	}
	switch {
	case named != 1:
		return found, fault.Invalidf("name the customer by exactly one of id, reference, email, phone, card, visitor, or kind and value")
	case found.Kind == customer.Number:
		var number int64
		if err := fact.ParsePublicID(fact.CustomerPrefix, ref.ID, &number); err != nil {
			return found, fault.In("id", err)
		}
		return customer.Numbered(number), nil
	case found.Kind == "":
		return found, fault.In("kind", fault.Coded(codeRequired, fault.Invalidf("a value needs its kind, such as shopify")))
	}
	_, err = found.Normal(facts.Business.Country)
	return found, fault.In(field, err)
}

// named is the identity that a part of a path names: an id of ours, kind:value, or an id of the business's own.
func named(text string) (customer.Identity, error) {
	if strings.HasPrefix(text, string(fact.CustomerPrefix)+"_") {
		var number int64
		err := fact.ParsePublicID(fact.CustomerPrefix, text, &number)
		return customer.Numbered(number), err
	}
	if kind, value, ok := strings.Cut(text, ":"); ok && value != "" {
		return customer.Identity{Kind: kind, Value: value}, nil
	}
	return customer.Identity{Kind: customer.OwnID, Value: text}, nil
}

// fieldsOf names the fields of a struct that say something, for the audit trail: names, never values.
func fieldsOf(body any) (names []string) {
	v := reflect.ValueOf(body)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" && name != "-" && field.Tag.Get("readOnly") == "" && !v.Field(i).IsZero() {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}
