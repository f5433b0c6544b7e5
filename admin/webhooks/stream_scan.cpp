// SPDX-License-Identifier: Apache-2.0
#include "admin/webhooks/stream_scan.hpp"

#include <algorithm>
#include <charconv>

#include "admin/redis.hpp"
#include "admin/stats/stats_readers.hpp"

namespace trunkline::admin {
namespace {

using clock = std::chrono::steady_clock;
using milliseconds = std::chrono::milliseconds;
using entry_number = std::pair<std::uint64_t, std::uint64_t>;

constexpr milliseconds reply_timeout{1500};

std::optional<std::uint64_t> whole(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<entry_number> number_of(std::string_view id) {
  const auto dash = id.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto time = whole(id.substr(0, dash)), sequence = whole(id.substr(dash + 1));
  if (!time || !sequence) return std::nullopt;
  return entry_number(*time, *sequence);
}

}  // namespace

bool is_later_entry(std::string_view id, std::string_view than) {
  const auto one = number_of(id), other = number_of(than);
  return one && other && *one > *other;
}

struct stream_scan::impl {
  config::common_options options;
  std::string key, error;
  redis::endpoint where;
  std::unique_ptr<redis::client> client;  // null: the URL is invalid

  redis::client::result execute(const std::vector<std::string>& command, milliseconds time) {
    auto got = client->execute(command, std::max(time, milliseconds(1)));
    if (!got.ok()) error = describe(got, where);
    return got;
  }
};

stream_scan::stream_scan(const config::common_options& options)
    : impl_(new impl{options, stream::deliveries_key(options.stream_namespace), {}, {}, {}}) {
  if (auto error = redis::parse_url(options.redis, impl_->where); !error.empty()) {
    impl_->error = "--redis: " + error;
    return;
  }
  impl_->client.reset(new redis::client(open_redis(options, impl_->where, "webhooks", reply_timeout)
  ));
}

stream_scan::~stream_scan() = default;

const std::string& stream_scan::error() const {
  return impl_->error;
}

std::string stream_scan::newest() {
  if (!impl_->client) return "";
  const auto got = impl_->execute({"XINFO", "STREAM", impl_->key}, reply_timeout);
  if (got.why == redis::failure::none && got.reply.is_error() &&
      got.reply.text.find("no such key") != std::string::npos) {
    impl_->error.clear();  // no delivery yet
    return "0-0";
  }
  const auto& pairs = got.reply.elements;
  for (std::size_t i = 0; got.ok() && i + 1 < pairs.size(); i += 2)
    if (pairs[i].text == "last-generated-id") return pairs[i + 1].text;
  return "";
}

bool stream_scan::each_after(
    const std::string& id, milliseconds time,
    const std::function<void(const stream::entry&)>& visit, const std::function<bool()>& done
) {
  if (!impl_->client) return false;
  constexpr int page = 50;  // entries of at most 1 MiB
  const auto end = clock::now() + time;
  for (std::string from = id.empty() ? "-" : "(" + id; !done();) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - clock::now());
    if (left <= milliseconds(0)) return false;
    auto got = impl_->execute(
        {"XRANGE", impl_->key, from, "+", "COUNT", std::to_string(page)},
        std::max(left, milliseconds(500))
    );
    if (!got.ok()) return false;
    const auto count = got.reply.elements.size();
    for (auto& element : got.reply.elements) {
      const auto entry = stream::decode_entry(std::move(element));
      from = "(" + entry.id;
      visit(entry);
    }
    if (count < page) return true;
  }
  return true;
}

stream_scan::rejections stream_scan::rejected() {
  constexpr std::string_view prefix = "refused:";
  rejections out;
  const auto got = read_stats_redis(impl_->options, reply_timeout);
  if (!got.problem.empty()) return out;
  for (const auto& [minute, figures] : got.minutes)
    for (const auto& [name, count] : figures)
      if (name.starts_with(prefix)) out[{minute, name.substr(prefix.size())}] = count;
  return out;
}

}  // namespace trunkline::admin
