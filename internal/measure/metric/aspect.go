package metric

// aspects are what satisfaction can be asked about, one measure of the mean and one of the top share each.
var aspects = []string{
	"service", "staff", "problem_solving", "information", "product_quality", "delivery", "site", "price", "brand",
}

func aspectMeasures() []*Definition {
	var out []*Definition
	for _, a := range aspects {
		out = append(out, meanOf("aspect_"+a+"_mean", "aspect_"+a), topShareOf("aspect_"+a+"_top", "aspect_"+a))
	}
	return out
}
