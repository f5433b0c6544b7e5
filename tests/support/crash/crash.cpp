// SPDX-License-Identifier: Apache-2.0
// Aborts the process before it executes a statement with TEST_CRASH_MARKER in a parameter, like an
// event that triggers a bug in the worker. TEST_CRASH_STATEMENT limits this to one prepared
// statement. One parameter has the bodies of many events, so the other events of the batch are in
// flight too. With TEST_CRASH_HANGS the process blocks indefinitely instead.
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
