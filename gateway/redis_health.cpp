// SPDX-License-Identifier: Apache-2.0
#include "gateway/redis_health.hpp"

namespace trunkline::gateway {
namespace {

constexpr std::chrono::seconds append_problem_lifetime{2};

}  // namespace

outcome outcome_of_error(std::string_view code) {
  if (code == "OOM") return outcome::oom;
  if (code == "MISCONF") return outcome::misconf;
  if (code == "LOADING") return outcome::loading;
  if (code == "READONLY") return outcome::readonly;
  if (code == "NOAUTH" || code == "NOPERM" || code == "WRONGPASS") return outcome::noauth;
  return outcome::redis_error;
}

outcome outcome_of(redis::failure failure) {
  switch (failure) {
    case redis::failure::none:
      return outcome::accepted;
    case redis::failure::not_connected:
      return outcome::not_connected;
    case redis::failure::overloaded:
      return outcome::overloaded;
    case redis::failure::lost:
      return outcome::lost;
    case redis::failure::timed_out:
      break;
  }
  return outcome::timed_out;
}

redis_problem health_monitor::on_append_rejected(const redis::reply& reply, time_point now) {
  append_until_ = now + append_problem_lifetime;
  append_ = {
      outcome_of_error(reply.error_code()),
      reply.is_error() ? reply.text : "unexpected reply to XADD"};
  return *append_;
}

void health_monitor::on_ping(const redis::reply& reply) {
  ping_.reset();
  // Without the right to PING, its reply predicts nothing about a delivery.
  if (!reply.is_error() || reply.error_code() == "NOPERM") return;
  ping_ = {outcome_of_error(reply.error_code()), reply.text};
}

void health_monitor::on_replication(const redis::reply& info) {
  replica_.reset();
  if (!info.is_string()) return;
  const std::string_view text = info.text;
  if (text.find("\nrole:slave\r") == std::string_view::npos) return;
  if (text.find("\nslave_read_only:1\r") == std::string_view::npos) return;
  replica_ = {outcome::readonly, "this server is a read-only replica"};
}

std::optional<redis_problem> health_monitor::at(time_point now) const {
  return append_ && now < append_until_ ? append_ : observed();
}

}  // namespace trunkline::gateway
