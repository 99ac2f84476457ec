package business

import (
	_ "embed" // for the names of time zones
	"slices"
	"strings"
	"time"
)

// zones are the names of time zones, by the database of them (zone.tab).
//
//go:embed zones.txt
var zones string

// Zones are the names to choose a time zone from; others are known too, such as former ones.
func Zones() []string { return strings.Fields(zones) }

// zoneNamed finds a time zone by its name as somebody types it: in small letters, or with spaces for its lines. It is kept as
// it is spelled, since that is how this and other programs find it again.
func zoneNamed(typed string) (*time.Location, error) {
	typed = strings.Join(strings.Fields(typed), "_")
	all := Zones()
	if i := slices.IndexFunc(all, func(name string) bool { return strings.EqualFold(name, typed) }); i >= 0 {
		typed = all[i]
	}
	return time.LoadLocation(typed) //nolint:wrapcheck // who asks says what was typed
}
