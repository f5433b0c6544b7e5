// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Writes one line per record to standard error, as text or as JSON. A logger is passed as a value;
// copies share level, format and sink. Control characters of values are escaped in both formats, so
// a value cannot start a line. Thread-safe. Stable keys: ts level msg source delivery_id entry_id
// attempt errc ms.
namespace trunkline {

enum class log_level { debug, info, warn, error };
enum class log_format { text, json };

struct log_field {
  std::string_view key;
  std::string value;
  // False for a number, which has no quotes in JSON.
  bool quoted = true;
  log_field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  log_field(std::string_view k, std::string_view v) : key(k), value(v) {}
  log_field(std::string_view k, const char* v) : key(k), value(v) {}
  template <class Integer>
  requires std::is_integral_v<Integer> log_field(std::string_view k, Integer v)
      : key(k), value(std::to_string(v)), quoted(false) {}
};
using log_fields = std::initializer_list<log_field>;

class logger {
 public:
  using line_sink = std::function<void(log_level, std::string_view line)>;

  // source is the component, for example "gateway" or "worker.store".
  logger(std::string source, log_level level, log_format format);
  // For tests: writes every line to sink instead of standard error.
  logger(std::string source, log_level level, log_format format, line_sink sink);

  // Returns a logger of another source that shares sink and level.
  logger named(std::string source) const;
  bool debug_enabled() const;
  // Switches between debug and the configured level, as SIGUSR1 does.
  void toggle_debug() const;

  void debug(std::string_view msg, log_fields fields = {}) const {
    write(log_level::debug, msg, fields);
  }
  void info(std::string_view msg, log_fields fields = {}) const {
    write(log_level::info, msg, fields);
  }
  void warn(std::string_view msg, log_fields fields = {}) const {
    write(log_level::warn, msg, fields);
  }
  void error(std::string_view msg, log_fields fields = {}) const {
    write(log_level::error, msg, fields);
  }

 private:
  struct shared;
  void write(log_level level, std::string_view msg, log_fields fields) const;
  std::shared_ptr<shared> shared_;
  std::string source_;
};

}  // namespace trunkline
