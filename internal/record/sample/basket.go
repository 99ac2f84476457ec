package sample

import "math"

// product is one thing on sale; its names are in words/*.json, in this order.
type product struct {
	category int
	price    float64 // in euros
}

// The catalogue; names of the categories are in words/*.json in the order of these indices.
const (
	coffee = iota
	tea
	bakery
	lunch
	beans
	brewing
)

var categoryWeights = []float64{0.4, 0.12, 0.2, 0.13, 0.1, 0.05}

var storeWeights = [3]float64{0.5, 0.3, 0.2}

var catalogue = [...]product{
	{coffee, 2.2}, {coffee, 3.4}, {coffee, 3.2}, {coffee, 2.8},
	{tea, 2.6}, {tea, 2.5},
	{bakery, 2.4}, {bakery, 3.2}, {bakery, 4.3}, {bakery, 3},
	{lunch, 5.5}, {lunch, 6.5}, {lunch, 7.9},
	{beans, 9.5}, {beans, 12.5}, {beans, 11},
	{brewing, 4.9}, {brewing, 49}, {brewing, 29}, {brewing, 18},
}

// firstOf[c] is the first product of category c; firstOf[c+1] is the first after it.
var firstOf = [...]int{0, 4, 6, 10, 13, 16, 20}

// line is one line of an order; price is what was paid for one, in minor units.
type line struct {
	product  int
	quantity int64
	price    int64
}

// maxLines is how many lines an order has at most.
const maxLines = 8

// basket fills the order of visit v: products that the customer likes until about the sum is reached, then prices
// scaled (sizes, extras, discounts) so that the lines come to the sum. Where orders have no lines it is one line whose
// product stands for its category. It appends to lines, which must be empty.
func (w *world) basket(d *dice, v *visit, lines []line) []line {
	d.aim(v.key, streamRow, 0, 0)
	if !w.lines {
		return append(lines, line{product: firstOf[category(d, v)], quantity: 1, price: v.minor})
	}
	unit := w.scale * math.Pow10(w.digits)
	left := float64(v.minor)
	var listed float64
	for len(lines) < maxLines {
		p, price := w.choose(d, v, left, unit)
		if len(lines) > 0 && left < price/2 {
			break
		}
		lines = append(lines, line{product: p, quantity: 1, price: int64(price)})
		left -= price
		listed += price
	}
	return settle(merge(lines), v.minor, float64(v.minor)/listed)
}

// choose draws a product; one far dearer than what is left is drawn again a few times.
func (w *world) choose(d *dice, v *visit, left, unit float64) (int, float64) {
	for try := 0; ; try++ {
		c := category(d, v)
		p := firstOf[c] + d.IntN(firstOf[c+1]-firstOf[c])
		price := catalogue[p].price * unit
		if price < 1.4*left || try == 3 {
			return p, price
		}
	}
}

// category draws what kind of thing a visit is for.
func category(d *dice, v *visit) int {
	if d.chance(0.5) {
		return int(v.likes)
	}
	if v.channel == onSite { // nobody has a cup of coffee sent home
		return beans + d.IntN(2)
	}
	return d.pick(categoryWeights)
}

// merge joins lines of the same product.
func merge(lines []line) []line {
	out := lines[:0]
next:
	for _, l := range lines {
		for i := range out {
			if out[i].product == l.product {
				out[i].quantity += l.quantity
				continue next
			}
		}
		out = append(out, l)
	}
	return out
}

// takenBack is the line that a return of visit v gives back: the last one, all of it.
func takenBack(lines []line) line { return lines[len(lines)-1] }

// settle scales prices by factor; the line with the smallest quantity takes what rounding leaves, so that the sum is
// right to a unit or two.
func settle(lines []line, sum int64, factor float64) []line {
	least := 0
	for i := range lines {
		l := &lines[i]
		l.price = max(1, int64(math.Round(float64(l.price)*factor)))
		sum -= l.price * l.quantity
		if l.quantity < lines[least].quantity {
			least = i
		}
	}
	if l := &lines[least]; l.price+sum/l.quantity > 0 {
		l.price += sum / l.quantity
	}
	return lines
}
