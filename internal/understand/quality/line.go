package quality

import "time"

// Verdict is what is to be thought of a line.
type Verdict string

// The verdicts.
const (
	Good Verdict = "good"
	Look Verdict = "look"
	None Verdict = "none" // there is nothing to judge by yet
)

// Line is one thing that was looked at: Count of Of, or a share in percent.
type Line struct {
	Key     string
	Verdict Verdict
	Count   int64
	Of      int64
	Percent *float64 // where the line is about a share
}

// Imported is what came of the newest files that were read in.
type Imported struct{ Files, Rows, Rejected int64 }

// The lines. Each has texts quality.<key>.name, .means and .do.
const (
	LineIdentified = "identified"
	LineDuplicates = "duplicates"
	LineSources    = "sources"
	LineRejected   = "rejected"
	LineFuture     = "future"
	LineFree       = "free"
	LineContact    = "contact"
	LineConsent    = "consent"
)

// How much is enough; a judgement of ours, which docs/console.md tells of.
const (
	identifiedLeast = 60.0 // percent
	rejectedMost    = 1.0
	freeMost        = 1.0
	contactLeast    = 50.0
	consentLeast    = 30.0
)

// Lines are what is to be said of the data now.
func (r *Report) Lines(now time.Time, i Imported) []Line {
	late := int64(0)
	for n := range r.Sources {
		if _, is := r.Sources[n].Late(now); is {
			late++
		}
	}
	c := &r.Customers
	return []Line{
		{LineIdentified, atLeast(r.Identified, identifiedLeast), 0, 0, r.Identified},
		{LineDuplicates, most(r.Duplicates, c.Customers), r.Duplicates + r.Beyond, c.Customers, nil},
		{LineSources, most(late, int64(len(r.Sources))), late, int64(len(r.Sources)), nil},
		{LineRejected, atMost(share(i.Rejected, i.Rows), rejectedMost), i.Rejected, i.Rows, share(i.Rejected, i.Rows)},
		{LineFuture, most(r.Future, r.Orders), r.Future, r.Orders, nil},
		{LineFree, atMost(share(r.Free, r.Orders), freeMost), r.Free, r.Orders, share(r.Free, r.Orders)},
		{LineContact, atLeast(share(c.Reachable, c.Customers), contactLeast), c.Reachable, c.Customers, share(c.Reachable, c.Customers)},
		{LineConsent, atLeast(share(c.Agreed, c.Customers), consentLeast), c.Agreed, c.Customers, share(c.Agreed, c.Customers)},
	}
}

func share(n, of int64) *float64 {
	if of == 0 {
		return nil
	}
	v := 100 * float64(n) / float64(of)
	return &v
}

func atLeast(v *float64, least float64) Verdict {
	switch {
	case v == nil:
		return None
	case *v < least:
		return Look
	}
	return Good
}

func atMost(v *float64, most float64) Verdict {
	switch {
	case v == nil:
		return None
	case *v > most:
		return Look
	}
	return Good
}

// most is the verdict on what there should be none of.
func most(n, of int64) Verdict {
	switch {
	case of == 0:
		return None
	case n > 0:
		return Look
	}
	return Good
}
