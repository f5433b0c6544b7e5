// SPDX-License-Identifier: Apache-2.0
// Removes or replaces each member and element of every sample payload. The parser does not crash,
// its verdict is stable, and only a change of the event's identity makes it dead.
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "facts_text.hpp"
#include "parse/json_document.hpp"
#include "parse/json_write.hpp"

using namespace trunkline::parse;

namespace {

constexpr std::string_view replacements[] = {
    "",  // omitted
    "null", "true", "5",  "-1.5e300",          "\"x\"",
    "\"\"", "[]",   "{}", "[[{}],null,\"y\"]", "{\"a\":[1]}"};

struct mutant {
  std::string path;  // what was changed
  std::string text;
};

// Writes a document and replaces its nth node, in the order of writing.
class mutator {
 public:
  mutator(const json_value& root, int target, std::string_view replacement)
      : target_(target), replacement_(replacement) {
    write(root, "");
  }
  bool found() const { return next_ > target_; }
  mutant take() { return {std::move(path_), std::move(text_)}; }

 private:
  // Returns false if the node was omitted.
  bool write(const json_value& value, const std::string& path) {
    if (next_++ == target_) {
      path_ = path;
      text_ += replacement_;
      return !replacement_.empty();
    }
    if (value.is_object()) {
      container(value.members(), '{', '}', [&](const json_member& member) {
        append_json_string(text_, member.name);
        text_ += ':';
        return write(member.value, path + "." + std::string(member.name));
      });
    } else if (value.is_array()) {
      container(value.items(), '[', ']', [&](const json_value& item) {
        return write(item, path + "[]");
      });
    } else {
      append_json(text_, value);
    }
    return true;
  }
  template <class Items, class Write>
  void container(const Items& items, char open, char close, Write one) {
    text_ += open;
    bool first = true;
    for (const auto& item : items) {
      const std::size_t before = text_.size();
      if (!first) text_ += ',';
      if (one(item)) {
        first = false;
      } else {
        text_.resize(before);
      }
    }
    text_ += close;
  }

  int target_;
  std::string_view replacement_;
  int next_ = 0;
  std::string path_, text_;
};

std::vector<mutant> mutants_of(const std::string& body) {
  std::vector<mutant> found;
  const json_document document(body);
  REQUIRE(document.problem().empty());
  for (int target = 1;; ++target) {  // 0 is the whole document
    for (const std::string_view replacement : replacements) {
      mutator one(document.root(), target, replacement);
      if (!one.found()) return found;
      found.push_back(one.take());
    }
  }
}

bool identifies(const std::string& path) {
  static const std::set<std::string> paths = {
      ".type",
      ".data",
      ".data.object",
      ".data.resource",
      ".data.id",
      ".data.object.id",
      ".data.resource.id",
      ".data.object.callId",
      ".data.resource.callId"};
  return paths.contains(path);
}

}  // namespace

TEST_CASE("mutations: every single change to every sample payload leaves a stable verdict") {
  std::size_t count = 0;
  for (const std::string& name : payload_names()) {
    const std::string body = payload(name);
    const verdict unchanged = normalise(body).what;
    for (const mutant& changed : mutants_of(body)) {
      ++count;
      const event what = normalise(changed.text);
      const bool stable = facts_text(what) == facts_text(normalise(changed.text));
      const bool allowed = what.what == unchanged || identifies(changed.path);
      const bool says_why = (what.what == verdict::dead) == !what.reason.empty();
      const bool complete = what.what != verdict::apply || what.activity || what.card;
      if (stable && allowed && says_why && complete && what.json_text) continue;
      FAIL_CHECK(name << " " << changed.path << "\n" << changed.text << "\n" << facts_text(what));
    }
  }
  CHECK(count > 15'000);
}

TEST_CASE("mutations: a sample cut at any byte is dead, with one byte changed it is stable") {
  for (const std::string& name : payload_names()) {
    const std::string body = payload(name);
    const std::size_t end = body.find_last_of('}');
    for (std::size_t at = 0; at < end; at += 7) {
      const event what = normalise(std::string_view(body).substr(0, at));
      if (what.what != verdict::dead || what.json_text) FAIL_CHECK(name << " cut at " << at);
      std::string flipped = body;
      flipped[at] = static_cast<char>(flipped[at] ^ static_cast<char>(1 << (at % 8)));
      const std::string once = facts_text(normalise(flipped));
      if (once != facts_text(normalise(flipped))) FAIL_CHECK(name << " changed at " << at);
    }
  }
  SUCCEED();
}

TEST_CASE("threads: several threads parse at once with equal results") {
  const std::vector<std::string> names = payload_names();
  std::vector<std::string> bodies, expected;
  for (const std::string& name : names) {
    bodies.push_back(payload(name));
    expected.push_back(facts_text(normalise(bodies.back())));
  }
  std::vector<int> differences(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < differences.size(); ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 5 * bodies.size(); ++i) {
        const std::size_t which = (i * 7 + t * 13) % bodies.size();
        if (facts_text(normalise(bodies[which])) != expected[which]) ++differences[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(differences == std::vector<int>(4, 0));
}
