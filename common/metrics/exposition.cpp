// SPDX-License-Identifier: Apache-2.0
#include "common/metrics/exposition.hpp"

#include <charconv>

namespace trunkline::metrics {
namespace {

template <class Number>
std::string text_of(Number value) {
  char out[64];
  const auto end = std::to_chars(out, out + sizeof out, value).ptr;
  return {out, end};
}

void append_label(std::string& out, const label& one) {
  if (out.back() != '{') out += ',';
  out.append(one.first).append("=\"");
  for (const char c : one.second) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  out += '"';
}

}  // namespace

exposition& exposition::family(
    std::string_view name, std::string_view type, std::string_view help
) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help);
  text_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
  return *this;
}

void exposition::line(std::string_view suffix, labels all, label last, std::string_view value) {
  text_.append(name_).append(suffix);
  if (all.size() > 0 || !last.first.empty()) {
    text_ += '{';
    for (const auto& one : all) append_label(text_, one);
    if (!last.first.empty()) append_label(text_, last);
    text_ += '}';
  }
  text_.append(" ").append(value).append("\n");
}

exposition& exposition::sample(labels all, std::int64_t value) {
  line("", all, {}, text_of(value));
  return *this;
}

exposition& exposition::sample(labels all, double value) {
  line("", all, {}, text_of(value));
  return *this;
}

exposition& exposition::sample(
    labels all, std::span<const std::int64_t> bounds, const histogram_counts& counts, double scale
) {
  std::int64_t so_far = 0;
  for (std::size_t i = 0; i < counts.buckets.size(); ++i) {
    so_far += counts.buckets[i];
    const auto bound = i < bounds.size() ? text_of(static_cast<double>(bounds[i]) * scale) : "+Inf";
    line("_bucket", all, {"le", bound}, text_of(so_far));
  }
  line("_sum", all, {}, text_of(static_cast<double>(counts.sum) * scale));
  line("_count", all, {}, text_of(so_far));
  return *this;
}

}  // namespace trunkline::metrics
