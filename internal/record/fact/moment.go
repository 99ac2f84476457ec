package fact

import "time"

// At is the moment of an instant in the zone of the business.
func At(t time.Time, zone *time.Location) Moment {
	local := t.In(zone)
	_, offset := local.Zone()
	utc := t.UnixMicro()
	return Moment{UTC: utc, Local: utc + int64(offset)*1_000_000}
}

// Month is the local month, counted from year 0: year * 12 + month - 1.
func (m Moment) Month() int64 {
	year, month, _ := time.UnixMicro(m.Local).UTC().Date()
	return int64(year)*12 + int64(month) - 1
}

// IsZero is true where nothing was said.
func (m Moment) IsZero() bool { return m == Moment{} }

// Months remembers the month of neighbouring days, which mostly share it.
type Months struct{ from, to, month int64 }

// Of is the month of the moment.
func (m *Months) Of(at Moment) int64 {
	if at.Local < m.from || at.Local >= m.to {
		first := time.UnixMicro(at.Local).UTC()
		first = time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC)
		m.from, m.to, m.month = first.UnixMicro(), first.AddDate(0, 1, 0).UnixMicro(), at.Month()
	}
	return m.month
}
