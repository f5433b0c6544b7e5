// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

#include "common/metrics/exposition.hpp"
#include "common/process/version.hpp"

namespace trunkline::metrics {
namespace {

double seconds(clockid_t which) {
  timespec at{};
  ::clock_gettime(which, &at);
  return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) / 1e9;
}

// Computed once, so that a later change of the clock has no effect. A hardened unit cannot read the
// boot time in /proc/stat, so it is derived from the clocks.
double start_time() {
  static const double at = [] {
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    std::istringstream fields(line.substr(line.rfind(')') + 2));
    std::string field;
    for (int i = 3; i <= 22; ++i) fields >> field;
    const double since_boot =
        std::strtod(field.c_str(), nullptr) / static_cast<double>(::sysconf(_SC_CLK_TCK));
    return seconds(CLOCK_REALTIME) - seconds(CLOCK_BOOTTIME) + since_boot;
  }();
  return at;
}

struct memory {
  std::int64_t size = 0, resident = 0;  // bytes
};

memory memory_now() {
  std::ifstream file("/proc/self/statm");
  memory pages;
  file >> pages.size >> pages.resident;
  const auto page = ::sysconf(_SC_PAGESIZE);
  return {pages.size * page, pages.resident * page};
}

// Excludes the descriptor that reads the folder.
std::int64_t open_descriptors() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (!folder) return 0;
  std::int64_t n = -1;
  while (const dirent* entry = ::readdir(folder)) n += entry->d_name[0] != '.';
  ::closedir(folder);
  return n;
}

}  // namespace

void add_process(exposition& out) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto used = memory_now();
  out.family("trunkline_build_info", "gauge", "Always 1; the version is its label.")
      .sample({{"version", TRUNKLINE_VERSION}}, std::int64_t{1})
      .family("process_cpu_seconds_total", "counter", "User and system time spent.")
      .sample({}, seconds(CLOCK_PROCESS_CPUTIME_ID))
      .family("process_resident_memory_bytes", "gauge", "Resident memory.")
      .sample({}, used.resident)
      .family("process_virtual_memory_bytes", "gauge", "Address space in use.")
      .sample({}, used.size)
      .family("process_open_fds", "gauge", "Open file descriptors.")
      .sample({}, open_descriptors())
      .family("process_max_fds", "gauge", "Maximum number of open file descriptors.")
      .sample({}, static_cast<double>(limit.rlim_cur))
      .family("process_start_time_seconds", "gauge", "Unix time of the start.")
      .sample({}, start_time());
}

}  // namespace trunkline::metrics
