package draw

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Format is what the public file of a draw says that it is.
const Format = "regulars-draw/1"

// Public is everything of a draw that everybody can read, and that is needed to check it. What is not known yet is left out.
type Public struct {
	Format      string    `json:"format"`
	Draw        string    `json:"draw"`
	Name        string    `json:"name"`
	Business    string    `json:"business"`
	State       State     `json:"state"`
	Opens       time.Time `json:"opens_at"`
	Closes      time.Time `json:"closes_at"`
	PublishedAt time.Time `json:"published_at"`
	FrozenAt    time.Time `json:"frozen_at,omitzero"`
	DrawnAt     time.Time `json:"drawn_at,omitzero"`
	Reason      string    `json:"cancelled_because,omitempty"`
	Prizes      []Prize   `json:"prizes"`
	Commitment  string    `json:"commitment"`
	List        string    `json:"list,omitempty"`
	ListHash    string    `json:"list_hash,omitempty"`
	Seed        string    `json:"seed,omitempty"`
	Winners     []Winner  `json:"winners,omitempty"`
}

// Show is the public file of a draw; a draft has none.
func Show(tx *db.Tx, s *Stored, business string) (p Public, err error) {
	if p, err = Brief(tx, s, business); err == nil && s.ListHash != "" {
		p.List, _, err = s.list(tx)
	}
	return p, err
}

// Brief is the public file without the list, which may be long.
func Brief(tx *db.Tx, s *Stored, business string) (p Public, err error) {
	if s.State == Draft {
		return p, notFound(s.Draw.Draw)
	}
	p = Public{Format: Format, Draw: s.Draw.Draw, Name: s.Name, Business: business, State: s.State, Opens: s.Opens, Closes: s.Closes, PublishedAt: s.Published,
		FrozenAt: s.FrozenAt, Reason: s.Reason, Prizes: s.Prizes, Commitment: s.Commitment, ListHash: s.ListHash, Seed: s.Seed}
	if s.State != Drawn {
		return p, nil
	}
	p.DrawnAt = s.Ended
	held, err := Winners(tx, s.Draw.Draw)
	for _, h := range held {
		p.Winners = append(p.Winners, h.Winner)
	}
	return p, err
}

// Write writes the public file.
func (p *Public) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(p) //nolint:wrapcheck // of whoever reads it
}

// Read reads a public file. Fields that it does not have are refused: what nobody looks at proves nothing.
func Read(text []byte) (p Public, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fault.Invalidf("this is not the public file of a draw: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return p, fault.Invalidf("this is not the public file of a draw: something comes after it")
	}
	if p.Format != Format {
		return p, fault.Invalidf("this is not the public file of a draw that this program knows: its format is %.40q, not %q", p.Format, Format)
	}
	return p, nil
}

// Noted is what somebody wrote down of a draw earlier, or knows of it; what is empty is not looked at.
type Noted struct {
	Commitment string // before the close
	ListHash   string // before the drawing
	Entry      string // their own
}

// Point is one thing that was looked at.
type Point struct {
	Key string // of the words for it
	OK  bool
	// Args are what the words are about.
	Args []any
}

// Verdict is what came of looking at a draw.
type Verdict struct {
	Points []Point
	// Drawn is false where the draw is not drawn yet, so that not everything could be looked at.
	Drawn bool
}

// OK tells whether everything agrees, and there was everything to look at.
func (v *Verdict) OK() bool { return v.Drawn && !v.Wrong() }

// Wrong tells whether something does not agree.
func (v *Verdict) Wrong() bool {
	return slices.ContainsFunc(v.Points, func(p Point) bool { return !p.OK })
}

func (v *Verdict) look(key string, ok bool, args ...any) {
	v.Points = append(v.Points, Point{key, ok, args})
}

// Verify works a draw out again from its public file: that the list is the one whose hash was told, that the seed is the one that
// was committed to, and that both give these winners, all of them and in this order.
func Verify(p *Public, noted Noted) (v Verdict) {
	v.Drawn = p.State == Drawn
	if noted.Commitment != "" {
		v.look("commitment_noted", noted.Commitment == p.Commitment)
	}
	if noted.ListHash != "" {
		v.look("list_noted", noted.ListHash == p.ListHash)
	}
	var sheet *Sheet
	if p.List != "" || p.ListHash != "" || v.Drawn {
		v.look("list_hash", Hash([]byte(p.List)) == p.ListHash)
		var err error
		sheet, err = ParseSheet(p.List)
		v.look("list_form", err == nil && sheet.Draw == p.Draw && slices.Equal(sheet.Prizes, p.Prizes))
		if err != nil {
			sheet = nil
		}
	}
	if noted.Entry != "" {
		weight := int64(0)
		if sheet != nil {
			if at := slices.IndexFunc(sheet.Entries, func(e Entry) bool { return e.Code == noted.Entry }); at >= 0 {
				weight = sheet.Entries[at].Weight
			}
		}
		v.look("entry", weight > 0, noted.Entry, weight)
	}
	if !v.Drawn {
		if p.Seed != "" || len(p.Winners) > 0 {
			v.look("undrawn", false)
		}
		return v
	}
	seed, err := hex.DecodeString(p.Seed)
	fits := err == nil && len(seed) == seedSize && hex.EncodeToString(seed) == p.Seed && Hash(seed) == p.Commitment
	v.look("commitment", fits)
	if sheet == nil {
		v.look("winners", false, 0)
		return v
	}
	v.look("winners", err == nil && slices.Equal(sheet.Winners(seed), p.Winners), len(p.Winners))
	return v
}

// String is the verdict for a log.
func (v *Verdict) String() string { return fmt.Sprintf("drawn %v, %v", v.Drawn, v.Points) }
