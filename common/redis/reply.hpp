// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::redis {

// A decoded RESP2 reply.
struct reply {
  enum class kind { nil, integer, status, error, string, array };
  kind type = kind::nil;
  std::int64_t integer = 0;
  // Text of a status, an error or a string.
  std::string text;
  // Elements of an array.
  std::vector<reply> elements;

  bool is_error() const { return type == kind::error; }
  bool is_nil() const { return type == kind::nil; }
  bool is_string() const { return type == kind::string || type == kind::status; }
  bool is_array() const { return type == kind::array; }
  // Returns the first word of an error ("OOM", "MISCONF", "LOADING", ...), otherwise an empty view.
  std::string_view error_code() const;
};

// Appends one command in wire form (a RESP array of bulk strings); binary-safe.
void append_command(std::string& out, std::initializer_list<std::string_view> args);
void append_command(std::string& out, const std::vector<std::string>& args);

// Decodes a byte stream into replies with the reader of hiredis. Not thread-safe.
class reply_reader {
 public:
  reply_reader();
  ~reply_reader();
  reply_reader(const reply_reader&) = delete;
  reply_reader& operator=(const reply_reader&) = delete;

  void feed(std::string_view bytes);
  // Sets out to the next reply and returns true. Returns false if more bytes are needed or the
  // stream is broken.
  bool next(reply& out);
  // Returns true after a protocol error; the connection must be closed.
  bool broken() const;

 private:
  struct impl;
  impl* impl_;
};

}  // namespace trunkline::redis
