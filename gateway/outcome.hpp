// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <string_view>

// The outcomes of a request, with one word each for logs, metrics and `trunkline queue`.
// outcome_responses.hpp maps them to HTTP responses.
namespace trunkline::gateway {

enum class outcome {
  accepted,
  // Rejected because of the signature.
  missing,
  malformed,
  stale,
  mismatch,
  duplicate_header,
  no_key,
  // Rejected because of the request.
  path,
  method,
  type,
  no_length,
  too_large,
  header_too_large,
  too_slow,
  framing,
  expectation,
  // Rejected by the queue: Redis is unreachable or returned an error.
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
  // Rejected by the gateway to protect Redis or durability.
  shedding,
  weak_durability,
};

struct outcome_row {
  outcome value;
  std::string_view name;
};

// In the order of the enum.
inline constexpr std::array outcome_rows = {
    outcome_row{outcome::accepted, "accepted"},
    outcome_row{outcome::missing, "missing"},
    outcome_row{outcome::malformed, "malformed"},
    outcome_row{outcome::stale, "stale"},
    outcome_row{outcome::mismatch, "mismatch"},
    outcome_row{outcome::duplicate_header, "doubled"},
    outcome_row{outcome::no_key, "no_key"},
    outcome_row{outcome::path, "path"},
    outcome_row{outcome::method, "method"},
    outcome_row{outcome::type, "type"},
    outcome_row{outcome::no_length, "no_length"},
    outcome_row{outcome::too_large, "too_large"},
    outcome_row{outcome::header_too_large, "header_too_large"},
    outcome_row{outcome::too_slow, "too_slow"},
    outcome_row{outcome::framing, "framing"},
    outcome_row{outcome::expectation, "expectation"},
    outcome_row{outcome::not_connected, "not_connected"},
    outcome_row{outcome::overloaded, "overloaded"},
    outcome_row{outcome::lost, "lost"},
    outcome_row{outcome::timed_out, "timed_out"},
    outcome_row{outcome::oom, "oom"},
    outcome_row{outcome::misconf, "misconf"},
    outcome_row{outcome::loading, "loading"},
    outcome_row{outcome::readonly, "readonly"},
    outcome_row{outcome::noauth, "noauth"},
    outcome_row{outcome::redis_error, "redis_error"},
    outcome_row{outcome::shedding, "shedding"},
    outcome_row{outcome::weak_durability, "weak_durability"},
};
inline constexpr std::size_t outcome_count = outcome_rows.size();

constexpr std::size_t index_of(outcome value) {
  return static_cast<std::size_t>(value);
}
constexpr std::string_view to_string(outcome value) {
  return outcome_rows[index_of(value)].name;
}

static_assert([] {
  for (std::size_t i = 0; i < outcome_count; ++i)
    if (index_of(outcome_rows[i].value) != i) return false;
  return index_of(outcome::weak_durability) + 1 == outcome_count;
}());

}  // namespace trunkline::gateway
