# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Progress and errors of the shell scripts.

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
warn() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
  warn "$*"
  exit 1
}
wrong_usage() {
  warn "$*"
  printf "Try '%s --help'.\n" "${0##*/}" >&2
  exit 64
}
