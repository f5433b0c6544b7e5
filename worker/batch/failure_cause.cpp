// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/failure_cause.hpp"

namespace trunkline::worker {
namespace {

bool in_class(std::string_view sqlstate, std::string_view prefix) {
  return sqlstate.size() == 5 && sqlstate.starts_with(prefix);
}

failure_cause classify_state(std::string_view sqlstate) {
  if (in_class(sqlstate, "22") || in_class(sqlstate, "23")) return failure_cause::event;
  if (sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "55P03")
    return failure_cause::collision;
  // 26000: a prepared statement is missing, because a pooler assigned another client's session.
  // 53100: the disk is full. The small write of a probe may still succeed.
  if (in_class(sqlstate, "42") || sqlstate == "26000" || sqlstate == "53100")
    return failure_cause::schema_or_privileges;
  // The server announced the end of this session: an administrator or the statement caused it.
  if (in_class(sqlstate, "08") || sqlstate == "57P01" || sqlstate == "57P04" ||
      sqlstate == "57P05" || sqlstate == "25P03")
    return failure_cause::connection;
  // Another session crashed, the server is starting or stopping, or it became read-only. This
  // batch is not the cause.
  if (sqlstate == "57P02" || sqlstate == "57P03" || sqlstate == "25006")
    return failure_cause::server_unavailable;
  return failure_cause::unknown;
}

}  // namespace

failure_cause classify(const store::store_error& error) {
  switch (error.kind) {
    case store::store_error_kind::unreachable:
      return failure_cause::server_unavailable;
    case store::store_error_kind::schema:
      return failure_cause::schema_or_privileges;
    case store::store_error_kind::lost:
    case store::store_error_kind::in_doubt:
      return classify_state(error.sqlstate) == failure_cause::server_unavailable
                 ? failure_cause::server_unavailable
                 : failure_cause::connection;
    case store::store_error_kind::sql:
      return classify_state(error.sqlstate);
  }
  return failure_cause::unknown;
}

std::string_view to_string(failure_cause cause) {
  switch (cause) {
    case failure_cause::event:
      return "event";
    case failure_cause::collision:
      return "collision";
    case failure_cause::schema_or_privileges:
      return "schema or privileges";
    case failure_cause::connection:
      return "connection";
    case failure_cause::server_unavailable:
      return "server unavailable";
    case failure_cause::unknown:
      break;
  }
  return "unknown";
}

bool needs_probe(failure_cause cause) {
  return cause == failure_cause::connection || cause == failure_cause::server_unavailable ||
         cause == failure_cause::unknown;
}

}  // namespace trunkline::worker
