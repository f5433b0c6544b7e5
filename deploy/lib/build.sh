# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Building by CMake preset, with progress.

# One compiler process uses up to 1 GiB, so the number of jobs is limited by memory too.
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)
  ((memory < 1)) && memory=1
  echo $((cores < memory ? cores : memory))
}

build_preset() { # ROOT PRESET [TARGET...]
  local root=$1 preset=$2
  shift 2
  # CMake finds new source files automatically, so an existing build folder is not configured again.
  if [[ ! -f $root/build/$preset/build.ninja ]]; then
    local output
    output=$(cd "$root" && cmake --preset "$preset" 2>&1) || {
      printf '%s\n' "$output" >&2
      die "cmake --preset $preset failed"
    }
  fi
  (cd "$root" && cmake --build --preset "$preset" -j "$(build_jobs)" ${1:+--target "$@"}) ||
    die "the build of preset $preset failed"
}
