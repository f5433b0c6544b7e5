// SPDX-License-Identifier: Apache-2.0
// test-parse-outcome: for each frame on stdin (a line with the length, then that many bytes) one
// line on stdout: the JSON error, the verdict and its reason, separated by tabs.
#include <iostream>
#include <string>

#include "parse/json_document.hpp"
#include "parse/normalise.hpp"

using namespace trunkline::parse;

namespace {

std::string_view word(verdict what) {
  return what == verdict::apply ? "processed" : what == verdict::ignore ? "ignored" : "dead";
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ') c = '?';
  return text;
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  std::string body;
  for (std::size_t length = 0; std::cin >> length && std::cin.get() == '\n';) {
    body.resize(length);
    if (!std::cin.read(body.data(), static_cast<std::streamsize>(length))) return 1;
    const json_document document(body);
    const event what = normalise(body);
    std::cout << one_line(std::string(document.problem())) << '\t' << word(what.what) << '\t'
              << one_line(what.reason) << '\n';
  }
  return 0;
}
