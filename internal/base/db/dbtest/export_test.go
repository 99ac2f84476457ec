package dbtest

// None is what a test fails with where no PostgreSQL is installed.
func None() error {
	_, err := newestOf(nil, "")
	return err
}
