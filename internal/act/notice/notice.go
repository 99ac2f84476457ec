package notice

import (
	"context"
	"strconv"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/locale"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
)

// Kind is a kind of notice.
type Kind struct {
	Name string
	// News says that it goes to those alone who agreed to news of the business too: what the business gives of its own will, and
	// not what happened to what the member has.
	News bool
	// AtOnce says that it is of what the member has just done, and so may come at night.
	AtOnce bool
	// Life is for how long it is worth telling.
	Life time.Duration
	// Words are what is told; some is false where there is nothing to be told any more.
	Words func(tx *db.Tx, about *About) (m Message, some bool, err error)
}

// About is whom and what a notice is about.
type About struct {
	*locale.Locale

	Business business.Business
	Root     int64   // who stands for the person
	Members  []int64 // all numbers of the person, the root first
	Customer int64   // the number that it happened to
	What     string  // as Tell was told
	At       time.Time

	pages *member.Settings
}

// Name is what the business is called.
func (a *About) Name() string {
	if a.Business.Name == "" {
		return "Regulars"
	}
	return a.Business.Name
}

// Message is what a phone shows.
type Message struct {
	Title, Text string
	Path        string // of the page that it leads to
}

// The consent that pressing the switch is.
const (
	Channel = "push"
	Purpose = "notices"
)

// errand is the payload of the jobs: what happened to whom, and, once the phones are found, whose phone is to be told.
type errand struct {
	Kind     string `json:"kind"`
	Customer int64  `json:"customer"`
	What     string `json:"what,omitempty"`
	AtUTC    int64  `json:"at_us"`
	Owner    int64  `json:"owner,omitempty"`
	Phone    int64  `json:"phone,omitempty"`
}

func (e *errand) at() time.Time { return time.UnixMicro(e.AtUTC) }

const (
	findKind = "notice.find"
	sendKind = "notice.send"
)

// Tell has a customer told of something, in the transaction in which it happened: what is a key by which the kind finds it again,
// never words or personal data. For who has no phone it costs a look or two.
func Tell(tx *db.Tx, number int64, kind, what string) error {
	if number <= 0 {
		return nil
	}
	root, err := customer.Root(tx, number)
	if err != nil {
		return err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return err
	}
	if some, err := anyPhone(tx, members); err != nil || !some {
		return err
	}
	_, err = job.Add(tx, job.Job{Kind: findKind, Key: kind + "/" + strconv.FormatInt(number, 10) + "/" + what,
		Payload: errand{Kind: kind, Customer: number, What: what, AtUTC: tx.Now.UnixMicro()}})
	return err
}

// TellEach has everybody who has a phone told of what is due to them, page by page: due is asked for each person, and gives what
// Tell takes. Those who write wait for no more than the telling.
func TellEach(ctx context.Context, store *db.DB, kind string, due func(tx *db.Tx, root int64) ([]string, error)) error {
	const page = 200
	for last, more := int64(0), true; more; {
		var found []int64
		told := map[int64][]string{}
		if err := store.Read(ctx, func(tx *db.Tx) (err error) {
			clear(told)
			if found, err = after(tx, last, page); err != nil {
				return err
			}
			for _, number := range found {
				root, err := customer.Root(tx, number)
				if err != nil {
					return err
				}
				if _, asked := told[root]; asked {
					continue
				}
				if told[root], err = due(tx, root); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		if more = len(found) == page; len(found) > 0 {
			last = found[len(found)-1]
		}
		if err := store.Write(ctx, func(tx *db.Tx) error {
			for root, all := range told {
				for _, what := range all {
					if err := Tell(tx, root, kind, what); err != nil {
						return err
					}
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// wanted tells whether a person is to be told of a kind of thing now; it fills in whom it is about.
func wanted(tx *db.Tx, k *Kind, e *errand) (a *About, profile *customer.Profile, yes bool, err error) {
	pages, err := member.Load(tx)
	if err != nil || !pages.Open || pages.NoNotices { // without the pages nobody could switch it off
		return nil, nil, false, err
	}
	a = &About{Customer: e.Customer, What: e.What, At: e.at(), pages: &pages}
	if a.Root, err = customer.Root(tx, e.Customer); err != nil {
		return nil, nil, false, err
	}
	if a.Members, err = customer.Members(tx, a.Root); err != nil {
		return nil, nil, false, err
	}
	stored, err := customer.Get(tx, a.Root)
	if err != nil || !stored.Erased.IsZero() {
		return nil, nil, false, err
	}
	if agreed, err := customer.Agreed(tx, a.Members, Channel, Purpose); err != nil || !agreed {
		return nil, nil, false, err
	}
	if k.News {
		if agreed, err := customer.Agreed(tx, a.Members, member.NewsChannel, member.NewsPurpose); err != nil || !agreed {
			return nil, nil, false, err
		}
	}
	a.Business, err = business.Load(tx)
	return a, &stored.Profile, err == nil, err
}

// woken is how long it is until somebody may be woken, who may not in the hours from one time of day until another, on the clocks
// of the business; 0: they may. From and until the same: at any time.
func woken(now time.Time, zone *time.Location, from, until time.Duration) time.Duration {
	if zone == nil {
		zone = time.UTC
	}
	local := now.In(zone)
	at := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute
	quiet := at >= from && at < until
	if from > until { // over midnight
		quiet = at >= from || at < until
	}
	if !quiet {
		return 0
	}
	day := local.Day()
	if at >= until {
		day++
	}
	return max(0, time.Date(local.Year(), local.Month(), day, 0, int(until/time.Minute), 0, 0, zone).Sub(now))
}
