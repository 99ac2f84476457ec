package metric

import (
	"regulars/internal/measure/mirror"
)

// Reasons why a figure is missing; messages of the locale are under reason.X.
const (
	reasonNoOrders         = "no_orders"
	reasonNoAnswers        = "no_answers"
	reasonNoCosts          = "no_costs"
	reasonTooFew           = "too_few"
	reasonDivisorZero      = "divisor_zero"
	reasonNoKinds          = "no_kinds"
	reasonNoChannel        = "no_acquisition_channel"
	reasonNoReferrals      = "no_referrals"
	reasonNoInvitations    = "no_invitations"
	reasonNoCases          = "no_cases"
	reasonNoHistory        = "no_history"
	reasonNoRepeaters      = "no_repeaters"
	reasonMissingPart      = "missing_part"
	reasonTooEarly         = "too_early"
	reasonNoNewCustomers   = "no_new_customers"
	reasonNoRetentionCosts = "no_retention_costs"
	reasonNoUnhappy        = "no_unhappy"
	reasonNoProgramme      = "no_programme"
	reasonProgrammeOfAll   = "programme_of_all"
	reasonNoMembers        = "no_members"
	reasonNothingIssued    = "nothing_issued"
)

// needs that measures share.
func needKinds(f *mirror.Facts) string {
	if !f.Kinds {
		return reasonNoKinds
	}
	return ""
}

func needAnswers(f *mirror.Facts) string {
	if f.Answers == 0 {
		return reasonNoAnswers
	}
	return ""
}
