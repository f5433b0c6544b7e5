// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "parse/json_value.hpp"

// Bytes to a tree under our own strict rules: RFC 8259 and nothing more, no key twice in one
// object, at most max_depth levels. The memory is the thread's and used again: at most one document
// is alive on a thread at a time.
namespace trunkline::parse {

class json_document {
 public:
  explicit json_document(std::string_view body);
  ~json_document();
  json_document(const json_document&) = delete;
  json_document& operator=(const json_document&) = delete;

  const std::string& problem() const { return problem_; }  // "" if root() is there
  // Postgres takes the bytes as json, and can read them back later.
  bool is_json_text() const { return is_json_text_; }
  const json_value& root() const { return root_; }

 private:
  json_value root_;
  std::string problem_;
  bool is_json_text_ = false;
};

}  // namespace trunkline::parse
