#!/usr/bin/env bash
# Sees to it that what a target needs is there.
#
#   needs.sh build|web|test
#
# Debian packages are installed where this user may (root, or sudo without a password). Where not, the script says
# exactly what is missing and the command that brings it, and fails: a test suite must not pass by not running.
set -euo pipefail

missing=()  # sentences about what no package can mend
packages=() # Debian packages to install
faster=()   # Debian packages that are no need, and spare time

have() { command -v "$1" >/dev/null 2>&1; }

# older A B: version A is older than version B.
older() { [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

need_go() {
	# Any Go since 1.21 fetches the exact one that go.mod names.
	if ! have go; then
		missing+=("Go is missing: unpack it from https://go.dev/dl/ to /usr/local and put /usr/local/go/bin on the PATH.")
	fi
	# DuckDB is a static C++ library: cgo needs a C compiler, and its linker needs libstdc++.
	have "${CC:-gcc}" || packages+=(gcc)
	have "${CXX:-g++}" || packages+=(g++)
}

need_node() {
	local found
	if ! have node || ! have npm; then
		missing+=("Node.js 20 or newer with npm is missing: see https://nodejs.org/en/download (Debian 13 has it as the packages nodejs and npm).")
		return
	fi
	found=$(node --version)
	if older "${found#v}" 20; then
		missing+=("Node.js $found is too old to bundle the charts: version 20 or newer is needed, see https://nodejs.org/en/download.")
	fi
}

need_browser() {
	have chromium || have chromium-browser || have google-chrome || packages+=(chromium)
	# Without the windows around the pages it starts in a tenth of the time.
	have chromium-headless-shell || faster+=(chromium-headless-shell)
	# Without a font that has them, Chinese signs are drawn as boxes, and the check for that would fail.
	if ! have fc-list || [ -z "$(fc-list ':lang=zh' 2>/dev/null | head -n 1)" ]; then
		packages+=(fontconfig fonts-noto-cjk)
	fi
}

# Debian's package makes a cluster and starts it when it is installed; the tests start their own, and no other is wanted.
no_system_cluster() {
	local settings=/etc/postgresql-common/createcluster.conf
	[ -e "$settings" ] && return
	"$@" mkdir -p "${settings%/*}"
	printf 'create_main_cluster = false\n' | "$@" tee "$settings" >/dev/null
}

need_postgres() {
	[ -n "${REGULARS_TEST_POSTGRES:-}" ] && return
	have initdb && return
	# Debian keeps the binaries of each version apart, and none of them on the PATH.
	local found newest=0
	for found in /usr/lib/postgresql/*/bin/initdb; do
		[ -x "$found" ] || continue
		found=${found#/usr/lib/postgresql/}
		found=${found%%/*}
		[ "$found" -gt "$newest" ] && newest=$found
	done
	[ "$newest" -ge 15 ] || packages+=(postgresql)
}

# Counts what a write forces to disk.
need_strace() { have strace || packages+=(strace); }

sudo=()

# may_install tells whether this user installs packages, and sets sudo to what stands before the commands.
may_install() {
	[ "$(id -u)" -eq 0 ] && return
	have sudo && sudo -n true 2>/dev/null && sudo=(sudo -n)
}

# get LOG PACKAGE...: a list of packages from last month names files that are gone, so update first. Both may meet another apt.
get() {
	local log=$1
	shift
	echo "installing: $*"
	"${sudo[@]}" apt-get -o DPkg::Lock::Timeout=300 update >"$log" 2>&1 &&
		"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
			install -y --no-install-recommends "$@" >>"$log" 2>&1 </dev/null
}

install_packages() {
	[ ${#packages[@]} -gt 0 ] || return 0
	local command="apt-get install -y --no-install-recommends ${packages[*]}" log
	if ! have apt-get; then
		missing+=("Missing: ${packages[*]} (names of Debian packages; this system has no apt-get). Install what corresponds to them here.")
		return
	fi
	if ! may_install; then
		missing+=("Missing Debian packages: ${packages[*]}. As root, run:  apt-get update && $command")
		return
	fi
	case " ${packages[*]} " in *" postgresql "*) no_system_cluster "${sudo[@]}" ;; esac
	log=$(mktemp)
	if ! get "$log" "${packages[@]}"; then
		tail -n 15 "$log" >&2
		missing+=("Could not install ${packages[*]} (the last lines of apt-get are above). Once the cause is mended, run as root:  apt-get update && $command")
	fi
	rm -f "$log"
}

install_faster() {
	[ ${#faster[@]} -gt 0 ] && have apt-get && may_install || return 0
	# Where apt has lists, and the package is in none of them, there is no use in asking again each time.
	if ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 && [ -z "$(apt-cache madison "${faster[@]}")" ]; then return; fi
	get /dev/null "${faster[@]}" || echo "without ${faster[*]} it takes longer"
}

case "${1:-}" in
build) need_go ;;
web) need_node ;;
test) need_go && need_node && need_browser && need_postgres && need_strace ;;
*) echo "usage: needs.sh build|web|test" >&2 && exit 2 ;;
esac
install_packages
install_faster
if [ ${#missing[@]} -gt 0 ]; then
	printf '%s\n' "${missing[@]}" >&2
	exit 1
fi
