// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/redis/reply.hpp"
#include "common/redis/url.hpp"

namespace trunkline::redis {

// What is said first on a connection: AUTH, SELECT, CLIENT SETNAME as far as needed, and PING,
// since a Redis that is loading its data answers the others and refuses only real commands.
class handshake {
 public:
  handshake(const endpoint&, std::string_view client_name);

  const std::string& wire() const { return wire_; }
  // For each reply in turn. Empty, or why the server is of no use to us.
  std::string on_reply(const reply&);
  bool complete() const { return answered_ == steps_.size(); }

 private:
  enum class step { auth, select, name, ping };
  std::string wire_;
  std::vector<step> steps_;
  std::size_t answered_ = 0;
};

}  // namespace trunkline::redis
