// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "common/metrics/histogram.hpp"

namespace trunkline::metrics {

using label = std::pair<std::string_view, std::string_view>;
using labels = std::initializer_list<label>;

inline constexpr const char* content_type = "text/plain; version=0.0.4; charset=utf-8";

// One response to a scrape in the text format of Prometheus. The samples of a family follow its
// heading.
class exposition {
 public:
  // type is "counter", "gauge" or "histogram".
  exposition& family(std::string_view name, std::string_view type, std::string_view help);
  exposition& sample(labels, std::int64_t value);
  exposition& sample(labels, double value);
  // Adds a histogram. scale converts its unit to the exposed one: 1e-6 for microseconds.
  exposition& sample(
      labels, std::span<const std::int64_t> bounds, const histogram_counts&, double scale
  );

  std::string str() && { return std::move(text_); }

 private:
  void line(std::string_view suffix, labels, label last, std::string_view value);
  std::string name_, text_;
};

// Adds trunkline_build_info{version} and the process_* metrics of this process.
void add_process(exposition&);

}  // namespace trunkline::metrics
