package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// printMachine says what the figures below were measured on.
func printMachine() {
	fmt.Printf("machine   %s, %d cores, %s memory\n", field("/proc/cpuinfo", "model name"), runtime.NumCPU(),
		field("/proc/meminfo", "MemTotal"))
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		release = []byte("unknown kernel")
	}
	fmt.Printf("system    %s/%s, %s, %s\n", runtime.GOOS, runtime.GOARCH, strings.TrimSpace(string(release)), runtime.Version())
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		fmt.Printf("load      %s (before; above 0.5 the seconds below are too long, the ratios less so)\n",
			strings.Join(strings.Fields(string(load))[:3], " "))
	}
	fmt.Printf("date      %s\n", time.Now().UTC().Format(time.DateOnly))
}

// field is the value of the first line of a file that begins with name.
func field(path, name string) string {
	f, err := os.Open(path) //nolint:gosec // fixed paths
	if err != nil {
		return "unknown"
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.Join(strings.Fields(value), " ")
		}
	}
	return "unknown"
}
