#!/usr/bin/env bash
# Runs every test, says which were skipped and why, and fails when suspiciously few ran.
set -euo pipefail

# A suite can pass by not running. When tests are added, raise this to a little below what the run prints.
least=4000

mkdir -p .cache
log=.cache/test.log

# The race detector goes where goroutines share something of ours: the readers and the sample business by their own
# tests, the store's by some of theirs, and the way from file to picture by running the program from outside. The
# drawing of charts is left out: the JavaScript engine becomes ten times as slow. DuckDB's driver reads unaligned memory
# on purpose, which the pointer check that comes with the detector takes for a mistake.
race() { go test -race -gcflags=all=-d=checkptr=0 -short -timeout 20m "$@" || status=1; }
status=0
echo "--- go test -race: reading, the sample business, from file to picture"
race ./internal/record/importer/... ./internal/record/sample ./internal/record/fact ./internal/record/catalogue
race -run 'TestRunFollows|TestIDs|TestReturns|TestTheSame' ./internal/measure/mirror ./internal/intake
race -run 'TestScripts/(accounting|demo|lines|twins)$' ./internal/door/cli

echo "--- go test ./..."
failed=0
go test -v -timeout 20m ./... >"$log" 2>&1 || failed=1

if [ $failed -ne 0 ]; then
	status=1
	# All that the failing packages said; go test prints one package after another, each closed by its own line.
	awk '/^(ok|\?)[ \t]/ { block = ""; next }
		/^ *(=== (RUN|PAUSE|CONT|NAME)|--- (PASS|SKIP))/ { next }
		{ block = block $0 "\n" }
		/^FAIL[ \t]/ { printf "%s", block; block = "" }' "$log"
fi

skipped=$(grep -cE '^ *--- SKIP' "$log" || true)
ran=$(grep -cE '^ *--- (PASS|FAIL)' "$log" || true)
if [ "$skipped" -gt 0 ]; then
	echo
	echo "skipped tests, with the reason:"
	# What a test says last is why it skips, unless it says earlier that something is missing.
	awk '/^=== (RUN|CONT|NAME)/ { test = $3 }
		/^ +[a-z_]+\.go:[0-9]+: / && reason[test] !~ /missing/ { reason[test] = $0; sub(/^[^:]*:[0-9]+: /, "", reason[test]) }
		/^ *--- SKIP/ { print "  " $3 ": " reason[$3] }' "$log"
fi
echo
echo "tests run: $ran (at least $least expected), skipped: $skipped; the whole log is in $log"
if [ "$ran" -lt "$least" ]; then
	echo "FAIL: fewer tests ran than exist; a package must have lost its tests"
	status=1
fi
grep -E '^(ok|FAIL|panic:|\?|--- FAIL:)[[:space:]]' "$log" || true
exit $status
