package metric_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the scripts go round the world on any machine

	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror"
	"regulars/internal/record/fact"
)

// script is one case being read.
type script struct {
	title     string
	zone      *time.Location
	b         *business
	set       metric.Settings
	expecting bool
	expected  []expectation
}

func newScript(title string) *script {
	return &script{title: title, zone: time.UTC, b: &business{kindIs: mirror.ByCategory, sales: [][]fact.Sale{nil}}}
}

// words is a line being read from the left.
type words []string

func (w *words) next() string {
	if len(*w) == 0 {
		return ""
	}
	first := (*w)[0]
	*w = (*w)[1:]
	return first
}

// take reads the word if it is the next one.
func (w *words) take(word string) bool {
	if len(*w) > 0 && (*w)[0] == word {
		*w = (*w)[1:]
		return true
	}
	return false
}

// fact reads one line of facts or settings.
func (s *script) fact(line string) error {
	w := words(strings.Fields(line))
	times := 1
	if n := len(w); n > 2 && w[n-2] == "x" {
		var err error
		if times, err = strconv.Atoi(w[n-1]); err != nil {
			return err
		}
		w = w[:n-2]
	}
	for i := range times {
		again := slices.Clone(w)
		for k, word := range again {
			if strings.HasSuffix(word, "*") {
				again[k] = fmt.Sprint(strings.TrimSuffix(word, "*"), i+1)
			}
		}
		if err := s.one(again); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
	}
	return nil
}

func (s *script) one(w words) (err error) {
	var left words
	switch kind := w.next(); kind {
	case "sale", "return":
		left, err = s.sale(w, kind == "return")
	case "answer":
		left, err = s.answer(w)
	case "person":
		s.person(w)
	case "cost":
		left, err = s.cost(w)
	default:
		left, err = s.setting(kind, w)
	}
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("what is %q", strings.Join(left, " "))
	}
	return err
}

func (s *script) setting(kind string, w words) (left words, err error) {
	value := w.next()
	switch kind {
	case "zone":
		s.zone, err = time.LoadLocation(value)
	case "asof":
		var m fact.Moment
		m, err = s.moment(value, &w)
		s.set.AsOf = m.Local
	case "window":
		var from, to fact.Moment
		if from, err = s.moment(value, &w); err != nil {
			return w, err
		}
		to, err = s.moment(w.next(), &w)
		s.set.From, s.set.To = from.Local, to.Local
	case "activity":
		s.set.ActivityDays, err = strconv.Atoi(value)
	case "second":
		s.set.SecondOrderDays, err = strconv.Atoi(value)
	case "csat":
		s.set.CSATScale, err = strconv.Atoi(value)
	case "unit":
		s.set.UnitMinor, err = strconv.ParseInt(value, 10, 64)
	case "top":
		s.set.TopShare, err = strconv.ParseFloat(value, 64)
	case "rfm":
		s.set.RFM, err = metric.ParseRFMMethod(value)
	case "nps":
		s.set.Bands, err = metric.ParseBands(value)
	case "by":
		s.set.By = value
	case "period":
		s.set.Period = metric.Period(value)
	case "where":
		var c metric.Condition
		c, err = metric.ParseCondition(value)
		s.set.Where = append(s.set.Where, c)
	default:
		err = fmt.Errorf("%q is no fact and no setting", kind)
	}
	return w, err
}

// moment reads a date and, where the next word is one, a time of day. A date alone is its 00:00.
func (s *script) moment(date string, w *words) (fact.Moment, error) {
	clock := "00:00"
	if len(*w) > 0 && strings.Contains((*w)[0], ":") {
		clock = w.next()
	}
	zone := s.zone
	if c, ok := strings.CutSuffix(clock, "Z"); ok {
		clock, zone = c, time.UTC
	}
	layout := "2006-01-02 15:04:05.999999"[:len("2006-01-02 ")+min(len(clock), 15)]
	at, err := time.ParseInLocation(layout, date+" "+clock, zone)
	if err != nil {
		return fact.Moment{}, err
	}
	_, offset := at.In(s.zone).Zone()
	return fact.Moment{UTC: at.UnixMicro(), Local: at.UnixMicro() + int64(offset)*1_000_000}, nil
}

// money reads 12.50 as 1250, without a detour over binary fractions.
func money(text string) (int64, error) {
	whole, cents, _ := strings.Cut(text, ".")
	return strconv.ParseInt(whole+(cents + "00")[:2], 10, 64)
}

func customer(name string) string {
	if name == "-" {
		return ""
	}
	return name
}

func (s *script) sale(w words, isReturn bool) (left words, err error) {
	row := fact.Sale{Customer: customer(w.next()), Quantity: 1, Return: isReturn}
	if row.Moment, err = s.moment(w.next(), &w); err != nil {
		return w, err
	}
	if row.AmountMinor, err = money(w.next()); err != nil {
		return w, err
	}
	if isReturn {
		row.AmountMinor, row.Quantity = -row.AmountMinor, -1
	}
	for len(w) > 0 {
		word := w.next()
		name, value, named := strings.Cut(word, "=")
		switch {
		case word == "order":
			row.Order = w.next()
		case named:
			row.Attributes = s.attribute(&s.b.saleAttributes, row.Attributes, name, value)
		default:
			row.Product, row.Category, _ = strings.Cut(word, "/")
		}
	}
	s.b.sales[0] = append(s.b.sales[0], row)
	return w, nil
}

// attribute puts a value in its column, which is made where it is new.
func (s *script) attribute(names *[]string, values []string, name, value string) []string {
	at := slices.Index(*names, name)
	if at < 0 {
		at = len(*names)
		*names = append(*names, name)
	}
	for len(values) <= at {
		values = append(values, "")
	}
	values[at] = value
	return values
}

// pad gives every row all the columns there are.
func (b *business) pad() {
	fill := func(values *[]string, names []string) {
		for len(*values) < len(names) {
			*values = append(*values, "")
		}
	}
	for s := range b.eachSale() {
		fill(&s.Attributes, b.saleAttributes)
	}
	for i := range b.customers {
		fill(&b.customers[i].Attributes, b.customerAttributes)
	}
	for i := range b.answers {
		fill(&b.answers[i].Attributes, b.answerAttributes)
	}
}

func (s *script) answer(w words) (left words, err error) {
	row := fact.Answer{Customer: customer(w.next()), Finished: true}
	if row.Moment, err = s.moment(w.next(), &w); err != nil {
		return w, err
	}
	row.Kind = w.next()
	for len(w) > 0 && err == nil {
		word := w.next()
		name, value, named := strings.Cut(word, "=")
		switch {
		case word == "skipped":
		case word == "delivered":
			row.Delivered = true
		case word == "unfinished":
			row.Finished = false
		case word == "about":
			row.Aspect = w.next()
		case word == "of":
			row.Scale, err = strconv.Atoi(w.next())
		case word == "replied":
			row.Replied, err = later(row.Moment, w.next())
		case word == "solved":
			row.Solved, err = later(row.Moment, w.next())
		case word == "due":
			row.Due, err = later(row.Moment, w.next())
		case named:
			row.Attributes = s.attribute(&s.b.answerAttributes, row.Attributes, name, value)
		default:
			row.Scored = true
			row.Score, err = strconv.ParseFloat(word, 64)
		}
	}
	s.b.answers = append(s.b.answers, row)
	return w, err
}

// later is so long after a moment: 5m, 2h or 1d.
func later(from fact.Moment, text string) (fact.Moment, error) {
	n, err := strconv.ParseInt(text[:len(text)-1], 10, 64)
	unit := map[byte]int64{'m': 60_000_000, 'h': hour, 'd': oneDay}[text[len(text)-1]]
	return fact.Moment{UTC: from.UTC + n*unit, Local: from.Local + n*unit}, err
}

func (s *script) person(w words) {
	row := fact.Customer{Customer: w.next()}
	for len(w) > 0 {
		switch name, value, _ := strings.Cut(w.next(), "="); name {
		case "channel":
			row.Channel = value
		case "referred":
			row.Referred = map[string]fact.Answered{"yes": fact.Yes, "no": fact.No}[value]
		default:
			row.Attributes = s.attribute(&s.b.customerAttributes, row.Attributes, name, value)
		}
	}
	s.b.customers = append(s.b.customers, row)
}

func (s *script) cost(w words) (left words, err error) {
	row := fact.Cost{}
	if row.Moment, err = s.moment(w.next(), &w); err != nil {
		return w, err
	}
	row.Channel = customer(w.next())
	row.AmountMinor, err = money(w.next())
	row.Retention = w.take("retention")
	s.b.costs = append(s.b.costs, row)
	return w, err
}

// digits prints a value with as many decimals as the text it is compared with.
func digits(v float64, like string) string {
	decimals := 0
	if at := strings.Index(like, "."); at >= 0 {
		decimals = len(like) - at - 1
	}
	// Halves are rounded away from zero, as people do; 1e-9 mends what binary fractions lose.
	scale := math.Pow(10, float64(decimals))
	text := strconv.FormatFloat(math.Round(v*scale+math.Copysign(1e-7, v))/scale, 'f', decimals, 64)
	if strings.Trim(text, "-0.") == "" {
		return strings.TrimPrefix(text, "-")
	}
	return text
}
