package sample

import (
	"math"
	"strconv"
	"strings"
)

const answersHeader = "survey_id,date,customer_id,kind,aspect,score,scale,status,comment,store," +
	"replied_at,solved_at,due_at\n"

// ordersHeader names the columns; with lines the price's name tells the currency.
func ordersHeader(lines bool, currency string) string {
	if lines {
		return "order_id,date,customer_id,product,category,quantity,unit_price (" + currency + "),store,channel\n"
	}
	return "order_id,date,customer_id,category,store,channel,amount\n"
}

// scribe turns days into rows; each goroutine has its own.
type scribe struct {
	r     *run
	d     *dice
	lines []line
	date  string // of the day at hand
	// Names as they stand in a file, quoted where they must be.
	products, categories, stores, channels []string
}

func newScribe(r *run) *scribe {
	first := &r.words[0]
	return &scribe{
		r: r, d: newDice(),
		products: quoteAll(first.Products), categories: quoteAll(first.Categories),
		stores: quoteAll(first.Stores), channels: []string{"store", "site", "app"},
	}
}

// page makes the rows of a day.
func (s *scribe) page(p *page) {
	s.date = s.r.date(p.day)
	p.orders, p.answers, p.count = p.orders[:0], p.answers[:0], Written{}
	for i := range p.visits {
		v := &p.visits[i]
		s.sale(p, v)
		if v.customer < 0 || v.back {
			continue
		}
		if v.asked {
			s.survey(p, v)
		}
		if v.cased {
			s.complaint(p, v)
		}
	}
	if s.r.breaks(p.day) {
		p.orders = s.broken(p.orders, p.day)
		p.count.Rows++
		p.count.BrokenRows++
	}
}

// sale writes the rows of a visit, or of what is taken back of it.
func (s *scribe) sale(p *page, v *visit) {
	s.lines = s.r.w.basket(s.d, v, s.lines[:0])
	lines := s.lines
	if v.back {
		lines = lines[len(lines)-1:]
	}
	for _, l := range lines {
		quantity := l.quantity
		p.count.Rows++
		switch {
		case v.customer < 0:
			p.count.AnonymousRows++
		case v.back:
			p.count.ReturnRows++
			p.count.ReturnedMinor += l.price * quantity
			quantity = -quantity
		default:
			p.count.GrossMinor += l.price * quantity
		}
		p.orders = s.row(p.orders, v, l, quantity)
	}
	if v.customer >= 0 && !v.back {
		p.count.Orders++
	}
}

func (s *scribe) row(b []byte, v *visit, l line, quantity int64) []byte {
	b = strconv.AppendInt(b, 100_000+v.order, 10)
	b = append(b, ',')
	b = s.moment(b, int(v.minute))
	b = append(b, ',')
	b = appendCustomer(b, v.customer)
	b = append(b, ',')
	if s.r.w.lines {
		b = append(b, s.products[l.product]...)
		b = append(b, ',')
	}
	b = append(b, s.categories[catalogue[l.product].category]...)
	b = append(b, ',')
	if s.r.w.lines {
		b = strconv.AppendInt(b, quantity, 10)
		b = append(b, ',')
		b = appendMinor(b, l.price, s.r.w.digits)
		b = append(b, ',')
	}
	b = append(b, s.store(v)...)
	b = append(b, ',')
	b = append(b, s.channels[v.channel]...)
	if !s.r.w.lines {
		b = append(b, ',')
		b = appendMinor(b, quantity*l.price, s.r.w.digits)
	}
	return append(b, '\n')
}

// store is where the visit was; nowhere for an order on the site.
func (s *scribe) store(v *visit) string {
	if v.channel == onSite {
		return ""
	}
	return s.stores[v.store]
}

// moment writes the day at hand and a time of it.
func (s *scribe) moment(b []byte, minute int) []byte {
	b = append(b, s.date...)
	return appendTime(b, minute)
}

// minuteOf writes a moment given in minutes since the start.
func (s *scribe) minuteOf(b []byte, minutes int64) []byte {
	if minutes == 0 {
		return b
	}
	b = append(b, s.r.date(int(minutes/1440))...)
	return appendTime(b, int(minutes%1440))
}

// brokenRows is how many rows of orders.csv cannot be read; a Parquet file has none, its columns have types.
const brokenRows = 7

// breaks tells whether a broken row follows the rows of a day.
func (r *run) breaks(day int) bool {
	every := r.w.days / (brokenRows + 1)
	return r.opts.Format == "csv" && day > 0 && day%every == 0 && day/every <= brokenRows
}

// broken writes a row that cannot be read: a day that does not exist, a number that is none, a row cut short.
func (s *scribe) broken(b []byte, day int) []byte {
	id := "X" + strconv.Itoa(day)
	width := strings.Count(ordersHeader(s.r.w.lines, ""), ",")
	switch day % 3 {
	case 0:
		return append(b, id+","+s.date[:4]+"-02-31 10:15"+strings.Repeat(",1", width-1)+"\n"...)
	case 1:
		b = append(b, id+","+s.date+" 10:15"...)
		return append(b, strings.Repeat(",##", width-1)+"\n"...)
	}
	return append(b, id+","+s.date[:7]+"\n"...)
}

func (s *scribe) survey(p *page, v *visit) {
	a := s.r.w.ask(s.d, v)
	if int(a.day) >= s.r.w.days {
		return
	}
	head := surveyHead{id: "S" + strconv.FormatInt(100_000+v.order, 10), day: a.day, minute: a.minute, v: v, finished: a.finished}
	nps := strconv.Itoa(a.nps)
	if s.r.w.skips(s.d, v) {
		nps = ""
	}
	s.answer(p, &head, "nps", "", nps, "10", s.comment(v, a.comment, a.word))
	s.answer(p, &head, "csat", "", strconv.Itoa(a.csat), "5", "")
	s.answer(p, &head, "ces", "", strconv.Itoa(a.ces), "7", "")
	for i, score := range a.aspects {
		if score > 0 {
			s.answer(p, &head, "csat", aspectNames[i], strconv.Itoa(score), "5", "")
		}
	}
}

type surveyHead struct {
	id       string
	day      int32
	minute   int
	v        *visit
	finished bool
}

// answer writes the row of one question; of a survey that nobody answered, every question is delivered.
func (s *scribe) answer(p *page, h *surveyHead, kind, aspect, score, scale, comment string) {
	status := "finished"
	if !h.finished {
		status, score, comment = "delivered", "", ""
	}
	b := p.answers
	b = append(b, h.id...)
	b = append(b, ',')
	b = append(b, s.r.date(int(h.day))...)
	b = appendTime(b, h.minute)
	b = append(b, ',')
	b = appendCustomer(b, h.v.customer)
	for _, field := range [...]string{kind, aspect, score, scale, status, comment, s.store(h.v)} {
		b = append(b, ',')
		b = append(b, field...)
	}
	b = append(b, ",,,\n"...)
	p.answers = b
	p.count.Answers++
}

// complaint writes a case; what has not happened by the end is not known yet.
func (s *scribe) complaint(p *page, v *visit) {
	c := s.r.w.complain(s.d, v)
	end := int64(s.r.w.days) * 1440
	if c.opened >= end {
		return
	}
	b := p.answers
	b = append(b, 'K')
	b = strconv.AppendInt(b, 100_000+v.order, 10)
	b = append(b, ',')
	b = s.minuteOf(b, c.opened)
	b = append(b, ',')
	b = appendCustomer(b, v.customer)
	b = append(b, ",case,,,,,"...)
	b = append(b, s.comment(v, c.comment, c.word)...)
	b = append(b, ',')
	b = append(b, s.store(v)...)
	for _, at := range [...]int64{c.replied, c.solved, c.due} {
		b = append(b, ',')
		if at < end {
			b = s.minuteOf(b, at)
		}
	}
	b = append(b, '\n')
	p.answers = b
	p.count.Answers++
	p.count.Cases++
}

// comment is one of the texts on a topic, in the language of the customer.
func (s *scribe) comment(v *visit, t topic, word int) string {
	if t == silent {
		return ""
	}
	texts := s.r.wordsOf(s.d, int(v.customer)).Comments[t]
	return quote(texts[word%len(texts)])
}

func appendCustomer(b []byte, i int32) []byte {
	if i < 0 {
		return b
	}
	b = append(b, 'C')
	number := int64(i) + 1
	for limit := int64(100_000); limit > number && limit > 1; limit /= 10 {
		b = append(b, '0')
	}
	return strconv.AppendInt(b, number, 10)
}

func appendTime(b []byte, minute int) []byte {
	h, m := minute/60, minute%60
	return append(b, ' ', '0'+byte(h/10), '0'+byte(h%10), ':', '0'+byte(m/10), '0'+byte(m%10))
}

// appendMinor writes money with the decimals of its currency.
func appendMinor(b []byte, minor int64, digits int) []byte {
	if minor < 0 {
		b = append(b, '-')
		minor = -minor
	}
	unit := int64(math.Pow10(digits))
	b = strconv.AppendInt(b, minor/unit, 10)
	if digits == 0 {
		return b
	}
	b = append(b, '.')
	for place := unit / 10; place > 0; place /= 10 {
		b = append(b, '0'+byte(minor/place%10))
	}
	return b
}

// quote puts a field in quotation marks where it needs them.
func quote(field string) string {
	if !strings.ContainsAny(field, "\",\n") {
		return field
	}
	return `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
}

func quoteAll(fields []string) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = quote(f)
	}
	return out
}
