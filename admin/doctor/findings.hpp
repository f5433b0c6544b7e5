// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "common/process/exit_codes.hpp"

// What `trunkline doctor` found, and its two forms. Pure.
namespace trunkline::admin {

enum class level { ok, note, warning, error };

struct finding {
  std::string check;  // "redis.appendfsync": stable, for monitors
  level how = level::ok;
  std::string what;    // what is there
  std::string reason;  // why it matters; "" where all is well
  std::string mend;    // the command that mends it
  bool away = false;   // a server did not answer: the rest of it is not known
};

class findings {
 public:
  void ok(std::string check, std::string what) {
    all_.push_back({std::move(check), level::ok, std::move(what), "", "", false});
  }
  void add(
      std::string check, level how, std::string what, std::string reason, std::string mend = ""
  ) {
    all_.push_back(
        {std::move(check), how, std::move(what), std::move(reason), std::move(mend), false}
    );
  }
  void away(std::string check, std::string what, std::string mend) {
    all_.push_back(
        {std::move(check), level::error, std::move(what), "nothing works without it",
         std::move(mend), true}
    );
  }
  static findings of_away(std::string check, std::string what, std::string mend) {
    findings out;
    out.away(std::move(check), std::move(what), std::move(mend));
    return out;
  }
  const std::vector<finding>& all() const { return all_; }
  void append(findings more);

  // 3: a server is away; 1: an error; 2: a warning; 0: fine, or no more than notes.
  exit_code verdict() const;

 private:
  std::vector<finding> all_;
};

std::string word(level);
std::size_t count(const findings&, level);
std::string as_json(const findings&);

}  // namespace trunkline::admin
