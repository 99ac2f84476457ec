package gift

import (
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/notice"
	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
)

// Gave is one thing that was given: units, a reward by the name that it had, or entries in a draw by the name of that.
type Gave struct {
	Unit       string `json:"unit,omitempty"`
	Units      int64  `json:"units,omitempty"`
	Reward     string `json:"reward,omitempty"`
	Redemption int64  `json:"redemption,omitempty"`
	Draw       string `json:"draw,omitempty"`
	Entries    int64  `json:"entries,omitempty"`
	// Called is what the draw was called in other languages.
	Called locale.Translations `json:"called,omitempty"`
}

// Gift is what a customer was given on an occasion, or why not.
type Gift struct {
	Customer int64
	Cause    string // as the ledger has it
	Occasion string // birthday, anniversary, holiday or surprise
	About    string // the holiday, or the surprise
	Lot      Lot
	Gave     []Gave
	At       time.Time
	Greeting string // how the letter stands: none, waiting, sent or skipped

	name         string // of the surprise
	translations locale.Translations
}

// The ways in which the letter about a gift stands.
const (
	noLetter   = "none"
	waiting    = "waiting"
	skipped    = "skipped"
	sentLetter = "sent"
)

// claim keeps it, unless it is there: then it is not fresh.
func (g *Gift) claim(tx *db.Tx) (fresh bool, err error) {
	gave, err := marshal(g.Gave)
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(`INSERT INTO gifts (customer_id, cause, occasion, about, state, gave, given_us, greeting) VALUES ($1, $2, $3, $4, $5, $6, $7, 'none')
		ON CONFLICT (customer_id, cause) DO NOTHING`, g.Customer, g.Cause, g.Occasion, g.About, string(g.Lot), gave, tx.Now)
	return n == 1, err
}

// give keeps what was given, and has a letter written about it where the business wants that.
func (g *Gift) give(tx *db.Tx) error {
	s, err := LoadSettings(tx)
	if err != nil {
		return err
	}
	gave, err := marshal(g.Gave)
	if err != nil {
		return err
	}
	greeting := waiting
	if s.Silent {
		greeting = noLetter
	}
	n, err := tx.Exec("UPDATE gifts SET gave = $1, greeting = $2 WHERE customer_id = $3 AND cause = $4", gave, greeting, g.Customer, g.Cause)
	if err == nil && n != 1 {
		err = fmt.Errorf("the gift %s of customer %d is gone", g.Cause, g.Customer)
	}
	if err != nil || s.Silent {
		return err
	}
	return notice.Tell(tx, g.Customer, noticeKind, g.Cause)
}

// Noted keeps what the programme gave on an occasion.
func Noted(tx *db.Tx, given programme.Given) error {
	g := Gift{Customer: given.Customer, Cause: given.Cause, Occasion: given.On, About: given.Holiday, Lot: Gifted}
	for i := range given.Results {
		switch r := &given.Results[i]; {
		case r.Units > 0:
			g.Gave = append(g.Gave, Gave{Unit: r.Unit, Units: r.Units})
		case r.Entries > 0:
			in, err := draw.Load(tx, r.Draw)
			if err != nil {
				return err
			}
			g.Gave = append(g.Gave, Gave{Draw: in.Name, Entries: r.Entries, Called: in.Translations.Of([]string{in.Name})})
		}
	}
	if len(g.Gave) == 0 {
		return nil
	}
	fresh, err := g.claim(tx)
	if err != nil || !fresh {
		return err
	}
	return g.give(tx)
}

const giftColumns = `SELECT g.customer_id, g.cause, g.occasion, g.about, g.state, g.gave, g.given_us, g.greeting, coalesce(s.settings, '{}')
	FROM gifts g LEFT JOIN surprises s ON g.occasion = 'surprise' AND s.surprise = g.about`

func (g *Gift) scan(row interface{ Scan(targets ...any) error }) error {
	var lot, gave, settings string
	if err := row.Scan(&g.Customer, &g.Cause, &g.Occasion, &g.About, &lot, &gave, &g.At, &g.Greeting, &settings); err != nil {
		return err
	}
	g.Lot = Lot(lot)
	var of struct {
		Name         string              `json:"name"`
		Translations locale.Translations `json:"translations"`
	}
	if err := json.Unmarshal([]byte(settings), &of); err != nil {
		return fmt.Errorf("the settings of the surprise %s: %w", g.About, err)
	}
	g.name, g.translations = of.Name, of.Translations
	if err := json.Unmarshal([]byte(gave), &g.Gave); err != nil {
		return fmt.Errorf("the gift %s: %w", g.Cause, err)
	}
	return nil
}

func gifts(rows *db.Rows, err error) (all []Gift, _ error) {
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var g Gift
		if err := g.scan(rows); err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	return all, rows.Close()
}

// Of lists what customers, who are one person, were given since a moment, and where they were kept back, the newest first.
func Of(tx *db.Tx, customers []int64, since time.Time, limit int) ([]Gift, error) {
	return of(tx, customers, since, limit, false)
}

// GivenTo is Of, of what was given alone: who was kept back is not told so.
func GivenTo(tx *db.Tx, customers []int64, since time.Time, limit int) ([]Gift, error) {
	return of(tx, customers, since, limit, true)
}

func of(tx *db.Tx, customers []int64, since time.Time, limit int, given bool) ([]Gift, error) {
	q := db.Select{}
	q.Text.WriteString(giftColumns)
	q.Where("g.given_us >= $", since)
	q.Among("g.customer_id", customers)
	if given {
		q.Where("g.state = 'given'")
	}
	fmt.Fprintf(&q.Text, " ORDER BY g.given_us DESC, g.cause LIMIT $%d", len(q.Args)+1)
	return gifts(tx.Query(q.Text.String(), append(q.Args, limit)...))
}
