#!/usr/bin/env bash
# Style, mistakes, formatting, dependencies, known vulnerabilities. Tools are pinned and built into .cache/bin.
set -euo pipefail

golangci=v2.15.0
staticcheck=v0.8.2
govulncheck=v1.9.0

bin=$PWD/.cache/bin
mkdir -p "$bin"
failed=()

# tool NAME MODULE VERSION builds a tool once; its path carries the version, so that a new pin is a new file.
tool() {
	local path=$bin/$1-$3
	if [ ! -x "$path" ]; then
		GOFLAGS='' GOBIN=$bin go install "$2@$3" >"$bin/$1.log" 2>&1 || return 1
		mv "$bin/$1" "$path"
	fi
	echo "$path"
}

section() { printf '\n--- %s\n' "$1"; }

section "gofmt"
unformatted=$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 -r gofmt -l)
if [ -n "$unformatted" ]; then
	printf 'not formatted, run gofmt -w on:\n%s\n' "$unformatted"
	failed+=(gofmt)
fi

if linter=$(tool golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint "$golangci"); then
	section "golangci-lint $golangci"
	GOLANGCI_LINT_CACHE=$PWD/.cache/golangci "$linter" run --timeout 15m ./... || failed+=(golangci-lint)
else
	section "golangci-lint $golangci cannot be had here (see .cache/bin/golangci-lint.log); go vet and staticcheck instead"
	go vet ./... || failed+=("go vet")
	if linter=$(tool staticcheck honnef.co/go/tools/cmd/staticcheck "$staticcheck"); then
		"$linter" ./... || failed+=(staticcheck)
	else
		echo "notice: staticcheck $staticcheck cannot be had either; only go vet was run"
	fi
fi

section "go.mod"
if tidy=$(go mod tidy -diff 2>.cache/tidy.log); then
	echo "tidy"
elif [ -n "$tidy" ]; then
	echo "go mod tidy would change go.mod or go.sum, among others:"
	grep -E '^[+-][^+-]' <<<"$tidy" | head -n 20
	failed+=("go mod tidy")
else
	echo "notice: could not be checked: $(tail -n 1 .cache/tidy.log)"
fi

section "govulncheck $govulncheck"
reachable() { curl -fsS -m 10 -o /dev/null https://vuln.go.dev/index/db.json 2>/dev/null; }
if [ -z "${GOVULNDB:-}" ] && command -v curl >/dev/null && ! reachable; then
	echo "notice: vuln.go.dev cannot be reached from here; known vulnerabilities were not looked up"
elif linter=$(tool govulncheck golang.org/x/vuln/cmd/govulncheck "$govulncheck"); then
	status=0
	"$linter" ./... >.cache/govulncheck.log 2>&1 || status=$?
	case $status in
	0) echo "none found" ;;
	3) cat .cache/govulncheck.log && failed+=(govulncheck) ;; # 3: vulnerable code is called
	*) echo "notice: could not be checked: $(tail -n 1 .cache/govulncheck.log)" ;;
	esac
else
	echo "notice: govulncheck cannot be had here (see .cache/bin/govulncheck.log)"
fi

if [ ${#failed[@]} -gt 0 ]; then
	section "failed: ${failed[*]}"
	exit 1
fi
section "lint passed"
