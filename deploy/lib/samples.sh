# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of the script that sources this file
# Sends the sample deliveries of quickstart, waits for them, shows and checks their rows. Needs $root, $dir and the
# environment of $dir/env.

samples=$root/deploy/samples

# Scheme by folder: hex for the events of OpenPhone's integration guide, legacy for v2 to v4, standard for
# 2026-03-30. `trunkline send` waits for each row and prints its state.
send_samples() {
  local scheme
  for scheme in hex legacy standard; do
    say "signed with the $scheme scheme:"
    (cd "$samples" && "$bin/trunkline" send "$scheme"/*.json --scheme "$scheme") || return 1
  done
}

rows_of_samples() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$samples/rows.sql"; }

show_conversations() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$samples/conversations.sql"; }

# Compares every column of every row of the samples with a reviewed text.
check_rows() {
  rows_of_samples >"$dir/rows.actual" || return 1
  if diff -u --label "deploy/samples/rows.expected" --label "the database" "$samples/rows.expected" \
    "$dir/rows.actual"; then
    say "all $(grep -c '^# ' "$samples/rows.expected") rows are correct"
  else
    warn "rows differ from deploy/samples/rows.expected (lines above)"
    return 1
  fi
}
