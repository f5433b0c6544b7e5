// SPDX-License-Identifier: Apache-2.0
#include "common/redis/handshake.hpp"

namespace trunkline::redis {

handshake::handshake(const endpoint& where, std::string_view client_name) {
  if (!where.user.empty()) {
    append_command(wire_, {"AUTH", where.user, where.password});
    steps_.push_back(step::auth);
  } else if (!where.password.empty()) {
    append_command(wire_, {"AUTH", where.password});
    steps_.push_back(step::auth);
  }
  if (where.database != 0) {
    append_command(wire_, {"SELECT", std::to_string(where.database)});
    steps_.push_back(step::select);
  }
  if (!client_name.empty()) {
    append_command(wire_, {"CLIENT", "SETNAME", client_name});
    steps_.push_back(step::name);
  }
  append_command(wire_, {"PING"});
  steps_.push_back(step::ping);
}

std::string handshake::on_reply(const reply& reply) {
  const auto current = steps_[replied_++];
  if (!reply.is_error()) return {};
  // The name is informative. MISCONF rejects PING, but reading and settling still work; NOPERM on
  // PING means a narrow ACL. Any other error would affect every command.
  if (current == step::name) return {};
  if (current == step::ping && (reply.error_code() == "MISCONF" || reply.error_code() == "NOPERM"))
    return {};
  return reply.text;
}

}  // namespace trunkline::redis
