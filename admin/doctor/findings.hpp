// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

// What `trunkline doctor` found, and its JSON. Nothing here connects to a server.
namespace trunkline::admin {

enum class level { ok, note, warning, error };

struct finding {
  std::string check;  // stable, for monitors: "redis.appendfsync"
  level severity = level::ok;
  std::string what;          // the value or state that was found
  std::string reason;        // why it matters; "" if the check passed
  std::string fix;           // a command or an action
  bool unreachable = false;  // of a server: the checks that need it are unknown
};

// The worst of the findings; unknown if a server is unreachable.
enum class doctor_status { ok, warning, error, unknown };

class findings {
 public:
  void ok(std::string check, std::string what) {
    all_.push_back({std::move(check), level::ok, std::move(what), "", "", false});
  }
  void add(
      std::string check, level severity, std::string what, std::string reason, std::string fix = ""
  ) {
    all_.push_back(
        {std::move(check), severity, std::move(what), std::move(reason), std::move(fix), false}
    );
  }
  void add(finding one) { all_.push_back(std::move(one)); }
  // Adds the error that a server is unreachable.
  void unreachable(std::string check, std::string what, std::string fix);
  const std::vector<finding>& all() const { return all_; }
  void append(findings more);

  doctor_status status() const;

 private:
  std::vector<finding> all_;
};

std::string to_string(level);
std::size_t count(const findings&, level);
std::string as_json(const findings&);

}  // namespace trunkline::admin
