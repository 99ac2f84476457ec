package sample

import (
	"bufio"
	"math"
	"time"
)

// person is what customers.csv says about a customer.
type person struct {
	name, country, city string
	channel             int
	referred            string
}

func (r *run) person(d *dice, i int) person {
	t := r.wordsOf(d, i)
	p := person{
		name: t.name(d),
		city: t.Cities[min(d.IntN(len(t.Cities)), d.IntN(len(t.Cities)))], country: t.Country,
		referred: "no",
	}
	shares := make([]float64, len(r.w.Channels))
	for c := range shares {
		shares[c] = r.w.Channels[c].Share
	}
	p.channel = d.pick(shares)
	if p.channel == recommended || d.chance(0.05) {
		p.referred = "yes"
	}
	if d.chance(0.03) { // nobody asked
		p.referred = ""
	}
	return p
}

// wordsOf is the language of customer i: mostly the first one. It leaves d on the stream of the person.
func (r *run) wordsOf(d *dice, i int) *words {
	d.aim(r.w.seed, streamPerson, uint64(i), 3)
	if d.chance(0.4) {
		return &r.words[d.IntN(len(r.words))]
	}
	return &r.words[0]
}

func (r *run) customers(out *bufio.Writer) error {
	if _, err := out.WriteString("customer_id,name,country,city,acquisition_channel,referred,joined\n"); err != nil {
		return err
	}
	d := newDice()
	var b []byte
	for i := range r.buyers {
		day := int(r.buyers[i].next)
		if day >= r.w.days {
			continue
		}
		p := r.person(d, i)
		r.monthOf(day).joined[p.channel]++
		b = appendCustomer(b[:0], int32(i))
		for _, f := range [...]string{p.name, p.country, p.city, r.w.Channels[p.channel].Name, p.referred, r.date(day)} {
			b = append(b, ',')
			b = append(b, quote(f)...)
		}
		if _, err := out.Write(append(b, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// costs writes what was spent: on winning customers by channel and month, and on keeping them.
func (r *run) costs(out *bufio.Writer) error {
	if _, err := out.WriteString("date,channel,purpose,amount (" + r.opts.Currency + ")\n"); err != nil {
		return err
	}
	d := newDice()
	row := func(first time.Time, channel, purpose string, amount float64) error {
		minor := int64(math.Round(amount * math.Pow10(r.w.digits)))
		b := append([]byte(first.Format(time.DateOnly)), ","+channel+","+purpose+","...)
		b = append(appendMinor(b, minor, r.w.digits), '\n')
		r.written.Costs++
		_, err := out.Write(b)
		return err
	}
	for n, m := range r.byMonth {
		for c, channel := range r.w.Channels {
			if channel.Cost == 0 || m.joined[c] == 0 {
				continue
			}
			d.aim(r.w.seed, streamCost, uint64(n), uint64(c))
			spent := channel.Cost * float64(m.joined[c]) * math.Exp(0.1*d.NormFloat64()-0.005)
			if err := row(m.first, channel.Name, "acquisition", spent); err != nil {
				return err
			}
		}
		if err := row(m.first, "newsletter", "retention", 0.15*r.w.scale*float64(m.orders)); err != nil {
			return err
		}
	}
	return nil
}
