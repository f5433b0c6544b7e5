// SPDX-License-Identifier: Apache-2.0
#include "gateway/redis_health.hpp"

namespace trunkline::gateway {
namespace {

constexpr std::chrono::seconds append_trouble_lasts{2};

}  // namespace

outcome outcome_of_error(std::string_view code) {
  if (code == "OOM") return outcome::oom;
  if (code == "MISCONF") return outcome::misconf;
  if (code == "LOADING") return outcome::loading;
  if (code == "READONLY") return outcome::readonly;
  if (code == "NOAUTH" || code == "NOPERM" || code == "WRONGPASS") return outcome::noauth;
  return outcome::redis_error;
}

outcome outcome_of(redis::failure why) {
  switch (why) {
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

redis_trouble trouble_watch::on_append_refused(const redis::reply& answer, time_point now) {
  append_until_ = now + append_trouble_lasts;
  append_ = {
      outcome_of_error(answer.error_code()),
      answer.is_error() ? answer.text : "unexpected reply to XADD"};
  return *append_;
}

void trouble_watch::on_ping(const redis::reply& answer) {
  ping_.reset();
  // Not allowed to ask: says nothing of what a delivery would get.
  if (!answer.is_error() || answer.error_code() == "NOPERM") return;
  ping_ = {outcome_of_error(answer.error_code()), answer.text};
}

void trouble_watch::on_replication(const redis::reply& info) {
  replica_.reset();
  if (!info.is_string()) return;
  const std::string_view text = info.text;
  if (text.find("\nrole:slave\r") == std::string_view::npos) return;
  if (text.find("\nslave_read_only:1\r") == std::string_view::npos) return;
  replica_ = {outcome::readonly, "this server is a read-only replica"};
}

std::optional<redis_trouble> trouble_watch::at(time_point now) const {
  return append_ && now < append_until_ ? append_ : seen();
}

}  // namespace trunkline::gateway
