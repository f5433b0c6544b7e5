// SPDX-License-Identifier: Apache-2.0
#include "common/text/postgres_url.hpp"

#include <catch2/catch.hpp>

using trunkline::check_postgres_url;

TEST_CASE("PostgreSQL URLs that libpq accepts are accepted") {
  const char* const url = GENERATE(
      "", "host=h password=a@b/c", "postgresql://", "postgresql://h", "postgres://h:5432/db",
      "postgresql://u:p%40ss@h:5432/db?user=a@b", "postgresql://u@h1:1,h2:2,h3/db",
      "postgresql://u:p@[::1]:5432/db", "postgresql://%2Frun%2Fpostgresql/db",
      "postgresql:///db?host=/run/postgresql", "host = h  password = 'it\\'s a b'",
      "postgresql://h/db?options=-c lock_timeout=1s", "password=a\\ b dbname=''",
      "postgresql://h/db?sslmode=require&application_name=x"
  );
  CAPTURE(url);
  CHECK(check_postgres_url(url) == "");
}

TEST_CASE(
    "PostgreSQL URLs whose password would be read as host or port are rejected without showing it"
) {
  const char* const url = GENERATE(
      "postgresql://u:sec/ret@h:5432/db", "postgresql://u:sec@ret@h/db",
      "postgres://u:sec?ret@h/db", "postgresql://u:sec%zzret@h/db",
      "postgresql://u:sec%2"
      "@h/db",
      "postgres:/u:secret@h/db", "u:secret@h/db", "host=h password=a secret", "password='secret",
      "host=h Secret", "postgresql://u:secret@[::1/db", "postgresql://u:secret@[::1]x/db",
      "postgresql://u:secret@h/db?sslmode", "postgresql://u:secret@h/d%00b"
  );
  CAPTURE(url);
  const auto problem = check_postgres_url(url);
  CHECK(problem != "");
  CHECK(problem.find("sec") == std::string::npos);
}
