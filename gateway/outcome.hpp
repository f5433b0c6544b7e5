// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <string_view>

// What can become of a request: one word each for logs, figures and `trunkline queue`, and the
// answer it gets. This table and answers.cpp are all that decides a status code.
namespace trunkline::gateway {

enum class answer {
  accepted,            // 200
  bad_request,         // 400
  forbidden,           // 403
  not_found,           // 404
  method_not_allowed,  // 405
  too_slow,            // 408
  no_length,           // 411
  too_large,           // 413
  unsupported_type,    // 415
  expectation_failed,  // 417
  header_too_large,    // 431
  unavailable,         // 503
};

enum class outcome {
  accepted,
  // the signature
  missing,
  malformed,
  stale,
  mismatch,
  doubled,
  no_key,
  // the request
  path,
  method,
  type,
  no_length,
  too_large,
  header_too_large,
  too_slow,
  framing,
  expectation,
  // the queue: Redis is away, or answers with an error
  not_connected,
  overloaded,
  lost,
  timed_out,
  oom,
  misconf,
  loading,
  readonly,
  noauth,
  redis_error,
  // our own choice not to take it
  shedding,
  weak_durability,
};

struct outcome_row {
  outcome what;
  std::string_view name;
  answer given;
};

inline constexpr std::array outcome_rows = {
    outcome_row{outcome::accepted, "accepted", answer::accepted},
    outcome_row{outcome::missing, "missing", answer::forbidden},
    outcome_row{outcome::malformed, "malformed", answer::forbidden},
    outcome_row{outcome::stale, "stale", answer::forbidden},
    outcome_row{outcome::mismatch, "mismatch", answer::forbidden},
    outcome_row{outcome::doubled, "doubled", answer::forbidden},
    outcome_row{outcome::no_key, "no_key", answer::forbidden},
    outcome_row{outcome::path, "path", answer::not_found},
    outcome_row{outcome::method, "method", answer::method_not_allowed},
    outcome_row{outcome::type, "type", answer::unsupported_type},
    outcome_row{outcome::no_length, "no_length", answer::no_length},
    outcome_row{outcome::too_large, "too_large", answer::too_large},
    outcome_row{outcome::header_too_large, "header_too_large", answer::header_too_large},
    outcome_row{outcome::too_slow, "too_slow", answer::too_slow},
    outcome_row{outcome::framing, "framing", answer::bad_request},
    outcome_row{outcome::expectation, "expectation", answer::expectation_failed},
    outcome_row{outcome::not_connected, "not_connected", answer::unavailable},
    outcome_row{outcome::overloaded, "overloaded", answer::unavailable},
    outcome_row{outcome::lost, "lost", answer::unavailable},
    outcome_row{outcome::timed_out, "timed_out", answer::unavailable},
    outcome_row{outcome::oom, "oom", answer::unavailable},
    outcome_row{outcome::misconf, "misconf", answer::unavailable},
    outcome_row{outcome::loading, "loading", answer::unavailable},
    outcome_row{outcome::readonly, "readonly", answer::unavailable},
    outcome_row{outcome::noauth, "noauth", answer::unavailable},
    outcome_row{outcome::redis_error, "redis_error", answer::unavailable},
    outcome_row{outcome::shedding, "shedding", answer::unavailable},
    outcome_row{outcome::weak_durability, "weak_durability", answer::unavailable},
};
inline constexpr std::size_t outcome_count = outcome_rows.size();

constexpr std::size_t index_of(outcome what) {
  return static_cast<std::size_t>(what);
}
constexpr std::string_view to_string(outcome what) {
  return outcome_rows[index_of(what)].name;
}
constexpr answer answer_to(outcome what) {
  return outcome_rows[index_of(what)].given;
}

static_assert([] {
  for (std::size_t i = 0; i < outcome_count; ++i)
    if (index_of(outcome_rows[i].what) != i) return false;
  return index_of(outcome::weak_durability) + 1 == outcome_count;
}());

}  // namespace trunkline::gateway
