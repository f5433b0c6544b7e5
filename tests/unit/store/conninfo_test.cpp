// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <cstdlib>

#include "common/postgres/postgres.hpp"

using namespace trunkline;

namespace {

struct clean_environment {
  clean_environment() {
    for (const char* name : {"PGOPTIONS", "PGAPPNAME", "PGCONNECT_TIMEOUT"}) ::unsetenv(name);
  }
  ~clean_environment() { ::unsetenv("PGOPTIONS"); }
};

std::string made_of(std::string_view user) {
  postgres::session session;
  session.application_name = "tester's";
  return postgres::conninfo(user, session);
}

constexpr auto timeouts =
    "-c lock_timeout=2000 -c statement_timeout=10000 -c idle_in_transaction_session_timeout=15000";

}  // namespace

TEST_CASE("an empty connection string leaves the server to libpq and sets our limits") {
  const clean_environment clean;
  CHECK(
      made_of("") ==
      "connect_timeout='3' application_name='tester\\'s' client_encoding='UTF8' "
      "keepalives='1' keepalives_idle='30' keepalives_interval='10' "
      "keepalives_count='3' tcp_user_timeout='5000' options='" +
          std::string(timeouts) + "'"
  );
}

TEST_CASE("a key=value string follows our settings, so that it wins") {
  const clean_environment clean;
  const auto made = made_of("host=db connect_timeout=9");
  CHECK(made.find("connect_timeout='3'") < made.find("host=db connect_timeout=9"));
}

TEST_CASE("options of a key=value string are kept and win") {
  const clean_environment clean;
  const auto made = made_of("host=db options = '-c lock_timeout=5 -c a=\\'b c\\'' user=u");
  CHECK(made.ends_with(" options='" + std::string(timeouts) + " -c lock_timeout=5 -c a=\\'b c\\''")
  );
}

TEST_CASE("options of the environment are kept") {
  const clean_environment clean;
  ::setenv("PGOPTIONS", "-c work_mem=8MB", 1);
  CHECK(made_of("host=db").ends_with(std::string(timeouts) + " -c work_mem=8MB'"));
  CHECK(made_of("options=-cx=1").ends_with(std::string(timeouts) + " -cx=1'"));
}

TEST_CASE("a URL keeps its parts, and its parameters win") {
  const clean_environment clean;
  const auto made =
      made_of("postgresql://u:p%40w@h:5/db?sslmode=require&options=-c%20lock_timeout%3D5");
  CHECK(made.starts_with("postgresql://u:p%40w@h:5/db?options=%2dc%20lock%5ftimeout%3d2000"));
  CHECK(made.find("lock%5ftimeout%3d5&connect_timeout=3&application_name=tester%27s") != made.npos);
  CHECK(made.ends_with("&sslmode=require"));
  CHECK(made_of("postgres://h").starts_with("postgres://h?options="));
}
