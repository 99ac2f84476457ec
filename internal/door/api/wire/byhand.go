package wire

// HandLimits are how much may be moved by hand.
type HandLimits struct {
	Limits []HandLimit `json:"limits" maxItems:"500"`
}

// HandLimit is how many units one person of a role, or one API key, gives, takes and sends by hand.
type HandLimit struct {
	Who  string `json:"who" maxLength:"40" doc:"The role, or key: of each API key." example:"manager"`
	Unit string `json:"unit" maxLength:"40" example:"points"`
	Once int64  `json:"once" minimum:"0" maximum:"1000000000" doc:"How many at once at most; 0: as many as they like." example:"500"`
	Day  int64  `json:"day" minimum:"0" maximum:"1000000000" doc:"How many one person on a day of the business, given and taken together; 0: as many as they like." example:"2000"`
}
