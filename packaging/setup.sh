#!/bin/bash
# Provides what `npm run lab`, `npm test` and benchmarks need and do not find: packages from npm
# and from Debian, and the compiled program. Says nothing and is done at once where
# nothing is missing; then it needs neither a network nor the right to write.
#
#     packaging/setup.sh lab|test|bench
set -eu

purpose=${1:-}
case $purpose in
  lab) debian_packages='iproute2 nginx-light procps psmisc util-linux' ;;
  test)
    debian_packages='iproute2 nginx-light procps psmisc util-linux keepalived nftables tcpdump
      iputils-ping frr'
    ;;
  bench) debian_packages='iproute2 iperf3 nftables procps util-linux' ;;
  *)
    echo 'usage: packaging/setup.sh lab|test|bench' >&2
    exit 2
    ;;
esac

cd "$(dirname "$0")/.."
# Where Debian keeps ip, nginx and keepalived; not on the path of an ordinary user.
PATH=$PATH:/usr/sbin:/sbin

say() { echo "setup: $*" >&2; }

check_node() {
  if ! command -v node >/dev/null; then
    say 'Node.js is missing. Baton needs version 20.19 or later.'
    exit 1
  fi
  if ! node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
      process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'; then
    say "Node.js $(node --version) is too old. Baton needs version 20.19 or later."
    exit 1
  fi
}

install_npm_packages() {
  # npm writes this file at the end of each installation.
  local installed=node_modules/.package-lock.json
  if [ -e "$installed" ] && ! [ package-lock.json -nt "$installed" ]; then return; fi
  if [ -e "$installed" ] && ! [ -w node_modules ]; then
    say 'package-lock.json is newer than node_modules, which is not writable: used as it is.'
    return
  fi
  say 'installing npm packages'
  npm ci --no-audit --no-fund
}

# `npm test` compiles by itself, so that an error of the compiler is one of its results.
build() {
  local built=dist/built
  if [ -e "$built" ] && [ -z "$(find src package.json tsconfig.json tsconfig.build.json \
    package-lock.json -newer "$built" -print -quit)" ]; then return; fi
  if [ -e "$built" ] && ! [ -w dist ]; then
    say 'the sources are newer than dist, which is not writable: used as it is.'
    return
  fi
  local began
  began=$(date +%s)
  npm run --silent build
  # What was written while the compiler ran is newer than this.
  touch --date "@$began" "$built"
}

# The program by which a Debian package is known to be there, whoever installed it.
program_of() {
  case $1 in
    iproute2) echo ip ;;
    nginx-light) echo nginx ;;
    procps) echo ps ;;
    psmisc) echo killall ;;
    util-linux) echo nsenter ;;
    nftables) echo nft ;;
    iputils-ping) echo ping ;;
    # Its daemons are on nobody's path, its shell is.
    frr) echo vtysh ;;
    *) echo "$1" ;;
  esac
}

missing_debian_packages() {
  local package
  for package in $debian_packages; do
    command -v "$(program_of "$package")" >/dev/null || echo "$package"
  done
}

# Runs apt-get where no service can be started by it: in a mount namespace of its own,
# in which the two programs that packages start services with do nothing. However
# it ends, nothing of that is left behind.
# shellcheck disable=SC2016
quiet_apt_get() {
  DEBIAN_FRONTEND=noninteractive unshare --mount sh -euc '
    for starter in /usr/sbin/invoke-rc.d /usr/bin/deb-systemd-invoke; do
      if [ -e "$starter" ]; then mount --bind /bin/true "$starter"; fi
    done
    exec apt-get "$@"' sh -y -qq -o DPkg::Lock::Timeout=60 "$@" </dev/null >&2
}

install_debian_packages() {
  local missing=$1 unit
  say "installing Debian packages: $missing"
  # A machine with old or no package lists needs them first.
  # shellcheck disable=SC2086
  quiet_apt_get install --no-install-recommends $missing 2>/dev/null ||
    { quiet_apt_get update && quiet_apt_get install --no-install-recommends $missing; } ||
    return 1
  # Nor shall they be started when the machine is.
  if [ -d /run/systemd/system ]; then
    for unit in nginx keepalived frr; do
      case " $missing " in
        *" $unit"*) systemctl --quiet disable "$unit" || true ;;
      esac
    done
  fi
}

provide_debian_packages() {
  local missing
  missing=$(missing_debian_packages | tr '\n' ' ')
  missing=${missing% }
  if [ -z "$missing" ]; then return; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    if install_debian_packages "$missing"; then return; fi
  fi
  say "missing: $missing. What needs them is left out. To install them, as root:"
  say "  apt-get install --no-install-recommends $missing"
}

check_node
install_npm_packages
provide_debian_packages
if [ "$purpose" = lab ]; then build; fi
