// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/redis/reply.hpp"
#include "common/redis/url.hpp"

namespace trunkline::redis {

// The first commands of a connection: AUTH, SELECT and CLIENT SETNAME as needed, and PING, because
// a Redis that loads its data accepts the others and rejects ordinary commands only.
class handshake {
 public:
  handshake(const endpoint&, std::string_view client_name);

  const std::string& wire() const { return wire_; }
  // Evaluates the replies in order. Returns an error if the server cannot be used, otherwise an
  // empty string.
  std::string on_reply(const reply&);
  bool complete() const { return replied_ == steps_.size(); }

 private:
  enum class step { auth, select, name, ping };
  std::string wire_;
  std::vector<step> steps_;
  std::size_t replied_ = 0;
};

}  // namespace trunkline::redis
