// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>

#include "common/redis/url.hpp"

using trunkline::redis::endpoint;
using trunkline::redis::parse_url;

namespace {

// Returns all members of an endpoint in one line.
std::string print(const endpoint& e) {
  const auto via = e.via == endpoint::transport::tcp   ? "tcp"
                   : e.via == endpoint::transport::tls ? "tls"
                                                       : "unix";
  return std::string(via) + " " + e.describe() + " user=" + e.user + " password=" + e.password;
}

}  // namespace

TEST_CASE("a valid URL yields an endpoint") {
  const auto [url, printed] = GENERATE(table<std::string, std::string>({
      {"redis://", "tcp 127.0.0.1:6379/0 user= password="},
      {"redis:///3", "tcp 127.0.0.1:6379/3 user= password="},
      {"redis://localhost", "tcp localhost:6379/0 user= password="},
      {"redis://redis.example:7000", "tcp redis.example:7000/0 user= password="},
      {"redis://h/", "tcp h:6379/0 user= password="},
      {"redis://h:1/15", "tcp h:1/15 user= password="},
      {"redis://h:65535", "tcp h:65535/0 user= password="},
      {"redis://[::1]", "tcp [::1]:6379/0 user= password="},
      {"redis://[::1]:7000/2", "tcp [::1]:7000/2 user= password="},
      {"redis://:secret@h", "tcp h:6379/0 user= password=secret"},
      {"redis://worker@h", "tcp h:6379/0 user=worker password="},
      {"redis://worker:se:cret@h:1/2", "tcp h:1/2 user=worker password=se:cret"},
      {"redis://:p@ss@h", "tcp h:6379/0 user= password=p@ss"},
      {"redis://w%3Ar:p%40s%2fs%25@h", "tcp h:6379/0 user=w:r password=p@s/s%"},
      {"rediss://u:p@h:6380/1", "tls h:6380/1 user=u password=p"},
      {"rediss://h", "tls h:6379/0 user= password="},
      {"unix:///run/redis.sock", "unix /run/redis.sock/0 user= password="},
      {"unix:///run/redis.sock?db=4", "unix /run/redis.sock/4 user= password="},
      {"unix://:p@/run/a%20b%3F.sock?db=1", "unix /run/a b?.sock/1 user= password=p"},
      {"unix://u:p@/tmp/x@y", "unix /tmp/x@y/0 user=u password=p"},
  }));
  CAPTURE(url);
  endpoint parsed;
  CHECK(parse_url(url, parsed).empty());
  CHECK(print(parsed) == printed);
}

TEST_CASE("an invalid URL yields a reason that does not quote it, and no endpoint") {
  const auto [url, problem] = GENERATE(table<std::string, std::string>({
      {"", "must be redis://, rediss:// or unix://"},
      {"127.0.0.1:6379", "must be redis://, rediss:// or unix://"},
      {"http://hunter2@h", "must be redis://, rediss:// or unix://"},
      {"redis:/h", "must be redis://, rediss:// or unix://"},
      {"redis://:hunter2%@h", "the user or password has an invalid %-escape"},
      {"redis://:hunter2%zz@h", "the user or password has an invalid %-escape"},
      {"redis://:hunter2/x@h", "the port must be 1 to 65535"},
      {"redis://h:", "the port must be 1 to 65535"},
      {"redis://h:0", "the port must be 1 to 65535"},
      {"redis://h:65536", "the port must be 1 to 65535"},
      {"redis://h:-1", "the port must be 1 to 65535"},
      {"redis://h:12x", "the port must be 1 to 65535"},
      {"redis://::1", "the port must be 1 to 65535"},
      {"redis://[::1", "an IPv6 address needs its closing bracket"},
      {"redis://[::1]6379", "only :port may follow the IPv6 address"},
      {"redis://[]", "the host is empty"},
      {"redis://a b", "the host has an invalid character"},
      {"redis://h/x", "the database must be a whole number from 0"},
      {"redis://h/-1", "the database must be a whole number from 0"},
      {"redis://h/1/2", "the database must be a whole number from 0"},
      {"redis://h/1?db=2", "the database must be a whole number from 0"},
      {"redis://h/99999999999999999999", "the database must be a whole number from 0"},
      {"unix://", "unix:// requires an absolute path: unix:///run/redis.sock"},
      {"unix://run", "unix:// requires an absolute path: unix:///run/redis.sock"},
      {"unix://run/redis.sock", "unix:// has no host: unix:///run/redis.sock"},
      {"unix:///", "the path is not a path of a file"},
      {"unix:///a%00b", "the path is not a path of a file"},
      {"unix:///a%2", "the path has an invalid %-escape"},
      {"unix:///" + std::string(107, 'x'), "the path is longer than 107 bytes"},
      {"unix:///a?x=1", "the only parameter is db=N"},
      {"unix:///a?db=x", "the database must be a whole number from 0"},
  }));
  CAPTURE(url);
  endpoint parsed;
  parsed.host = "untouched";
  const auto reason = parse_url(url, parsed);
  CHECK(reason == problem);
  CHECK(reason.find("hunter2") == std::string::npos);
  CHECK(parsed.host == "untouched");
}
