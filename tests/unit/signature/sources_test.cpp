// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string_view>

#include "common/signature/key_sources.hpp"

using namespace trunkline::signature;

namespace {

// A temporary keys file.
class keys_file {
 public:
  explicit keys_file(std::string_view text, mode_t mode = 0600) {
    const int file = ::mkstemp(path_.data());
    REQUIRE(file >= 0);
    REQUIRE(::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    REQUIRE(::fchmod(file, mode) == 0);
    ::close(file);
  }
  ~keys_file() { ::unlink(path_.c_str()); }
  keys_file(const keys_file&) = delete;
  keys_file& operator=(const keys_file&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/trunkline-keys-XXXXXX";
};

key_sources sources(std::vector<std::string> texts, const std::string& file = "") {
  return {"--signing-key", std::move(texts), file};
}

}  // namespace

TEST_CASE("signing keys come from all sources, texts first, repetitions once", "[A13]") {
  const keys_file file("# two\r\n\r\n  hex:four  \r\nhex:one\nhex:five");
  const auto keys = load_keys(sources({"hex:one\n# comment\n\nhex:two", "hex:three"}, file.path()));
  CHECK(keys.problems.empty());
  CHECK(keys.ring.size() == 5);
  CHECK(
      keys.texts ==
      std::vector<std::string>{"hex:one", "hex:two", "hex:three", "hex:four", "hex:five"}
  );
}

TEST_CASE(
    "all problems are reported with the position and source of the key, never with its text",
    "[A13]"
) {
  const keys_file file("hex:fine\nlegacy:%%%\nwhsec_%%%\n");
  const auto bad = load_keys(sources({"hex:one", "whsec_%%%"}, file.path()));
  REQUIRE(bad.problems.size() == 3);
  CHECK(bad.problems[0] == "key 2 of --signing-key: the text after whsec_ is not base64");
  CHECK(bad.problems[1].rfind("key 2 of " + file.path() + ": ", 0) == 0);
  CHECK(bad.problems[2].rfind("key 3 of " + file.path() + ": ", 0) == 0);
  for (const auto& problem : bad.problems) CHECK(problem.find("%%%") == std::string::npos);

  CHECK(check_key_texts(sources({"hex:one", "whsec_%%%"}, file.path())) == bad.problems[0]);
  CHECK(
      check_key_file(sources({"whsec_%%%"}, file.path())) ==
      bad.problems[1] + "\n" + bad.problems[2]
  );
}

TEST_CASE("a file that cannot be a keys file is rejected", "[A13]") {
  CHECK(
      load_keys(sources({}, "/nonexistent")).problems ==
      std::vector<std::string>{"cannot read /nonexistent: No such file or directory"}
  );
  CHECK(check_key_file(sources({"hex:one"}, "/")) == "cannot read /: it is a directory");
  const keys_file large(std::string(300'000, '#'));
  CHECK(
      check_key_file(sources({}, large.path())) == large.path() + " is too large for a file of keys"
  );
}

TEST_CASE("a missing signing key is one problem") {
  const keys_file file("# none yet\n");
  CHECK(load_keys(sources({})).problems.at(0).rfind("no signing key: ", 0) == 0);
  CHECK(check_key_texts(sources({}, file.path())).empty());
  CHECK(check_key_file(sources({}, file.path())).rfind("no signing key: ", 0) == 0);
  CHECK(check_key_file(sources({"whsec_%%%"}, file.path())).empty());  // reported with the texts
}

TEST_CASE("a keys file that other users can read is detected", "[A13]") {
  const keys_file open_to_all("hex:one\n", 0644);
  const keys_file of_owner("hex:one\n", 0400);
  const keys_file of_group("hex:one\n", 0440);
  CHECK(load_keys(sources({}, open_to_all.path())).file_is_public);
  CHECK_FALSE(load_keys(sources({}, of_owner.path())).file_is_public);
  CHECK_FALSE(load_keys(sources({}, of_group.path())).file_is_public);
}
