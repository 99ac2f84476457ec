package wire

// MeasureSettings are how a business wants to be measured. What is left out is taken from the definitions of the measures and
// from the data; a question that says otherwise counts before it.
type MeasureSettings struct {
	ActivityDays    int         `json:"activity_days,omitempty" minimum:"0" maximum:"3660" doc:"Days without an order after which a customer is no longer current. Left out: from the gaps between purchases." example:"60"`
	SecondOrderDays int         `json:"second_order_days,omitempty" minimum:"0" maximum:"3660" doc:"Days within which a second order is looked for. Left out: activity_days."`
	TopShare        float64     `json:"top_share,omitempty" minimum:"0" maximum:"1" doc:"Share of customers that counts as the top. Left out: 0.2." example:"0.2"`
	NPS             string      `json:"nps,omitempty" maxLength:"60" doc:"Scale of the NPS question: 0-10, 1-10, or min,top detractor,top passive,max." example:"0-10"`
	CSATScale       int         `json:"csat_scale,omitempty" enum:"0,5,10" doc:"How far the CSAT question goes. Left out: as the answers have it." example:"5"`
	IndexWeights    []float64   `json:"loyalty_index_weights,omitempty" nullable:"false" maxItems:"3" doc:"Weights of NPS, repurchase rate and share buying several kinds in the loyalty index. Left out: alike."`
	Meaning         *NPSMeaning `json:"nps_meaning,omitempty" doc:"What an NPS means to you. Left out: the usual."`
}

// NPSMeaning parts the scores into five bands.
type NPSMeaning struct {
	Limits    []float64 `json:"limits,omitempty" nullable:"false" minItems:"4" maxItems:"4" doc:"Four that rise; a score at a limit is in the band below. Left out: 0, 30, 50, 70."`
	Sentences []string  `json:"sentences,omitempty" nullable:"false" minItems:"5" maxItems:"5" doc:"What each band means, the lowest first; an empty one is the usual sentence."`
}
