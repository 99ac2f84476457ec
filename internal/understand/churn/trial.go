package churn

import (
	"math"
	"slices"

	"regulars/internal/base/stats"
)

// Lack is why a business's past teaches nothing yet.
type Lack string

// What may be lacking.
const (
	NothingLacks Lack = ""
	FewCustomers Lack = "few_customers" // too few customers, or too few of either kind
	ShortPast    Lack = "short_past"    // no time before that could be learnt from and then tested on
	TooGood      Lack = "too_good"      // it knows what nobody can know: a fact is dated before it was known
)

// The least that is learnt from: customers, and of them those who left and those who did not.
const (
	LeastCustomers = 100
	LeastOfEither  = 20
)

// Rival is what another law had foretold on the eve of a day, customer by customer.
type Rival struct {
	Day  int32
	Told map[string]float64 // chance of buying nothing
}

// Mark is how well it was foretold who bought nothing.
type Mark struct {
	AUC     float64 `json:"auc"`
	LogLoss float64 `json:"log_loss"`
	Brier   float64 `json:"brier"`
}

// Look is one time before: both laws learnt from what was known on the eve of the day, and were held to what came.
type Look struct {
	Day       int32 `json:"day"`
	Customers int   `json:"customers"`
	Left      int   `json:"left"`
	Learned   Mark  `json:"learned"`
	Rival     Mark  `json:"rival"`

	gains []float64 // by how much the classifier's loss was below the rival's, customer by customer
}

// Trial is a classifier learnt from the past of a business, and how it did beside another law.
type Trial struct {
	Lack      Lack        `json:"lack,omitempty"`
	Better    bool        `json:"better"` // its loss was below the rival's by more than chance
	Days      int         `json:"days"`
	Day       int32       `json:"day"` // on whose eve the customers stood that it learnt from
	Customers int         `json:"customers"`
	Left      int         `json:"left"`
	Looks     []Look      `json:"looks"`
	Law       *Classifier `json:"law,omitempty"`
}

// learn learns who leaves within so many days from the customers of the eve of a day; of what came on the last day and
// later nothing is used. What is lacking says why there is no classifier.
func (g *Gatherer) learn(last int32, days int) (c *Classifier, s *Snapshot, left []bool, lack Lack) {
	s = g.At(last - int32(days)) //nolint:gosec // a horizon
	left = g.Left(s, last)
	gone := 0
	for _, l := range left {
		if l {
			gone++
		}
	}
	if len(left) < LeastCustomers || gone < LeastOfEither || len(left)-gone < LeastOfEither {
		return nil, s, left, FewCustomers
	}
	return Train(s.Names, s.Rows, left, Options{Squash: true}), s, left, NothingLacks
}

// Try learns from what is known before a day, and compares with a rival at each time that the rival was tested at.
func (g *Gatherer) Try(today int32, days int, rivals []Rival) *Trial {
	t := &Trial{Days: days}
	law, s, left, lack := g.learn(today, days)
	t.Day, t.Customers, t.Lack = s.Day, len(left), lack
	for _, l := range left {
		if l {
			t.Left++
		}
	}
	if lack != NothingLacks {
		return t
	}
	for _, r := range rivals {
		if l, could := g.look(r, days); could {
			t.Looks = append(t.Looks, l)
		}
	}
	switch {
	case len(t.Looks) == 0:
		t.Lack = ShortPast
	case slices.ContainsFunc(t.Looks, Look.suspicious):
		t.Lack = TooGood
	default:
		t.Law = law
		gain, noise := t.gain()
		t.Better = gain > 2*noise
	}
	return t
}

// look is the comparison at one time.
func (g *Gatherer) look(r Rival, days int) (Look, bool) {
	c, _, _, lack := g.learn(r.Day, days)
	if lack != NothingLacks {
		return Look{}, false
	}
	s := g.At(r.Day)
	left := g.Left(s, r.Day+int32(days)) //nolint:gosec // a horizon
	l := Look{Day: r.Day}
	var learned, told []float64
	var came []bool
	for i, id := range s.IDs {
		rival, known := r.Told[id]
		if !known {
			continue
		}
		chance := c.Chance(s.Rows[i])
		learned, told, came = append(learned, chance), append(told, rival), append(came, left[i])
		l.gains = append(l.gains, loss(rival, left[i])-loss(chance, left[i]))
		if left[i] {
			l.Left++
		}
	}
	l.Customers = len(came)
	if l.Left < LeastOfEither || l.Customers-l.Left < LeastOfEither {
		return Look{}, false
	}
	l.Learned, l.Rival = mark(learned, came), mark(told, came)
	return l, true
}

func loss(chance float64, came bool) float64 {
	return stats.LogLoss([]float64{chance}, []bool{came})
}

func mark(chances []float64, came []bool) Mark {
	return Mark{stats.AUC(chances, came).Value, stats.LogLoss(chances, came), stats.Brier(chances, came)}
}

// Beyond knowable an order of customers is not foresight. Real shops reach .7 to .85.
const (
	knowable = 0.985
	apart    = 0.1
)

// suspicious is whether the classifier tells leavers apart as only the future can, and the rival, which sees days of
// purchase alone, does not.
func (l Look) suspicious() bool {
	return l.Learned.AUC > knowable && l.Learned.AUC-l.Rival.AUC > apart
}

// gain is by how much the classifier's average loss is below the rival's over all looks, and its standard error.
func (t *Trial) gain() (mean, noise float64) {
	n, sum, square := 0.0, 0.0, 0.0
	for _, l := range t.Looks {
		for _, d := range l.gains {
			n, sum, square = n+1, sum+d, square+d*d
		}
	}
	if n < 2 {
		return 0, math.Inf(1)
	}
	mean = sum / n
	return mean, math.Sqrt(max(0, square/n-mean*mean) / n)
}

// Used is the classifier, where it is the one to go by; nil: the rival is.
func (t *Trial) Used() *Classifier {
	if t == nil || !t.Better {
		return nil
	}
	return t.Law
}

// Overall is both marks over all looks, each by its customers.
func (t *Trial) Overall() (learned, rival Mark) {
	n := 0.0
	for _, l := range t.Looks {
		n += float64(l.Customers)
	}
	for _, l := range t.Looks {
		w := float64(l.Customers) / n
		learned.add(l.Learned, w)
		rival.add(l.Rival, w)
	}
	return learned, rival
}

func (m *Mark) add(o Mark, w float64) {
	m.AUC, m.LogLoss, m.Brier = m.AUC+w*o.AUC, m.LogLoss+w*o.LogLoss, m.Brier+w*o.Brier
}
