package member

import "time"

// Terms is the consent that everybody gives who joins: to take part, in the wording that they were shown; proof says where.
func Terms(wording, version, proof string, at time.Time) Given {
	return Given{Channel: "web", Purpose: "programme", Wording: wording, Version: version, Proof: proof, At: at}
}

// The consent to news is for this channel and purpose.
const (
	NewsChannel = "email"
	NewsPurpose = "newsletter"
)

// News is the consent to letters with news and offers.
func News(wording, proof string, at time.Time) Given {
	return Given{Channel: NewsChannel, Purpose: NewsPurpose, Wording: wording, Proof: proof, At: at}
}
