package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// cost of one run of a process.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // bytes of memory resident at most
}

// build compiles the program, outside any measurement.
func build(ctx context.Context, dir string) (string, error) {
	program, err := filepath.Abs(filepath.Join(dir, "regulars"))
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, "go", "build", "-o", program, ".").CombinedOutput() //nolint:gosec // our own path
	if err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return program, nil
}

// timed runs a command and gives its cost and standard output. The parent must stay small: a child's peak is never
// reported below what its parent held when it was started.
func timed(ctx context.Context, name string, args ...string) (cost, []byte, error) {
	var out, complaints bytes.Buffer
	c := exec.CommandContext(ctx, name, args...) //nolint:gosec // the program under measurement
	c.Stdout, c.Stderr = &out, &complaints
	start := time.Now()
	err := c.Run()
	wall := time.Since(start)
	if err != nil {
		return cost{}, nil, fmt.Errorf("%s %q: %w\n%s", filepath.Base(name), args, err, complaints.Bytes())
	}
	peak := int64(0)
	if usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		peak = usage.Maxrss
		if runtime.GOOS == "linux" { // kibibytes there, bytes on macOS
			peak *= 1024
		}
	}
	return cost{wall, c.ProcessState.UserTime() + c.ProcessState.SystemTime(), peak}, out.Bytes(), nil
}

// side is one of two commands that are compared.
type side struct {
	name    string
	command []string
	costs   []cost
	output  []byte // of the last run
}

// duel runs sides in turn.
func duel(ctx context.Context, runs int, sides ...*side) error {
	for range runs {
		for _, s := range sides {
			c, out, err := timed(ctx, s.command[0], s.command[1:]...)
			if err != nil {
				return err
			}
			s.costs, s.output = append(s.costs, c), out
		}
	}
	return nil
}

// typical is the median of what a side's runs cost.
func (s *side) typical() cost {
	var wall, cpu []time.Duration
	var peak []int64
	for _, c := range s.costs {
		wall, cpu, peak = append(wall, c.wall), append(cpu, c.cpu), append(peak, c.peak)
	}
	return cost{median(wall), median(cpu), median(peak)}
}

// report prints the sides, each with its ratio to the last one: of the time that passed, which a busy machine makes
// long, and of the time that cores worked.
func report(sides ...*side) {
	last := sides[len(sides)-1].typical()
	for i, s := range sides {
		c := s.typical()
		fmt.Printf("  %-34s %8.2f s  %8.2f s of a core  %6.0f MB", s.name, c.wall.Seconds(), c.cpu.Seconds(), float64(c.peak)/1e6)
		if i < len(sides)-1 {
			fmt.Printf("   %.2f times by hand, %.2f of cores",
				c.wall.Seconds()/last.wall.Seconds(), c.cpu.Seconds()/last.cpu.Seconds())
		}
		fmt.Println()
	}
}

func median[T int64 | float64 | time.Duration](all []T) T {
	sorted := slices.Sorted(slices.Values(all))
	if n := len(sorted); n%2 == 0 {
		return (sorted[n/2-1] + sorted[n/2]) / 2
	}
	return sorted[len(sorted)/2]
}

// self is the path of this program, to be run again.
func self() (string, error) { return os.Executable() }
