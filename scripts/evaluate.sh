#!/usr/bin/env bash
# The tasks with published figures, on the large real data sets: what is reached, and beside it the figures of others and
# those to reach. Needs the data that CONTRIBUTING.md names; what is missing is said.
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
go test -count=1 -v -run 'TestOnlineRetail|TestCDNOW$|TestCDNOWHoldout|TestTelco|TestNext|TestHillstrom' ./internal/understand/... >"$log" 2>&1
status=$?
sed -n 's/^.*EVALUATE //p; s/^.*\(without [^ ]* (set REGULARS\)/\1/p' "$log" | sort
if [ $status -ne 0 ]; then
	grep -E '^ *(--- FAIL|.*_test\.go:[0-9]+: )' "$log" | grep -v EVALUATE
	echo "not every figure was reached"
fi
exit $status
