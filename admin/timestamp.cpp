// SPDX-License-Identifier: Apache-2.0
#include "admin/timestamp.hpp"

#include <algorithm>
#include <chrono>

#include "common/text/units.hpp"

namespace trunkline::admin {
namespace {

// Reads a text from its front. A mismatch makes good() false and every later read meaningless.
class scanner {
 public:
  explicit scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return fail();
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }
  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void need(std::string_view any_of) {
    if (!take(any_of)) fail();
  }
  // Reads the fraction of a second. Digits after the third are ignored.
  int milliseconds() {
    int value = 0, scale = 100;
    if (rest_.empty()) return fail();
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      value += (rest_.front() - '0') * scale;
      scale /= 10;
      rest_.remove_prefix(1);
    }
    return value;
  }
  int fail() {
    good_ = false;
    return 0;
  }
  bool at_end() const { return rest_.empty(); }
  bool good() const { return good_; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

// Reads "Z", "+02:00", "+0200" or an empty zone. Returns the offset from UTC in minutes.
int read_zone(scanner& text) {
  if (text.at_end() || text.take("Z")) return 0;
  const bool west = text.take("-");
  if (!west) text.need("+");
  const int hours = text.digits(2);
  text.take(":");
  const int minutes = hours * 60 + text.digits(2);
  if (hours > 14) text.fail();
  return west ? -minutes : minutes;
}

std::optional<std::int64_t> parse_date(std::string_view input) {
  scanner text(input);
  const int year = text.digits(4);
  text.need("-");
  const int month = text.digits(2);
  text.need("-");
  const int day = text.digits(2);
  int hour = 0, minute = 0, second = 0, fraction = 0, zone = 0;
  if (!text.at_end()) {
    text.need("T ");
    hour = text.digits(2);
    text.need(":");
    minute = text.digits(2);
    if (text.take(":")) {
      second = text.digits(2);
      if (text.take(".")) fraction = text.milliseconds();
    }
    zone = read_zone(text);
  }
  const std::chrono::year_month_day date{
      std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
      std::chrono::day(static_cast<unsigned>(day))};
  const bool clock = hour < 24 && minute < 60 && second < 60;
  if (!text.good() || !text.at_end() || !date.ok() || !clock || year < 1970) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t minutes = (days * 24LL + hour) * 60 + minute - zone;
  return (minutes * 60 + second) * 1000 + fraction;
}

}  // namespace

std::optional<std::int64_t> parse_timestamp(std::string_view text, std::int64_t now) {
  if (const auto ago = parse_duration(text)) return std::max<std::int64_t>(now - ago->count(), 0);
  return parse_date(text);
}

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace trunkline::admin
