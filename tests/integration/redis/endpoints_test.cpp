// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <string>

#include "servers.hpp"

using namespace std::chrono_literals;
using namespace trunkline;
using support::at;

namespace {

redis::connection_options options_for(const std::string& url) {
  redis::connection_options options;
  options.where = at(url);
  options.client_name = "endpoints-test";
  return options;
}

redis::client::result ping(const std::string& url) {
  redis::client client(options_for(url), support::silent());
  return client.execute({"PING"}, 3s);
}

// A self-signed certificate for localhost.
void make_certificate(const std::string& folder) {
  const auto command =
      "cd " + folder +
      " && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
      " -subj /CN=localhost -addext subjectAltName=DNS:localhost"
      " -keyout key.pem -out cert.pem 2>/dev/null";
  REQUIRE(std::system(command.c_str()) == 0);
}

}  // namespace

TEST_CASE("a client connects through a Unix socket, with a password and a database") {
  const support::folder home;
  const auto socket = home.path() + "/r.sock";
  const auto good = "unix://:s%40cret@" + socket + "?db=3";
  const support::redis_server server(
      {"--port", "0", "--unixsocket", socket, "--dir", home.path(), "--requirepass", "s@cret"},
      options_for(good)
  );
  redis::client client(options_for(good), support::silent());
  const auto info = client.execute({"CLIENT", "INFO"}, 2s).reply.text;
  CHECK(info.find(" name=endpoints-test ") != std::string::npos);
  CHECK(info.find(" db=3 ") != std::string::npos);

  const auto failed = ping("unix://:wrong@" + socket);
  CHECK(failed.why == redis::failure::not_connected);
  CHECK(failed.error().starts_with("WRONGPASS"));
  CHECK(ping("unix://" + socket).error().starts_with("NOAUTH"));
  CHECK(ping("unix://:s%40cret@" + socket + "?db=99").error().starts_with("ERR DB index"));
  CHECK(ping("unix://" + home.path() + "/none.sock").error() == "no such file or directory");

  REQUIRE(client.execute({"ACL", "SETUSER", "narrow", "on", ">pw", "-@all", "+echo"}, 2s).ok());
  redis::client narrow(options_for("unix://narrow:pw@" + socket), support::silent());
  CHECK(narrow.execute({"ECHO", "x"}, 2s).reply.text == "x");
}

TEST_CASE("TLS requires a valid certificate of the requested host") {
  const support::folder home;
  make_certificate(home.path());
  setenv("SSL_CERT_FILE", (home.path() + "/cert.pem").c_str(), 1);
  const auto port = std::to_string(support::free_port());
  const auto good = "rediss://localhost:" + port;
  const support::redis_server server(
      {"--port", "0", "--tls-port", port, "--bind", "127.0.0.1", "--dir", home.path(),
       "--tls-cert-file", home.path() + "/cert.pem", "--tls-key-file", home.path() + "/key.pem",
       "--tls-auth-clients", "no"},
      options_for(good)
  );
  redis::client client(options_for(good), support::silent());
  const std::string large(3 << 20, 'x');
  CHECK(client.execute({"ECHO", large}, 5s).reply.text == large);

  CHECK(
      ping("rediss://127.0.0.1:" + port).error().find("certificate verify failed") !=
      std::string::npos
  );
  CHECK(ping("redis://localhost:" + port).why == redis::failure::not_connected);
  setenv("SSL_CERT_FILE", "/dev/null", 1);
  CHECK(ping(good).error().find("certificate verify failed") != std::string::npos);
  unsetenv("SSL_CERT_FILE");
}

TEST_CASE("connecting to a silent server fails at the connect timeout") {
  const support::mute_server server;
  const auto scheme = GENERATE(as<std::string>{}, "redis", "rediss");
  auto options = options_for(scheme + "://127.0.0.1:" + std::to_string(server.port()));
  options.connect_timeout = 150ms;
  redis::client client(options, support::silent());
  const auto start = std::chrono::steady_clock::now();
  const auto result = client.execute({"PING"}, 5s);
  CHECK(std::chrono::steady_clock::now() - start < 1s);
  CHECK(result.why == redis::failure::not_connected);
  CHECK(result.error() == "no connection within 150 ms");
}
