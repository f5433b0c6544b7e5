// SPDX-License-Identifier: Apache-2.0
#include "parse/timestamps.hpp"

#include <chrono>

namespace trunkline::parse {
namespace {

constexpr timestamp second = 1'000'000;               // microseconds
constexpr timestamp earliest = 946'684'800 * second;  // 2000-01-01T00:00:00Z
constexpr timestamp latest = 4'102'444'800 * second;  // 2100-01-01T00:00:00Z

// Reads the text from left to right. After a mismatch every further step fails.
class cursor {
 public:
  explicit cursor(std::string_view text) : rest_(text) {}

  bool failed() const { return failed_; }
  bool done() const { return rest_.empty(); }
  bool starts_with_digit() const { return !done() && rest_[0] >= '0' && rest_[0] <= '9'; }

  int digits(int count) {
    int value = 0;
    for (int i = 0; i < count; ++i) value = value * 10 + digit();
    return value;
  }
  int digit() {
    if (!starts_with_digit()) {
      failed_ = true;
      return 0;
    }
    return take() - '0';
  }
  bool skip(char wanted) {
    if (done() || rest_[0] != wanted) return false;
    take();
    return true;
  }
  void expect(bool was_there) { failed_ = failed_ || !was_there; }

 private:
  char take() {
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
  bool failed_ = false;
};

// Returns ".5" as 500000. Digits after the sixth are cut.
timestamp fraction(cursor& text) {
  if (!text.skip('.')) return 0;
  timestamp value = 0;
  int count = 0;
  for (; text.starts_with_digit(); ++count) {
    const int digit = text.digit();
    if (count < 6) value = value * 10 + digit;
  }
  text.expect(count >= 1 && count <= 9);
  for (; count < 6; ++count) value *= 10;
  return value;
}

// Seconds east of Greenwich.
timestamp zone(cursor& text) {
  if (text.skip('Z') || text.skip('z')) return 0;
  const bool west = text.skip('-');
  text.expect(west || text.skip('+'));
  const int hours = text.digits(2);
  int minutes = 0;
  if (text.skip(':') || text.starts_with_digit()) minutes = text.digits(2);
  text.expect(hours <= 14 && minutes <= 59);
  const timestamp offset = hours * 3600 + minutes * 60;
  return west ? -offset : offset;
}

}  // namespace

optional_time parse_time(std::string_view text) {
  using namespace std::chrono;
  cursor at(text);
  const int y = at.digits(4);
  at.expect(at.skip('-'));
  const int m = at.digits(2);
  at.expect(at.skip('-'));
  const int d = at.digits(2);
  at.expect(at.skip('T') || at.skip('t') || at.skip(' '));
  const int hour = at.digits(2);
  at.expect(at.skip(':'));
  const int minute = at.digits(2);
  at.expect(at.skip(':'));
  const int sec = at.digits(2);
  const timestamp micros = fraction(at);
  const timestamp offset = zone(at);
  if (at.failed() || !at.done() || hour > 23 || minute > 59 || sec > 59) return std::nullopt;
  const year_month_day date(
      year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))
  );
  if (!date.ok()) return std::nullopt;
  const timestamp days = sys_days(date).time_since_epoch().count();
  const timestamp result =
      (days * 86'400 + hour * 3600 + minute * 60 + sec - offset) * second + micros;
  if (result < earliest || result > latest) return std::nullopt;
  return result;
}

}  // namespace trunkline::parse
