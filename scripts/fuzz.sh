#!/usr/bin/env bash
# Runs every fuzz test for a while; what crashes one is kept in its package's testdata/fuzz and from then on is a test.
#
#   fuzz.sh TIME     (each, e.g. 30s)
set -euo pipefail

status=0
while IFS=: read -r file name; do
	echo "--- $name in $(dirname "$file")"
	go test -run '^$' -fuzz "^$name\$" -fuzztime "$1" "./$(dirname "$file")" || status=1
done < <(
	git ls-files -co --exclude-standard '*_test.go' | xargs -r grep -HoE '^func Fuzz[A-Za-z0-9_]+' | sed 's/:func /:/')
exit $status
