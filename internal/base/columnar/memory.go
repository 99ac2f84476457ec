package columnar

import (
	"os"
	"strconv"
	"strings"
)

// Least of memory that a store which answers questions is given, and what it is given where nobody knows what there is.
const (
	leastMemory   = 1 << 30
	unknownMemory = 2 << 30
)

// HalfTheMachine is a memory limit of half of what this machine, or the container that the program runs in, has: the rest
// is for the program, the database and others. It is a bound, not what is taken.
func HalfTheMachine() string {
	info, _ := os.ReadFile("/proc/meminfo") // not there: nobody knows
	bound, _ := os.ReadFile("/sys/fs/cgroup/memory.max")
	return half(string(info), string(bound))
}

func half(info, bound string) string {
	whole := int64(0)
	for line := range strings.Lines(info) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "MemTotal:" {
			if kilo, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
				whole = kilo << 10
			}
		}
	}
	if most, err := strconv.ParseInt(strings.TrimSpace(bound), 10, 64); err == nil && most > 0 && (whole == 0 || most < whole) {
		whole = most
	}
	limit := int64(unknownMemory)
	if whole > 0 {
		limit = max(whole/2, leastMemory)
	}
	return strconv.FormatInt(limit>>20, 10) + "MiB"
}
