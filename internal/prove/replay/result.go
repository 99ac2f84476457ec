package replay

// Result is what came of a rehearsal.
type Result struct {
	// Margin is what was left of what was paid for the goods whose costs are known; nil: of none.
	Margin       *Margin  `json:"margin,omitempty"`
	Orders       int64    `json:"orders"`
	Customers    int64    `json:"customers"`
	First        string   `json:"first,omitempty"` // days
	Last         string   `json:"last,omitempty"`
	RevenueMinor int64    `json:"revenue_minor"`
	Draft        Side     `json:"draft"`
	Present      *Side    `json:"present,omitempty"` // the programme in force
	Compared     *Contest `json:"compared,omitempty"`
	// Lint is what in the draft should be looked at.
	Lint Lint `json:"lint"`
}

// Side is what one programme gave.
type Side struct {
	Units         []Total `json:"units"`
	Customers     int64   `json:"customers"` // who got anything
	DiscountMinor int64   `json:"discount_minor"`
	Gifts         int64   `json:"gifts"`
	FreeDelivery  int64   `json:"free_deliveries"`
	// CostMinor is discounts, and units at their value and the share that is used.
	CostMinor int64   `json:"cost_minor"`
	CostShare float64 `json:"cost_share"` // of revenue
	// BreakEven is by how much the orders of those who earn must rise for the margin on that to pay the cost.
	BreakEven *float64 `json:"break_even_rise,omitempty"`
	// GainMinor is margin less cost where they rise as asked.
	GainMinor  *int64      `json:"gain_minor,omitempty"`
	Months     []Month     `json:"months"`
	Rules      []Rule      `json:"rules"`
	Challenges []Challenge `json:"challenges,omitempty"`
	Tiers      []Tier      `json:"tiers,omitempty"`
	// First is, for the cheapest reward of each unit, how soon customers could have had it.
	First []First `json:"first_rewards,omitempty"`
	// Any is how soon they could have had any of these.
	Any *First `json:"any_reward,omitempty"`
	// BelowCost is how many orders would have brought less than their goods cost, which by themselves brought more; of those
	// whose goods' costs are all known.
	BelowCost int64 `json:"orders_below_cost"`
	// AbovePrice is how many orders gave more than was paid for them.
	AbovePrice int64 `json:"orders_above_price"`
	// FifthsMinor is what went to the fifth of customers who pay least, and so on to those who pay most.
	FifthsMinor [fifths]int64 `json:"fifths_minor"`
	// Segments is what went to the customers of each RFM segment, as they stood at the end; left out where none are drawn.
	Segments []SegmentShare `json:"segments,omitempty"`
}

const fifths = 5

// First is how soon customers could have had a reward, with what had not expired.
type First struct {
	Reward    string `json:"reward,omitempty"`
	Customers int64  `json:"customers"` // who could have had it at all
	// MedianDays is from the first order of those who came more than once; left out where half of them never could have had it.
	MedianDays *float64 `json:"median_days,omitempty"`
}

// Total is the units of one kind.
type Total struct {
	Unit   string `json:"unit"`
	Issued int64  `json:"issued"`
}

// Month is what happened in a month, and how much was outstanding at its end if nothing was used.
type Month struct {
	Month       string           `json:"month"`
	Issued      map[string]int64 `json:"issued"`
	Expired     map[string]int64 `json:"expired"`
	Outstanding map[string]int64 `json:"outstanding"`
	CostMinor   int64            `json:"cost_minor"`
}

// Rule is what one rule gave.
type Rule struct {
	Rule          string `json:"rule"`
	Name          string `json:"name"`
	Orders        int64  `json:"orders"`
	Units         int64  `json:"units"`
	Unit          string `json:"unit,omitempty"`
	DiscountMinor int64  `json:"discount_minor,omitempty"`
	BudgetLeft    *int64 `json:"budget_left,omitempty"`
	SpentOn       string `json:"budget_spent_on,omitempty"` // the day on which there was nothing left of it
}

// Challenge is what one challenge gave. One that begins only later is rehearsed as if it had begun with the first order, or, where
// it ends, as if it had ended with the last.
type Challenge struct {
	Challenge string `json:"challenge"`
	Name      string `json:"name"`
	Customers int64  `json:"customers"` // who had it at all
	Times     int64  `json:"times"`
	// CostMinor is units at their value, and rewards at what their terms say they are worth; of others, nothing.
	CostMinor int64 `json:"cost_minor"`

	cost float64
}

// Tier is how many customers stood in it in the end, and how many ever came into it.
type Tier struct {
	Tier      string `json:"tier"`
	Name      string `json:"name"`
	Customers int64  `json:"customers"`
	Rose      int64  `json:"rose"`
}

// Contest is how the draft does beside the programme in force.
type Contest struct {
	Winners int64 `json:"winners"` // customers who get more
	Losers  int64 `json:"losers"`
	Same    int64 `json:"same"`
	// MostLostMinor is what the one who loses most loses.
	MostLostMinor int64 `json:"most_lost_minor"`
}

// Margin is what is left of what is paid.
type Margin struct {
	Share   float64 `json:"share"`   // of what was paid for goods whose costs are known
	Covered float64 `json:"covered"` // the share of all that was paid which these are
}

// SegmentShare is what went to the customers of an RFM segment.
type SegmentShare struct {
	Segment    string `json:"segment"`
	Customers  int64  `json:"customers"`
	SpendMinor int64  `json:"spend_minor"`
	CostMinor  int64  `json:"cost_minor"`

	got float64
}
