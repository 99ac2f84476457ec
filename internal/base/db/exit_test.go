package db_test

import "runtime"

// exit ends the goroutine. Apart, so that the compiler sees code after it as reachable.
func exit() { runtime.Goexit() }
