package folder

// NetworkKind is exported for its table of numbers.
func NetworkKind(number int64) string { return networkKind(number) }
