package wire

import "time"

// PackageBatch is codes that were made together, to be printed and laid into packages, and what each of them gives.
type PackageBatch struct {
	Batch     string     `json:"batch" minLength:"1" maxLength:"60" example:"spring-boxes" doc:"Your name for it."`
	Name      string     `json:"name" minLength:"1" maxLength:"200" example:"Boxes of spring" doc:"Whoever uses a code sees it."`
	Unit      string     `json:"unit" minLength:"1" maxLength:"40" example:"points" doc:"One that can be spent."`
	Units     int64      `json:"units" minimum:"1" maximum:"1000000" example:"50" doc:"How many each code gives."`
	Codes     int64      `json:"codes" minimum:"1" maximum:"10000" example:"300" doc:"How many codes are made."`
	Question  string     `json:"question,omitempty" enum:"nps" doc:"What is asked before a code gives: nps, how likely they are to recommend you. The answer is recorded as the customer's, with the source package and the code as its reference. Left out: nothing is asked."`
	Until     string     `json:"until,omitempty" format:"date" example:"2027-01-31" doc:"The last day on which codes can be used; left out: they are good for ever."`
	State     string     `json:"state,omitempty" readOnly:"true" enum:"open,expired,stopped"`
	Used      int64      `json:"used,omitempty" readOnly:"true" doc:"How many codes somebody has used."`
	CreatedAt *time.Time `json:"created_at,omitempty" readOnly:"true"`
	StoppedAt *time.Time `json:"stopped_at,omitempty" readOnly:"true" doc:"Since when its codes give nothing any more."`
}

// PackageCode is a code of a batch.
type PackageCode struct {
	Number   int64      `json:"number" doc:"In its batch, from 1 on."`
	Code     string     `json:"code" example:"K7PM-2XQA-9HRT"`
	Link     string     `json:"link" doc:"What its QR code leads to; without the address of the server before it where that is not known."`
	Customer string     `json:"customer,omitempty" doc:"Who has used it; left out: nobody."`
	UsedAt   *time.Time `json:"used_at,omitempty"`
}
