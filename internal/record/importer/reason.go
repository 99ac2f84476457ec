package importer

// Reason says why a row is unreadable or rejected. The codes are the keys of Account.Reasons.
type Reason string

// Why a row is unreadable, or (ZeroPrice, OtherCurrency) rejected.
const (
	NoReason       Reason = ""
	TooManyCells   Reason = "too_many_cells"
	MissingCells   Reason = "missing_cells"
	UnclosedQuote  Reason = "unclosed_quote"
	NotText        Reason = "not_text"
	BadDate        Reason = "date"
	BadTime        Reason = "time"
	BadAmount      Reason = "amount"
	BadPrice       Reason = "price"
	BadQuantity    Reason = "quantity"
	NoDate         Reason = "no_date"
	NoAmount       Reason = "no_amount"
	NoPrice        Reason = "no_price"
	NoQuantity     Reason = "no_quantity"
	AmountTooLarge Reason = "too_large"
	BadScore       Reason = "score"
	BadKind        Reason = "kind"
	ZeroPrice      Reason = "zero_price"
	OtherCurrency  Reason = "other_currency"
	NoProduct      Reason = "no_product"
	BadCost        Reason = "cost"
	BadStock       Reason = "stock"
	NotKept        Reason = "not_kept" // see Options.Refused
)

// Reasons lists all reasons.
func Reasons() []Reason {
	return []Reason{
		TooManyCells, MissingCells, UnclosedQuote, NotText, BadDate, BadTime, BadAmount, BadPrice, BadQuantity, NoDate, NoAmount, NoPrice, NoQuantity, AmountTooLarge,
		BadScore, BadKind, ZeroPrice, OtherCurrency, NoProduct, BadCost, BadStock, NotKept,
	}
}

// unless is the reason for a cell that cannot be read: an empty one is missing.
func (r Reason) unless(cell []byte) Reason {
	if !isNobody(cell) {
		return r
	}
	switch r {
	case BadDate:
		return NoDate
	case BadAmount:
		return NoAmount
	case BadPrice:
		return NoPrice
	case BadQuantity:
		return NoQuantity
	}
	return r
}

// Sentence is the reason in words, for the file of rejected rows.
func (r Reason) Sentence() string {
	switch r {
	case TooManyCells:
		return "more cells than columns"
	case MissingCells:
		return "cells are missing at the end of the row"
	case UnclosedQuote:
		return "a quotation mark is never closed"
	case NotText:
		return "bytes that are no text in the file's encoding"
	case BadDate:
		return "the date cannot be read"
	case BadTime:
		return "the time of day cannot be read"
	case BadAmount:
		return "the amount cannot be read"
	case BadPrice:
		return "the price cannot be read"
	case BadQuantity:
		return "the quantity cannot be read"
	case NoDate:
		return "the date is missing"
	case NoAmount:
		return "the amount is missing"
	case NoPrice:
		return "the price is missing"
	case NoQuantity:
		return "the quantity is missing"
	case AmountTooLarge:
		return "the amount is too large"
	case BadScore:
		return "the score cannot be read"
	case BadKind:
		return "the kind is not a known one"
	case ZeroPrice:
		return "the price or the amount is zero"
	case OtherCurrency:
		return "the amount is in another currency"
	case NoProduct:
		return "the product is missing"
	case BadCost:
		return "the cost cannot be read"
	case BadStock:
		return "whether it is sold out cannot be read"
	case NotKept:
		return "what it says cannot be kept"
	}
	return string(r)
}
