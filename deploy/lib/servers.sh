# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of the script that sources this file
# The private Redis and PostgreSQL of quickstart. Needs $root, $dir and the ports.

# Prints the password of a user, which is created at first use.
password_of() { # redis-USER | postgres (the superuser) | postgres-ROLE
  [[ -s $dir/$1-password ]] || openssl rand -hex 24 >"$dir/$1-password"
  cat "$dir/$1-password"
}

redis_pings() {
  [[ $(REDISCLI_AUTH=$(password_of redis-admin) redis-cli --user trunkline-admin -h 127.0.0.1 -p "$redis_port" \
    ping 2>/dev/null) == PONG ]]
}

write_redis_users() {
  local user users
  users=$(<"$root/deploy/redis-users.conf")
  for user in gateway worker operator admin; do
    users=${users//>$user-password/>$(password_of "redis-$user")}
  done
  printf '%s\n' "$users" >"$dir/redis-users.conf"
}

start_redis() {
  mkdir -p "$dir/redis"
  write_redis_users
  cat >"$dir/redis.conf" <<CONF
include "$root/deploy/redis.conf"
include "$dir/redis-users.conf"
bind 127.0.0.1
port $redis_port
dir "$dir/redis"
CONF
  launch redis redis-server "$dir/redis.conf"
  await redis 60 "Redis" redis_pings
}

# PostgreSQL does not run as root. Root runs it as the user that Debian's package created.
as_postgres() {
  if ((EUID == 0)); then
    setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
  else
    "$@"
  fi
}

postgres_bin() {
  local newest
  newest=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
  [[ -n $newest ]] || die "no PostgreSQL in /usr/lib/postgresql: install the package postgresql"
  echo "$newest"
}

postgres_folder() { readlink -f "$dir/postgres"; }

# Below a home directory that only root may enter, the user postgres cannot reach the folder. The cluster is then in
# /var/lib, and the folder is a link to it.
place_postgres_folder() {
  [[ -e $dir/postgres ]] && return 0
  mkdir -p "$dir/postgres"
  ((EUID == 0)) || return 0
  chown postgres: "$dir/postgres"
  as_postgres test -x "$dir/postgres" && return 0
  rmdir "$dir/postgres"
  local elsewhere
  elsewhere=/var/lib/trunkline-quickstart-$(printf %s "$dir" | sha256sum | cut -c1-8)
  mkdir -p "$elsewhere"
  chown postgres: "$elsewhere"
  ln -s "$elsewhere" "$dir/postgres"
  say "the user postgres cannot enter $dir: the database is in $elsewhere"
}

create_cluster() {
  password_of postgres >/dev/null
  # A copy that initdb can read, which runs as another user. It is removed afterwards.
  local folder copy log=$dir/log/initdb.log
  folder=$(postgres_folder)
  copy=$folder/password.tmp
  rm -rf "$folder/data.new" # left by an interrupted run
  install -m 600 "$dir/postgres-password" "$copy"
  ((EUID == 0)) && chown postgres: "$copy"
  # The user postgres may not enter the working directory.
  (cd / && as_postgres "$(postgres_bin)/initdb" -D "$folder/data.new" -U trunkline --pwfile="$copy" \
    -A scram-sha-256 -E UTF8 --locale=C.UTF-8) >"$log" 2>&1 || {
    rm -f "$copy"
    tail -n 15 "$log" >&2
    die "initdb failed; see $log"
  }
  rm -f "$copy"
  mv "$folder/data.new" "$folder/data"
}

start_postgres() {
  place_postgres_folder
  [[ -f $dir/postgres/data/PG_VERSION ]] || create_cluster
  local bin as=()
  bin=$(postgres_bin)
  ((EUID == 0)) && as=(setpriv --reuid=postgres --regid=postgres --init-groups --)
  # The shell only changes the directory; exec keeps the recorded process id.
  launch postgres "${as[@]}" sh -c 'cd / && exec "$@"' sh "$bin/postgres" -D "$(postgres_folder)/data" \
    -c listen_addresses=127.0.0.1 -c port="$postgres_port" -c unix_socket_directories= \
    -c max_connections=60 -c timezone=UTC -c log_min_messages=warning
  await postgres 60 "PostgreSQL" "$bin/pg_isready" -q -h 127.0.0.1 -p "$postgres_port"
  local exists
  exists=$(psql -X -q -A -t "$(superuser_url postgres)" -c "select 1 from pg_database where datname = 'trunkline'") ||
    die "cannot log in to PostgreSQL; see $dir/log/postgres.log"
  [[ $exists == 1 ]] || psql -X -q "$(superuser_url postgres)" -c 'create database trunkline' ||
    die "cannot create the database"
}

# Creates the roles and grants rights on the existing tables; run again after a migration.
grant_roles() {
  {
    cat "$root/schema/roles.sql"
    local role
    for role in owner worker readonly; do
      echo "alter role trunkline_$role password '$(password_of "postgres-$role")';"
    done
  } | psql -X -q -v ON_ERROR_STOP=1 "$(superuser_url trunkline)" >/dev/null
}

redis_url() { # USER
  echo "redis://trunkline-$1:$(password_of "redis-$1")@127.0.0.1:$redis_port/0"
}
database_url() { # ROLE
  echo "postgresql://trunkline_$1:$(password_of "postgres-$1")@127.0.0.1:$postgres_port/trunkline"
}
superuser_url() { # DATABASE
  echo "postgresql://trunkline:$(password_of postgres)@127.0.0.1:$postgres_port/$1"
}
