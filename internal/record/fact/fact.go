// Package fact says what a fact is: a sale or a return, a customer, a survey answer, a cost, a product.
//
// Facts are typed and validated and know nothing of files, tables or measures. The reader of files yields them in
// batches; the columnar copy and, later, the store take them.
//
// What always holds: money is in minor units of the business's currency, rounded half away from zero per line;
// a moment has both its UTC instant and its wall-clock time in the business's zone; a Sale with an empty Customer
// is a sale to somebody unknown; Return is set exactly when AmountMinor or Quantity takes something back.
package fact

// Moment is one instant, twice: in UTC and as the wall clock of the business shows it, both in microseconds since
// 1970-01-01 00:00 of their own clock. Measures count local days, the store orders by UTC.
type Moment struct {
	UTC   int64
	Local int64
}

// MicrosPerDay is the length of a wall-clock day.
const MicrosPerDay = 24 * 60 * 60 * 1_000_000

// Day is the local day as days since 1970-01-01, also before it.
func (m Moment) Day() int32 {
	d := m.Local / MicrosPerDay
	if m.Local%MicrosPerDay < 0 {
		d--
	}
	return int32(d)
}

// Sale is one row of an orders file: a line of an order, a whole order, or something taken back.
type Sale struct {
	Row         int64  // number of the line in the file, as an editor shows it
	Order       string // the file's id of the order; empty where the file has none: each row is then one order
	Customer    string // empty: nobody known
	Moment      Moment
	Product     string
	Category    string
	Quantity    float64 // 1 where the file says none; negative for a return
	AmountMinor int64   // paid for the whole row; negative for a return
	Return      bool
	Attributes  []string // values of the file's other columns, in the order of Batch.Attributes
}

// Customer is one row of a customers file.
type Customer struct {
	Row        int64
	Customer   string
	Channel    string // acquisition channel
	Referred   Answered
	Member     Answered // of the loyalty programme
	Joined     Moment   // since when; zero: not said
	Attributes []string
}

// Answered is a yes, a no, or nothing said.
type Answered int8

// What was said.
const (
	Unsaid Answered = iota
	No
	Yes
)

// Answer is one answer to one survey question, or a survey that was delivered and not (yet) answered, or a case.
type Answer struct {
	Row      int64
	Customer string // may be empty: an anonymous answer still counts
	Moment   Moment
	Kind     string  // nps, csat, ces, or case (a complaint without a score)
	Aspect   string  // service, staff, problem_solving, information, product_quality, delivery, site, price, brand; empty: the whole
	Score    float64 // valid when Scored
	Scored   bool    // false: skipped or not finished
	Scale    int     // highest score of the question where the file says it (5, 7, 10); 0: not said
	// Delivered is set where the file says who was asked, that is, has rows for surveys that nobody finished.
	Delivered bool
	Finished  bool
	// Case times, zero where there are none.
	Replied, Solved, Due Moment
	Comment              string
	Attributes           []string
}

// Cost is money spent on winning or keeping customers, on a day or in a month (then the first day of it).
type Cost struct {
	Row         int64
	Moment      Moment
	Channel     string
	Retention   bool // spent on keeping customers (programme, campaign), not on winning them
	AmountMinor int64
}

// Product is one row of a products file. What it does not say (an empty name or category, no cost) stays as it is known.
type Product struct {
	Row                       int64
	Reference, Name, Category string
	CostMinor                 int64 // of one piece, to the business; where Costed
	Costed                    bool
	SoldOut                   Answered
}

// Batch is a run of facts of one kind from one file, in the file's order. Everything in it, strings too, is only
// valid until the function it was handed to returns: the reader reuses its buffers. Copy (strings.Clone) what stays.
type Batch struct {
	Attributes []string // names of the other columns of this file, stable for all its batches
	Sales      []Sale
	Customers  []Customer
	Answers    []Answer
	Costs      []Cost
	Products   []Product
}

// Status is what became of a fact that was handed in.
type Status string

// What may become of it.
const (
	Created   Status = "created"
	Unchanged Status = "unchanged" // it was there with the same content
	Updated   Status = "updated"   // it was there with other content, which is kept in its history
	Conflict  Status = "conflict"  // it contradicts what is there
	Refused   Status = "refused"   // it cannot be kept
)

// Outcome is what became of a fact that was handed in, and where it is.
type Outcome struct {
	Status         Status
	Customer, Fact int64
	Err            error  // a fault, where the status is Refused or Conflict
	Field          string // what the conflict is about: customer, or the field that differs
}
