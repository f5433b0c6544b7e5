// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "admin/webhooks/delivery_report.hpp"
#include "cli/webhooks/delivery_text.hpp"

using namespace trunkline;
using namespace trunkline::admin;
using namespace trunkline::cli;

namespace {

// A delivery log with the next cursor of each page. The first page is "", a page without a cursor
// the last.
struct scripted_log final : openphone::transport {
  std::map<std::string, std::string> next;
  int requests = 0;

  openphone::http_response exchange(const openphone::http_request& request) override {
    const auto at = request.target.find("after=");
    std::string page = at == std::string::npos ? "" : request.target.substr(at + 6);
    page = page.substr(0, page.find('&'));
    const auto id = "msg_" + std::to_string(++requests);
    const auto to = next.contains(page) ? '"' + next[page] + '"' : "null";
    return {200, R"({"data":[{"id":")" + id + R"("}],"nextCursor":)" + to + "}"};
  }
};

log_reading read(std::map<std::string, std::string> next, const log_bounds& bounds, int& requests) {
  auto pages = std::make_unique<scripted_log>();
  pages->next = std::move(next);
  auto* counted = pages.get();
  openphone::pace_clock clock{
      [] { return openphone::pace_clock::instant(); }, [](std::chrono::milliseconds) {},
      [] { return 0.0; }};
  openphone::api api(std::move(pages), "key", clock);
  log_reading out;
  read_log(api, "7", {}, bounds, out, [](std::size_t) {});
  requests = counted->requests;
  return out;
}

delivery_line line(place where) {
  delivery_line out;
  out.log = {"7", {"msg_1", "", "call.missed", "", "failed", "", ""}};
  out.here.where = where;
  if (where == place::row) out.here.row = {"12", "dead", "msg_1", "1-0"};
  return out;
}

}  // namespace

TEST_CASE("A delivery log is read to its end", "[webhooks]") {
  int requests = 0;
  const auto log = read({{"", "a"}, {"a", "b"}}, {}, requests);
  CHECK(log.lines.size() == 3);
  CHECK_FALSE(log.cut);
}

TEST_CASE("A cycle of cursors ends the log", "[webhooks]") {
  int requests = 0;
  CHECK(read({{"", "a"}, {"a", "b"}, {"b", "a"}}, {}, requests).cut);
  CHECK(requests == 3);
  CHECK(read({{"", "a"}, {"a", "a"}}, {}, requests).cut);
  CHECK(requests == 2);
}

TEST_CASE("A log that exceeds a limit is marked as cut", "[webhooks]") {
  int requests = 0;
  CHECK(read({{"", "a"}, {"a", "b"}}, {.pages = 2}, requests).cut);
  CHECK(requests == 2);
  CHECK(read({{"", "a"}, {"a", "b"}}, {.lines = 1}, requests).cut);
  CHECK(requests == 1);
  CHECK_FALSE(read({{"", "a"}}, {.pages = 2}, requests).cut);
}

TEST_CASE("A delivery is missing only if it has no row and no entry", "[webhooks]") {
  delivery_report report;
  report.limit = 10;
  for (const auto where : {place::row, place::queue, place::missing, place::unknown})
    report.lines.push_back(line(where));
  const auto all = as_text(report);
  CHECK(all.find("dead 12") != std::string::npos);
  CHECK(all.find("waits in Redis\n") != std::string::npos);
  CHECK(all.find("4 deliveries, 1 missing, 1 waiting in Redis, 1 unknown\n") != std::string::npos);
  report.only_missing = true;
  const auto gaps = as_text(report);
  CHECK(gaps.find("dead 12") == std::string::npos);
  CHECK(gaps.find("waits in Redis\n") == std::string::npos);
  CHECK(as_json(report).find(R"("place":"queue")") == std::string::npos);
  CHECK(as_json(report).find(R"("place":"unknown")") != std::string::npos);
}

TEST_CASE("The report counts deliveries that it omits", "[webhooks]") {
  delivery_report report;
  report.limit = 1;
  report.lines = {line(place::missing), line(place::missing)};
  CHECK(as_text(report).find("raise --limit") != std::string::npos);
  CHECK(as_text(report).find("2 missing") != std::string::npos);
  CHECK(as_text(report).find("--pages") == std::string::npos);
  report.log_cut = true;
  CHECK(as_text(report).find("--pages") != std::string::npos);
}

TEST_CASE("Stream ids are compared as numbers", "[webhooks]") {
  CHECK(is_later_entry("1795194181310-0", "0-0"));
  CHECK(is_later_entry("1795194181310-10", "1795194181310-9"));
  CHECK(is_later_entry("10-0", "9-5"));
  CHECK_FALSE(is_later_entry("9-5", "9-5"));
  CHECK_FALSE(is_later_entry("9-5", "10-0"));
  for (const char* none : {"", "import-7", "7", "7-", "-7", "7-x"}) {
    CHECK_FALSE(is_later_entry(none, "0-0"));
    CHECK_FALSE(is_later_entry("9-0", none));
  }
}
