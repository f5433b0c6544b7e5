# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of the script that sources this file
# Keys, schema, gateway and workers of quickstart. Needs $root, $dir, $bin and the ports.

make_keys() {
  [[ -s $dir/keys ]] && return 0
  # The first key is for the hex and the legacy scheme, the second for Standard Webhooks.
  {
    echo "# Signing keys of the gateway, one per line. Add the provider's, then: kill -HUP <gateway>"
    openssl rand -base64 32
    echo "whsec_$(openssl rand -base64 32)"
  } >"$dir/keys"
}

first_key() { grep -v '^#' "$dir/keys" | head -n 1; }

# Writes the file to source in another terminal, so that no program needs options. The role is the owner, because
# `trunkline send` removes its rows again.
write_env() {
  cat >"$dir/env" <<ENV
# Source this file: it sets the variables that the programs, psql and the curl example use.
export PATH="$bin:\$PATH"
export SIGNING_KEY='$(first_key)'
export REDIS_URL='$(redis_url operator)'
export DATABASE_URL='$(database_url owner)'
export TRUNKLINE_SIGNING_KEYS_FILE='$dir/keys'
export TRUNKLINE_URL='$(webhook_url)'
export TRUNKLINE_CONFIG='$dir/trunkline.toml'
ENV
}

webhook_url() { echo "http://127.0.0.1:$port/api/webhooks/openphone"; }

# Removes settings of the caller's shell and of /etc/trunkline, which belong to another installation.
enter_environment() {
  local name
  for name in $(compgen -e | grep -E '^(TRUNKLINE_|PG|OPENPHONE_)'); do unset "$name"; done
  [[ -e $dir/trunkline.toml ]] || echo "# options of the programs of this quickstart" >"$dir/trunkline.toml"
  # shellcheck source=/dev/null
  source "$dir/env"
}

apply_schema() {
  grant_roles && "$bin/trunkline" migrate && grant_roles
}

ready() { curl -fsS --noproxy '*' -m 2 "http://127.0.0.1:$1/readyz"; }

# Each program has its own user with minimal rights. The gateway has no login for PostgreSQL.
launch_worker() { # NAME OPS_PORT
  REDIS_URL=$(redis_url worker) DATABASE_URL=$(database_url worker) TRUNKLINE_SIGNING_KEYS_FILE='' SIGNING_KEY='' \
    launch "$1" "$bin/trunkline-worker" --ops-listen "127.0.0.1:$2"
}

start_pipeline() {
  REDIS_URL=$(redis_url gateway) DATABASE_URL='' \
    launch gateway "$bin/trunkline-gateway" --listen "127.0.0.1:$port" --ops-listen "127.0.0.1:$ops_port" \
    --signing-keys-file "$dir/keys" --drain-delay 0s
  launch_worker worker-1 $((ops_port + 1))
  launch_worker worker-2 $((ops_port + 2))
  await gateway 20 "the gateway's readiness" ready "$ops_port"
  await worker-1 20 "the first worker's readiness" ready $((ops_port + 1))
  await worker-2 20 "the second worker's readiness" ready $((ops_port + 2))
}
