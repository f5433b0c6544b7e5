// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace trunkline::store {

// The rows that a statement returned. Views are valid as long as the object.
class rows {
 public:
  struct impl;
  explicit rows(std::shared_ptr<const impl> content) : content_(std::move(content)) {}
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  bool is_null(std::size_t row, int column) const;
  // Returns "" if the column is null.
  std::string_view text(std::size_t row, int column) const;
  std::int64_t number(std::size_t row, int column) const;
  std::optional<std::int64_t> optional_number(std::size_t row, int column) const;
  std::optional<std::string> optional_text(std::size_t row, int column) const;

 private:
  std::shared_ptr<const impl> content_;
};

}  // namespace trunkline::store
