# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of the script that sources this file
# Processes of quickstart: in the background, each with a log, not reached by Ctrl-C of the terminal, and stopped in
# order by their recorded process ids. Needs $dir.

# A process id can be reused, so it is recorded with the start time of the process.
start_time() { # PID
  local stat fields
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }
  read -ra fields <<<"$stat"
  echo "${fields[19]}"
}

launch() { # NAME COMMAND...
  local name=$1
  shift
  # 9 is the lock on the folder: a process that outlives this script must not keep it.
  setsid "$@" </dev/null >>"$dir/log/$name.log" 2>&1 9>&- &
  printf '%s %s\n' "$!" "$(start_time "$!")" >"$dir/run/$name.pid"
}

pid_of() { # NAME
  local pid started
  read -r pid started 2>/dev/null <"$dir/run/$1.pid" || return 1
  [[ -n $started && $(start_time "$pid") == "$started" ]] || return 1
  echo "$pid"
}

log_tail() { # NAME
  tail -n 15 "$dir/log/$1.log" 2>/dev/null | sed "s/^/  $1: /" >&2
}

await() { # NAME SECONDS WHAT CONDITION...
  local name=$1 end=$((SECONDS + $2)) what=$3
  shift 3
  until "$@" >/dev/null 2>&1; do
    if ! pid_of "$name" >/dev/null; then
      log_tail "$name"
      die "$name exited at start; see $dir/log/$name.log"
    fi
    if ((SECONDS > end)); then
      log_tail "$name"
      die "timed out waiting for $what; see $dir/log/$name.log"
    fi
    sleep 0.1
  done
}

stop_process() { # NAME SIGNAL SECONDS
  local pid end=$((SECONDS + $3))
  if pid=$(pid_of "$1"); then
    kill "-$2" "$pid" 2>/dev/null
    while pid_of "$1" >/dev/null; do
      if ((SECONDS > end)); then
        warn "$1 did not stop within $3 s: killing it"
        kill -KILL "$pid" 2>/dev/null
        break
      fi
      sleep 0.05
    done
  fi
  rm -f "$dir/run/$1.pid"
}

# Stops in reverse order, so that nothing new is accepted and work in flight is finished.
stop_all() {
  local name
  for name in gateway worker-1 worker-2; do stop_process "$name" TERM 20; done
  stop_process redis TERM 20
  stop_process postgres INT 30
}

anything_runs() {
  local name
  for name in gateway worker-1 worker-2 redis postgres; do pid_of "$name" >/dev/null && return 0; done
  return 1
}

port_is_taken() { # PORT
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

require_free_port() { # PORT OPTION WHAT
  port_is_taken "$1" || return 0
  die "port $1 for $3 is in use: choose another with $2, or stop the program that uses it (ss -ltnp 'sport = :$1')"
}
