// SPDX-License-Identifier: Apache-2.0
// Compares the facts of every sample payload with reviewed files in fixtures/facts.
// TRUNKLINE_UPDATE_GOLDEN=1 rewrites them. Review the difference before you commit it.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "facts_text.hpp"

using namespace trunkline::parse;

TEST_CASE("the facts of every sample payload equal the golden facts") {
  const bool update = std::getenv("TRUNKLINE_UPDATE_GOLDEN") != nullptr;
  for (const std::string& name : payload_names()) {
    const std::string path = fixture("facts/" + name + ".txt");
    const std::string actual = facts_text(normalise(payload(name)));
    if (update) {
      std::filesystem::create_directories(std::filesystem::path(path).parent_path());
      std::ofstream(path, std::ios::binary) << actual;
    }
    INFO(name);
    CHECK(actual == read_file(path));
  }
}

TEST_CASE("every file of golden facts belongs to a payload") {
  const std::filesystem::path root = fixture("facts");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::string name = std::filesystem::relative(entry.path(), root).string();
    name = name.substr(0, name.size() - entry.path().extension().string().size());
    INFO(entry.path().string());
    CHECK(std::filesystem::exists(fixture("payloads/" + name + ".json")));
  }
}
