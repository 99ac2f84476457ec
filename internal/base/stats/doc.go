// Package stats holds the arithmetic of trust: every estimate with its 95 % interval, every comparison with its p.
package stats
