# SPDX-License-Identifier: Apache-2.0
# The private Redis and PostgreSQL of quickstart. Needs $root, $dir and the ports.

# One for each user of each server, made at first use.
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
  await redis 60 "Redis' first answer" redis_pings
}

# PostgreSQL refuses to run as root: then it runs as the user that Debian's package made.
as_postgres() {
  if ((EUID == 0)); then
    setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
  else
    "$@"
  fi
}

postgres_bin() {
  local newest
  newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  [[ -n $newest ]] || die "PostgreSQL's programs are not in /usr/lib/postgresql: is the package postgresql installed?"
  echo "$newest"
}

postgres_folder() { readlink -f "$dir/postgres"; }

# Below a home that only root may enter, the user postgres can't reach the folder: then the cluster
# lies in /var/lib and a link points there.
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
  say "the user postgres may not enter $dir: its data is in $elsewhere"
}

create_cluster() {
  password_of postgres >/dev/null
  # A readable copy for initdb, which runs as another user, and only as long as it runs.
  local folder copy log=$dir/log/initdb.log
  folder=$(postgres_folder)
  copy=$folder/password.tmp
  rm -rf "$folder/data.new" # of a run that was ended in the midst of it
  install -m 600 "$dir/postgres-password" "$copy"
  ((EUID == 0)) && chown postgres: "$copy"
  # As the user postgres it must stand where it may: not in our working folder.
  (cd / && as_postgres "$(postgres_bin)/initdb" -D "$folder/data.new" -U trunkline --pwfile="$copy" \
    -A scram-sha-256 -E UTF8 --locale=C.UTF-8) >"$log" 2>&1 || {
    rm -f "$copy"
    tail -n 15 "$log" >&2
    die "initdb failed; its log is $log"
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
  # The shell only changes the folder; exec keeps the number that is recorded.
  launch postgres "${as[@]}" sh -c 'cd / && exec "$@"' sh "$bin/postgres" -D "$(postgres_folder)/data" \
    -c listen_addresses=127.0.0.1 -c port="$postgres_port" -c unix_socket_directories= \
    -c max_connections=60 -c timezone=UTC -c log_min_messages=warning
  await postgres 60 "PostgreSQL's first answer" "$bin/pg_isready" -q -h 127.0.0.1 -p "$postgres_port"
  local exists
  exists=$(psql -X -q -A -t "$(superuser_url postgres)" -c "select 1 from pg_database where datname = 'trunkline'") ||
    die "PostgreSQL refuses us; its log is $dir/log/postgres.log"
  [[ $exists == 1 ]] || psql -X -q "$(superuser_url postgres)" -c 'create database trunkline' ||
    die "the database could not be created"
}

# Roles, and what each may do with the tables that are there; again after a migration.
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
