package metric

import "slices"

// Catalogue is the list of measures: a new one is a file and a line here. weights are those of the loyalty index.
func Catalogue(weights [3]float64) []*Definition {
	if weights == ([3]float64{}) {
		weights = [3]float64{1, 1, 1}
	}
	return slices.Concat([]*Definition{
		loyaltyIndex(weights),
		loyaltyIndexPlain(),

		activeCustomersMeasure(),
		newCustomersMeasure(),
		revenueMeasure(),
		ordersMeasure(),
		averageOrderValue(),
		purchaseFrequency(),
		customerValue(),
		repeatOrders(),
		repurchaseRate(),
		repurchaseRateEver(),
		secondOrderRate(),
		secondOrderRatePlain(),
		upsellRatio(),
		multiKindShare(),
		retentionRate(),
		churnRate(),
		retentionRateFormula(),
		reactivatedCustomers(),
		newAndGone(),
		cohortRetention(),
		gapDays(),
		regularsShare(),
		identifiedShare(),
		topShare(),
		lifespanYears(),
		lifespanYearsRepeaters(),
		clvHistoric(),
		revenueToDate(),
		revenueToDateMedian(),
		acquisitionCost(),
		clvToCAC(),
		retentionCost(),
		referredShare(),
		rfmMigration(),

		nps(),
		npsWithPassives(),
		npsWeighted(),
		csatTop(),
		csatMean(),
		cesMean(),
		cesEasy(),
		responseRate(),
		firstReplyMinutes(),
		solutionMinutes(),
		inTimeShare(),
		recoveredShare(),
	}, aspectMeasures())
}
