// SPDX-License-Identifier: Apache-2.0
#include "common/log/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "common/text/utf8.hpp"

namespace trunkline {
namespace {

std::string_view name_of(log_level level) {
  constexpr std::string_view names[] = {"debug", "info", "warn", "error"};
  return names[static_cast<int>(level)];
}

std::string timestamp() {
  const auto now = std::chrono::system_clock::now();
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::string out(text, size);
  const std::string fraction = std::to_string(1000 + ms % 1000);
  return out + "." + fraction.substr(1) + "Z";
}

// Appends an escape such as \u001b. Control characters have one to three bytes.
void append_code_point(std::string& out, std::string_view sequence) {
  constexpr unsigned char lead_bits[] = {0x7f, 0x1f, 0x0f};
  unsigned code = static_cast<unsigned char>(sequence[0]) & lead_bits[sequence.size() - 1];
  for (const char c : sequence.substr(1))
    code = code << 6 | (static_cast<unsigned char>(c) & 0x3fU);
  char escape[8];
  std::snprintf(escape, sizeof escape, "\\u%04x", code & 0xffffU);
  out += escape;
}

// Escapes as in JSON, in both formats. Bytes that are not UTF-8 would make the JSON invalid.
void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto sequence = text.substr(0, length == 0 ? 1 : length);
    if (length == 0)
      out += "\\ufffd";
    else if (sequence == "\"" || sequence == "\\")
      (out += '\\') += sequence;
    else if (is_control(sequence))
      append_code_point(out, sequence);
    else
      out += sequence;
    text.remove_prefix(sequence.size());
  }
}

bool needs_quotes(std::string_view value) {
  if (value.empty()) return true;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || c == '"' || c == '\\' || c == '=') return true;
  }
  return false;
}

std::string text_line(
    log_level level, std::string_view source, std::string_view msg, log_fields fields
) {
  std::string line =
      timestamp() + " " + std::string(name_of(level)) + " " + std::string(source) + ": ";
  append_escaped(line, msg);
  for (const auto& field : fields) {
    line += " ";
    line += field.key;
    line += "=";
    const bool quotes = needs_quotes(field.value);
    if (quotes) line += '"';
    append_escaped(line, field.value);
    if (quotes) line += '"';
  }
  return line;
}

std::string json_line(
    log_level level, std::string_view source, std::string_view msg, log_fields fields
) {
  std::string line = "{\"ts\":\"" + timestamp() + "\",\"level\":\"" + std::string(name_of(level)) +
                     "\",\"msg\":\"";
  append_escaped(line, msg);
  line += "\",\"source\":\"";
  append_escaped(line, source);
  line += '"';
  for (const auto& field : fields) {
    line += ",\"";
    append_escaped(line, field.key);
    line += field.quoted ? "\":\"" : "\":";
    append_escaped(line, field.value);
    if (field.quoted) line += '"';
  }
  return line + "}";
}

}  // namespace

struct logger::shared {
  std::atomic<log_level> level;
  log_level configured;
  log_format format;
  line_sink sink;
};

logger::logger(std::string source, log_level level, log_format format)
    : logger(std::move(source), level, format, [] {
        auto out =
            std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        out->set_pattern("%v");
        out->set_level(spdlog::level::trace);
        return line_sink([out](log_level, std::string_view line) {
          out->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
        });
      }()) {}

logger::logger(std::string source, log_level level, log_format format, line_sink sink)
    : shared_(std::make_shared<shared>()), source_(std::move(source)) {
  shared_->level = level;
  shared_->configured = level;
  shared_->format = format;
  shared_->sink = std::move(sink);
}

logger logger::named(std::string source) const {
  logger other = *this;
  other.source_ = std::move(source);
  return other;
}

bool logger::debug_enabled() const {
  return shared_->level.load(std::memory_order_relaxed) == log_level::debug;
}

void logger::toggle_debug() const {
  // If debug is the configured level, switches between debug and info.
  const log_level other =
      shared_->configured == log_level::debug ? log_level::info : shared_->configured;
  shared_->level = debug_enabled() ? other : log_level::debug;
}

void logger::write(log_level level, std::string_view msg, log_fields fields) const {
  if (level < shared_->level.load(std::memory_order_relaxed)) return;
  const auto line = shared_->format == log_format::json ? json_line : text_line;
  shared_->sink(level, line(level, source_, msg, fields));
}

}  // namespace trunkline
