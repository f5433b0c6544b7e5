// SPDX-License-Identifier: Apache-2.0
#include "common/cli/config.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "common/cli/renamed_options.hpp"
#include "common/log/mask.hpp"

using namespace trunkline;
using namespace std::chrono_literals;

namespace {

// Sets an environment variable until the end of the test.
struct variable {
  const char* name;
  variable(const char* n, const char* value) : name(n) { setenv(name, value, 1); }
  ~variable() { unsetenv(name); }
};

struct file {
  std::string path = "/tmp/trunkline-config-XXXXXX";
  explicit file(const std::string& text) {
    close(mkstemp(path.data()));
    std::ofstream(path) << text;
  }
  ~file() { std::remove(path.c_str()); }
};

struct fixture {
  CLI::App app{"test"};
  config::option_set options{app, "worker"};
  std::chrono::milliseconds claim_after{30s};
  std::uint64_t batch_bytes = 4u << 20;
  int threads = 2;
  std::string durability = "always", redis = "redis://127.0.0.1:6379/0";
  std::vector<std::string> own;
  std::string secret;
  bool loud = false;

  fixture() {
    options.duration("claim-after", claim_after, "idle time", 100ms, 1h);
    options.size("batch-bytes", batch_bytes, "bytes", 1024, 1u << 30);
    options.integer("threads", threads, "threads", 1, 64);
    options.choice("durability", durability, "durability", {"always", "redis"});
    options.text("redis", redis, "server", {.fallback_env = {"REDIS_URL"}, .mask = mask_url});
    options.list("own-number", own, "numbers");
    options.text("key", secret, "key", {.secret = true});
    options.flag("loud", loud, "loud");
  }
  std::string resolve(
      std::vector<const char*> args, std::optional<std::string> path = std::nullopt
  ) {
    args.insert(args.begin(), "test");
    app.parse(static_cast<int>(args.size()), args.data());
    std::string out;
    for (const auto& [key, message] : options.resolve(path)) out += key + ": " + message + "\n";
    return out;
  }
};

}  // namespace

TEST_CASE("precedence is command line, environment, file, default") {
  fixture f;
  const file toml(
      "threads = 3\nclaim-after = \"3s\"\nloud = true\n[worker]\nbatch-bytes = \"3MiB\"\n"
  );
  const variable threads("TRUNKLINE_THREADS", "4"), claim("TRUNKLINE_CLAIM_AFTER", "4s");
  CHECK(f.resolve({"--threads", "5"}, toml.path) == "");
  CHECK(f.threads == 5);
  CHECK(f.claim_after == 4s);
  CHECK(f.batch_bytes == 3u << 20);
  CHECK(f.loud);
  CHECK(f.durability == "always");
}

TEST_CASE(
    "a program's section takes precedence over the top of the file, other sections are not read"
) {
  fixture f;
  const file toml("threads = 3\n[worker]\nthreads = 6\n[gateway]\nthreads = 7\nlisten = \"x\"\n");
  CHECK(f.resolve({}, toml.path) == "");
  CHECK(f.threads == 6);
}

TEST_CASE("per-call options come neither from the environment nor from the file") {
  fixture f;
  f.options.per_call({"threads", "loud"});
  const variable threads("TRUNKLINE_THREADS", "4"), loud("TRUNKLINE_LOUD", "true");
  CHECK(f.resolve({}) == "");
  CHECK(f.threads == 2);
  CHECK_FALSE(f.loud);
  const file toml("loud = true\n");
  CHECK(
      f.resolve({"--threads", "5"}, toml.path) ==
      "loud in " + toml.path + ": is not an option that a file may set; see --help\n"
  );
  CHECK(f.threads == 5);
  CHECK_FALSE(f.loud);
  for (const auto& each : f.options.described())
    if (each.name == "--loud" || each.name == "--threads") {
      CHECK(each.variables.empty());
      CHECK_FALSE(each.in_file);
    }
}

TEST_CASE("all problems are reported together, each with its key") {
  fixture f;
  const file toml("durability = \"never\"\nthread = 3\n[wroker]\na = 1\n");
  const variable bytes("TRUNKLINE_BATCH_BYTES", "12parsecs");
  CHECK(
      f.resolve({"--threads", "0", "--claim-after", "30"}, toml.path) ==
      "thread in " + toml.path + ": is not an option that a file may set; see --help\n" +
          "[wroker] in " + toml.path + ": is not an option that a file may set; see --help\n" +
          "--claim-after: must be a duration with a unit such as 500ms, 60s, 5m or 6h, not '30'\n"
          "TRUNKLINE_BATCH_BYTES: must be a size such as 512, 64KiB or 1MiB, not '12parsecs'\n"
          "--threads: must be 1 to 64, not 0\n"
          "durability in " +
          toml.path + ": must be one of always|redis, not 'never'\n"
  );
}

TEST_CASE("a generic variable has lower precedence, and an empty one counts as not set") {
  const variable generic("REDIS_URL", "redis://generic:1");
  {
    fixture f;
    const variable empty("TRUNKLINE_REDIS", "");
    CHECK(f.resolve({}) == "");
    CHECK(f.redis == "redis://generic:1");
  }
  fixture f;
  const variable ours("TRUNKLINE_REDIS", "redis://ours:1");
  CHECK(f.resolve({}) == "");
  CHECK(f.redis == "redis://ours:1");
}

TEST_CASE("a required option that is empty is rejected") {
  CLI::App app;
  config::option_set options(app, "worker");
  std::string type;
  options.text("type", type, "Only this type", {.filled = true});
  const char* const arguments[] = {"program", "--type", ""};
  app.parse(3, arguments);
  const auto problems = options.resolve(std::nullopt);
  REQUIRE(problems.size() == 1);
  CHECK(problems.front().key == "--type");
  CHECK(problems.front().message == "must not be empty");
}

TEST_CASE("lists: repeated flags, lines of a variable, an array in the file") {
  {
    fixture f;
    CHECK(f.resolve({"--own-number", "+1", "--own-number", "+2"}) == "");
    CHECK(f.own == std::vector<std::string>{"+1", "+2"});
  }
  {
    fixture f;
    const variable lines("TRUNKLINE_OWN_NUMBER", "+3\r\n\n+4,5\n");
    CHECK(f.resolve({}) == "");
    CHECK(f.own == std::vector<std::string>{"+3", "+4,5"});
  }
  fixture f;
  const file toml("own-number = [\"+5\", \"+6\"]\n");
  CHECK(f.resolve({}, toml.path) == "");
  CHECK(f.own == std::vector<std::string>{"+5", "+6"});
}

TEST_CASE("a missing or broken config file is a problem, not a crash") {
  fixture f;
  CHECK(
      f.resolve({}, "/nonexistent/trunkline.toml") ==
      "/nonexistent/trunkline.toml: cannot be opened for reading\n"
  );
}

TEST_CASE("describe() shows the origin of each value and no secret") {
  fixture f;
  const variable url("REDIS_URL", "redis://user:hunter2@h:1/0");
  CHECK(f.resolve({"--key", "hunter2", "--threads", "8"}) == "");
  const std::string text = f.options.describe();
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find("threads = 8  (--threads)\n") != std::string::npos);
  CHECK(text.find("redis = redis://user:***@h:1/0  (REDIS_URL)\n") != std::string::npos);
  CHECK(text.find("key = ***  (--key)\n") != std::string::npos);
  CHECK(text.find("durability = always  (default)\n") != std::string::npos);
}

TEST_CASE("a flag does not consume the word after it") {
  {
    fixture f;
    std::vector<std::string> ids;
    f.app.add_option("ID", ids);
    CHECK(f.resolve({"--loud", "4711", "false"}) == "");
    CHECK(f.loud);
    CHECK(ids == std::vector<std::string>{"4711", "false"});
  }
  {
    fixture f;
    const variable on("TRUNKLINE_LOUD", "true");
    CHECK(f.resolve({"--loud=false"}) == "");
    CHECK(!f.loud);
  }
  fixture f;
  CHECK(f.resolve({"--loud=maybe"}) == "--loud: must be true or false, not 'maybe'\n");
}

TEST_CASE("an option enforces the rule that it documents") {
  CLI::App app("test");
  config::option_set options(app, "worker");
  std::chrono::milliseconds wait{30s};
  int threads = 7;
  std::string form = "text", keys;
  std::vector<std::string> ids;
  config::arguments(app).several("ID", ids, "Which");
  options.duration("wait", wait, "How long", 100ms, 1h, {.group = "Times"});
  options.integer("threads", threads, "Threads", 1, 64, {.default_words = "one a processor"});
  options.choice("form", form, "Form", {"text", "json"});
  options.text(
      "keys-file", keys, "Keys", {.fallback_env = {"KEYS"}, .value = "FILE", .offers = {"here"}}
  );
  std::string out;
  for (const auto& each : options.described()) {
    out += each.name + " <" + each.value + "> " + each.help + " (" + each.group + ") " +
           each.preset + " [" + each.range + "]";
    for (const auto& name : each.variables) out += " $" + name;
    for (const auto& word : each.offers) out += " " + word;
    out += std::string(each.positional ? " positional" : "") + (each.repeatable ? " more" : "") +
           (each.in_file ? " key" : "") + "\n";
  }
  CHECK(
      out ==
      "-h,--help <> Print this help message and exit (Options)  []\n"
      "ID <TEXT> Which (Options)  [] positional more\n"
      "--wait <DURATION> How long (Times) 30s [100ms to 1h] $TRUNKLINE_WAIT key\n"
      "--threads <N> Threads (Options) one a processor [1 to 64] $TRUNKLINE_THREADS key\n"
      "--form <text|json> Form (Options) text [] $TRUNKLINE_FORM key\n"
      "--keys-file <FILE> Keys (Options)  [] $TRUNKLINE_KEYS_FILE $KEYS here key\n"
  );
}

TEST_CASE("arguments come only from the command line, and their rules are enforced") {
  std::optional<double> watch;
  std::string id, action = "up";
  std::vector<std::string> ids;
  const auto parse = [&](std::vector<std::string> arguments) -> std::string {
    CLI::App app("test");
    config::arguments words(app);
    words.one("ID", id, "Which", config::needed::yes);
    words.word("action", action, "What", {"up", "status"});
    words.several("more", ids, "Others");
    words.seconds("watch", watch, "Again", 2);
    watch.reset();
    std::ranges::reverse(arguments);
    try {
      app.parse(arguments);
      return "";
    } catch (const CLI::ParseError& error) {
      return error.what();
    }
  };
  CHECK(parse({"a"}) == "");
  CHECK((id == "a" && action == "up" && !watch));
  CHECK(parse({"a", "status", "b", "c", "--watch"}) == "");
  CHECK((action == "status" && ids == std::vector<std::string>{"b", "c"} && watch == 2));
  CHECK(parse({"a", "--watch", "0.5"}) == "");
  CHECK(watch == 0.5);
  CHECK(parse({}) == "ID is required");
  CHECK(parse({"a", "down"}) == "action: down not in {up,status}");
  for (const char* invalid : {"0.01", "3601", "5s", "nan"})
    CHECK(parse({"a", "--watch", invalid}) == "--watch: must be 0.1 to 3600 seconds");
}

namespace {

// A worker with two renamed options, and one whose old name is an option of the gateway.
struct renamed_fixture {
  CLI::App app{"test"};
  config::option_set options{app, "worker"};
  std::chrono::milliseconds backoff{1s}, idle{1s};

  renamed_fixture() {
    options.duration("outage-backoff-min", backoff, "backoff", 100ms, 1h);
    options.duration("postgres-idle-timeout", idle, "idle", 100ms, 1h);
  }
  std::string resolve(std::optional<std::string> path = std::nullopt) {
    app.parse(1, std::array{"test"}.data());
    std::string out;
    for (const auto& [key, message] : options.resolve(path)) out += key + ": " + message + "\n";
    return out;
  }
};

}  // namespace

TEST_CASE("a variable with an old name is rejected with the new name") {
  const variable old("TRUNKLINE_HOLD_LEAST", "2s");
  CHECK(
      renamed_fixture().resolve() ==
      "TRUNKLINE_HOLD_LEAST: unknown variable; use TRUNKLINE_OUTAGE_BACKOFF_MIN\n"
  );
  fixture other;
  CHECK(other.resolve({}) == "");
}

TEST_CASE("a variable that another program still has is not reported") {
  const variable gateways("TRUNKLINE_IDLE_TIMEOUT", "2s");
  CHECK(renamed_fixture().resolve() == "");
}

TEST_CASE("a key with an old name is rejected with the new name") {
  const file toml("[worker]\nhold-least = \"2s\"\n");
  CHECK(
      renamed_fixture().resolve(toml.path) ==
      "[worker] hold-least in " + toml.path + ": unknown option; use outage-backoff-min\n"
  );
}

TEST_CASE("an option with an old name is rejected with the new name") {
  const auto declared_by_tail = [](std::string_view name) { return name == "stop-at"; };
  const auto declared_by_pause = [](std::string_view name) { return name == "resume-at"; };
  const auto declared_by_gateway = [](std::string_view name) { return name == "idle-timeout"; };
  CHECK(config::present_name("until", declared_by_tail) == "stop-at");
  CHECK(config::present_name("until", declared_by_pause) == "resume-at");
  CHECK(config::present_name("idle-timeout", declared_by_gateway).empty());
  CHECK(config::present_name("threads", declared_by_tail).empty());
}
