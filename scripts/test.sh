#!/usr/bin/env bash
# Runs every test, says which were skipped and why, and fails when suspiciously few ran.
set -euo pipefail

# A suite can pass by not running. When tests are added, raise this to a little below what the run prints.
least=100

mkdir -p .cache
log=.cache/test.log

# The race detector goes where goroutines share something of ours, and where it costs seconds rather than minutes.
racy=$(git ls-files -co --exclude-standard 'internal/*.go' | xargs -r grep -lE '\bgo func|\bsync\.|errgroup\.' |
	xargs -r -n 1 dirname | sort -u | sed 's#^#./#')
if [ -n "$racy" ]; then
	echo "--- go test -race $(echo $racy)"
	# shellcheck disable=SC2086 # one argument a package is what is wanted
	go test -short -race -timeout 20m $racy
fi

echo "--- go test ./..."
status=0
go test -v -timeout 20m ./... >"$log" 2>&1 || status=$?

if [ $status -ne 0 ]; then
	# All that the failing packages said; go test prints one package after another, each closed by its own line.
	awk '/^(ok|\?)\s/ { block = ""; next }
		/^\s*(=== (RUN|PAUSE|CONT|NAME)|--- (PASS|SKIP))/ { next }
		{ block = block $0 "\n" }
		/^FAIL\s/ { printf "%s", block; block = "" }
		END { printf "%s", block }' "$log"
fi

skipped=$(grep -cE '^\s*--- SKIP' "$log" || true)
ran=$(grep -cE '^\s*--- (PASS|FAIL)' "$log" || true)
if [ "$skipped" -gt 0 ]; then
	echo
	echo "skipped tests, with the reason:"
	grep -E -A 1 '^\s*--- SKIP' "$log" | grep -v '^--$'
fi
echo
echo "tests run: $ran (at least $least expected), skipped: $skipped; the whole log is in $log"
if [ "$ran" -lt "$least" ]; then
	echo "FAIL: fewer tests ran than exist; a package must have lost its tests"
	status=1
fi
grep -E '^(ok|FAIL|---|panic:|\?)\s' "$log" | grep -vE '^--- (PASS|SKIP)' || true
exit $status
