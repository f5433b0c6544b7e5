// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "parse/json_value.hpp"

namespace trunkline::parse {

// A JSON text under strict rules: RFC 8259 without extensions, no duplicate key in an object, at
// most max_json_depth levels (json_limits.hpp). Uses memory of the thread, so a thread must not
// have more than one document at a time.
class json_document {
 public:
  explicit json_document(std::string_view body);
  ~json_document();
  json_document(const json_document&) = delete;
  json_document& operator=(const json_document&) = delete;

  // Returns why the body was rejected, or "" if root() is valid.
  const std::string& problem() const { return problem_; }

  // True if PostgreSQL accepts the bytes as json and can read them back.
  bool is_json_text() const { return is_json_text_; }

  const json_value& root() const { return root_; }

 private:
  json_value root_;
  std::string problem_;
  bool is_json_text_ = false;
};

}  // namespace trunkline::parse
