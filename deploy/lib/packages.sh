# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Installs missing Debian packages, and changes nothing if all are installed.

packages_of() { # FILE GROUP...
  local file=$1
  shift
  awk -v wanted=" $* " '!/^#/ && index(wanted, " " $1 " ") { print $2 }' "$file"
}

missing_packages() { # FILE GROUP...
  local package
  for package in $(packages_of "$@"); do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
  done
}

ensure_packages() { # FILE GROUP...
  command -v dpkg-query >/dev/null ||
    die "not a Debian system: install the packages of $1, then use --no-install"
  local missing as_root=() failed=0
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    say "all packages are installed"
    return 0
  fi
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  say "(Debian starts the services redis-server and postgresql; Trunkline does not use them)"
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      die "cannot install packages: neither root nor sudo; as root, run: apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq || warn "apt-get update failed; continuing with the existing package lists"
  local policy=
  if [[ " ${missing[*]} " == *" prometheus "* ]] && [[ ! -e /usr/sbin/policy-rc.d ]]; then
    policy=/usr/sbin/policy-rc.d
    # Only promtool is needed: the service of Prometheus would start to scrape.
    # shellcheck disable=SC2016 # the script that is written expands $1
    printf '#!/bin/sh\ncase $1 in prometheus*) exit 101 ;; esac\nexit 0\n' |
      "${as_root[@]}" install -m 755 /dev/stdin "$policy"
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" </dev/null || failed=1
  [[ -z $policy ]] || "${as_root[@]}" rm -f "$policy"
  if [[ -n $policy && -d /run/systemd/system ]]; then # nor at the next boot
    "${as_root[@]}" systemctl --quiet disable prometheus || true
  fi
  ((failed == 0)) || die "apt-get could not install: ${missing[*]}"
}
