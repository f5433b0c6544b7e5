# SPDX-License-Identifier: Apache-2.0
# Building by CMake preset, with progress.

# A compiler of this code takes up to 1 GiB: fewer jobs where memory is short.
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
  # CMake looks for new source files by itself; configuring again would only cost time.
  if [[ ! -f $root/build/$preset/build.ninja ]]; then
    local said
    said=$(cd "$root" && cmake --preset "$preset" 2>&1) || {
      printf '%s\n' "$said" >&2
      die "cmake --preset $preset failed"
    }
  fi
  (cd "$root" && cmake --build --preset "$preset" -j "$(build_jobs)" ${1:+--target "$@"}) ||
    die "the build of preset $preset failed"
}
