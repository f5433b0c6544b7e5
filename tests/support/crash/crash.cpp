// SPDX-License-Identifier: Apache-2.0
// Aborts the process as soon as it is about to execute a statement with TEST_CRASH_MARKER in a
// parameter: an event that takes its worker down, as a bug of ours would. TEST_CRASH_STATEMENT
// names the one prepared statement to look at. Bodies of many events travel in one parameter, so it
// crashes with its companions in hand. With TEST_CRASH_HANGS it stands still for good instead.
#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string_view>

extern "C" void* PQexecPrepared(
    void* connection, const char* name, int count, const char* const* values, const int* lengths,
    const int* formats, int result_format
) {
  using execute = decltype(&PQexecPrepared);
  static const auto real = reinterpret_cast<execute>(dlsym(RTLD_NEXT, "PQexecPrepared"));
  const char* marker = std::getenv("TEST_CRASH_MARKER");
  const char* statement = std::getenv("TEST_CRASH_STATEMENT");
  if (marker && name && (!statement || std::strcmp(name, statement) == 0))
    for (int i = 0; i < count; ++i) {
      if (!values[i]) continue;
      const bool binary = formats && formats[i] != 0;
      const std::string_view value(
          values[i], binary ? static_cast<std::size_t>(lengths[i]) : std::strlen(values[i])
      );
      if (value.find(marker) == value.npos) continue;
      if (!std::getenv("TEST_CRASH_HANGS")) std::abort();
      for (;;) ::pause();
    }
  return real(connection, name, count, values, lengths, formats, result_format);
}
