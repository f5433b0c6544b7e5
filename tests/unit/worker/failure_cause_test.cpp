// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <sstream>

#include "worker/batch/failure_policy.hpp"

using namespace trunkline;
using namespace trunkline::worker;

namespace {

// Every SQLSTATE of PostgreSQL 15, by its failure cause.
const struct {
  failure_cause cause;
  const char* states;
} all_states[] = {
    {failure_cause::event,
     "22000 2202E 22021 22008 22012 22005 2200B 22022 22015 2201E 22014 22016 2201F 2201G "
     "22018 22007 22019 2200D 22025 22P06 22010 22023 22013 2201B 2201W 2201X 2202H 2202G "
     "22009 2200C 2200G 22004 22002 22003 2200H 22026 22001 22011 22027 22024 2200F 22P01 "
     "22P02 22P03 22P04 22P05 2200L 2200M 2200N 2200S 2200T 22030 22031 22032 22033 22034 "
     "22035 22036 22037 22038 22039 2203A 2203B 2203C 2203D 2203E 2203F 2203G 23000 23001 "
     "23502 23503 23505 23514 23P01 "},
    {failure_cause::collision, "40001 40P01 55P03 "},
    {failure_cause::schema_or_privileges,
     "53100 42000 42601 42501 42846 42803 42P20 42P19 42830 42602 42622 42939 42804 42P18 42P21 "
     "26000 42P22 42809 428C9 42703 42883 42P01 42P02 42704 42701 42P03 42P04 42723 42P05 42P06 "
     "42P07 42712 42710 42702 42725 42P08 42P09 42P10 42611 42P11 42P12 42P13 42P14 42P15 "
     "42P16 42P17 "},
    {failure_cause::connection,
     "08000 08003 08006 08001 08004 08007 08P01 25P03 57P01 57P04 57P05 "},
    {failure_cause::server_unavailable, "25006 57P02 57P03 "},
    {failure_cause::unknown,
     "00000 01000 0100C 01008 01003 01007 01006 01004 01P01 02000 02001 03000 09000 0A000 "
     "0B000 0F000 0F001 0L000 0LP01 0P000 0Z000 0Z002 20000 21000 24000 25000 25001 25002 "
     "25008 25003 25004 25005 25007 25P01 25P02 27000 28000 28P01 2B000 2BP01 "
     "2D000 2F000 2F005 2F002 2F003 2F004 34000 38000 38001 38002 38003 38004 39000 39001 "
     "39004 39P01 39P02 39P03 3B000 3B001 3D000 3F000 40000 40002 40003 44000 53000 "
     "53200 53300 53400 54000 54001 54011 54023 55000 55006 55P02 55P04 57000 57014 58000 "
     "58030 58P01 58P02 72000 F0000 F0001 HV000 HV005 HV002 HV010 HV021 HV024 HV007 HV008 "
     "HV004 HV006 HV091 HV00B HV00C HV00D HV090 HV00A HV009 HV014 HV001 HV00P HV00J HV00K "
     "HV00Q HV00R HV00L HV00M HV00N P0000 P0001 P0002 P0003 P0004 XX000 XX001 XX002 "},
};

failure_cause of(const std::string& state) {
  return classify({store::store_error_kind::sql, state, "rejected"});
}

}  // namespace

TEST_CASE("Every SQLSTATE of PostgreSQL 15 has a failure cause") {
  int seen = 0;
  for (const auto& [cause, states] : all_states) {
    std::istringstream in(states);
    for (std::string state; in >> state; ++seen) {
      INFO(state);
      CHECK(to_string(of(state)) == to_string(cause));
    }
  }
  CHECK(seen == 260);
}

TEST_CASE("An unknown SQLSTATE is left to the probe") {
  for (const auto* state : {"", "2", "22", "220000", "ZZZZZ", "4200"})
    CHECK(of(state) == failure_cause::unknown);
}

TEST_CASE("Errors without a SQLSTATE have a failure cause") {
  CHECK(
      classify({store::store_error_kind::unreachable, "", "connection refused"}) ==
      failure_cause::server_unavailable
  );
  CHECK(
      classify({store::store_error_kind::schema, "", "schema 3 is newer than this program"}) ==
      failure_cause::schema_or_privileges
  );
  CHECK(
      classify({store::store_error_kind::lost, "", "server closed the connection"}) ==
      failure_cause::connection
  );
  CHECK(
      classify({store::store_error_kind::in_doubt, "", "lost during COMMIT"}) ==
      failure_cause::connection
  );
  // Another session crashed the server. This batch is not the cause.
  CHECK(
      classify({store::store_error_kind::lost, "57P02", "terminating connection"}) ==
      failure_cause::server_unavailable
  );
  CHECK(
      classify({store::store_error_kind::in_doubt, "57P01", "terminating connection"}) ==
      failure_cause::connection
  );
}

TEST_CASE("Only causes that a probe decides need one") {
  CHECK(needs_probe(failure_cause::unknown));
  CHECK(needs_probe(failure_cause::connection));
  CHECK(needs_probe(failure_cause::server_unavailable));
  CHECK_FALSE(needs_probe(failure_cause::event));
  CHECK_FALSE(needs_probe(failure_cause::collision));
  CHECK_FALSE(needs_probe(failure_cause::schema_or_privileges));
}

TEST_CASE("The next step follows from cause, probe and attempt history") {
  struct row {
    failure_cause cause;
    bool probe_passed;
    attempt_history seen;  // entries, halved, collisions, losses
    next_step expected;
  };
  const auto r = GENERATE(
      // An event is isolated and counted without a probe.
      row{failure_cause::event, false, {500, false, 0, 0}, next_step::halve},
      row{failure_cause::event, false, {2, true, 0, 0}, next_step::halve},
      row{failure_cause::event, false, {1, false, 0, 0}, next_step::record_failure},
      // After five collisions a batch is halved, and a single event is released uncounted.
      row{failure_cause::collision, false, {500, false, 1, 0}, next_step::retry_after_jitter},
      row{failure_cause::collision, false, {500, false, 4, 0}, next_step::retry_after_jitter},
      row{failure_cause::collision, false, {500, false, 5, 0}, next_step::halve},
      row{failure_cause::collision, false, {250, true, 1, 0}, next_step::halve},
      row{failure_cause::collision, false, {1, true, 1, 0}, next_step::release},
      row{failure_cause::collision, false, {1, false, 4, 0}, next_step::retry_after_jitter},
      row{failure_cause::collision, false, {1, false, 5, 0}, next_step::release},
      // A migration or a grant is missing.
      row{failure_cause::schema_or_privileges,
          true,
          {500, false, 0, 0},
          next_step::wait_for_server},
      row{failure_cause::schema_or_privileges, true, {1, true, 0, 0}, next_step::wait_for_server},
      // The probe decides.
      row{failure_cause::unknown, false, {500, false, 0, 0}, next_step::wait_for_server},
      row{failure_cause::unknown, false, {1, true, 0, 0}, next_step::wait_for_server},
      row{failure_cause::unknown, true, {500, false, 0, 0}, next_step::halve},
      row{failure_cause::unknown, true, {1, true, 0, 0}, next_step::record_failure},
      row{failure_cause::server_unavailable, false, {1, false, 0, 0}, next_step::wait_for_server},
      row{failure_cause::server_unavailable, true, {1, false, 0, 9}, next_step::retry_now},
      // Two connections lost with passing probes isolate the event.
      row{failure_cause::connection, false, {500, false, 0, 9}, next_step::wait_for_server},
      row{failure_cause::connection, true, {500, false, 0, 1}, next_step::retry_now},
      row{failure_cause::connection, true, {500, false, 0, 2}, next_step::halve},
      row{failure_cause::connection, true, {250, true, 0, 1}, next_step::halve},
      row{failure_cause::connection, true, {1, true, 0, 1}, next_step::retry_now},
      row{failure_cause::connection, true, {1, true, 0, 2}, next_step::record_failure}
  );
  INFO(
      to_string(r.cause) << ", probe " << r.probe_passed << ", entries " << r.seen.entries
                         << ", collisions " << r.seen.collisions << ", losses " << r.seen.losses
  );
  CHECK(to_string(decide(r.cause, r.probe_passed, r.seen)) == to_string(r.expected));
}
