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

std::string handshake::on_reply(const reply& answer) {
  const auto asked = steps_[answered_++];
  if (!answer.is_error()) return {};
  // A name is for people only. MISCONF refuses PING, but reading and settling go on; NOPERM on PING
  // is a narrow ACL. What else keeps PING from its answer keeps every command from it.
  if (asked == step::name) return {};
  if (asked == step::ping && (answer.error_code() == "MISCONF" || answer.error_code() == "NOPERM"))
    return {};
  return answer.text;
}

}  // namespace trunkline::redis
