// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/delivery_stream.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

namespace trunkline::worker {
namespace {

using std::chrono::milliseconds;
using args = std::vector<std::string>;

void append(args& out, const ids& more) {
  out.insert(out.end(), more.begin(), more.end());
}

std::string error_of(const redis::client::result& from) {
  return from.ok() ? std::string{} : from.error();
}

std::vector<stream::entry> decode_entries(redis::reply& from) {
  std::vector<stream::entry> out;
  out.reserve(from.elements.size());
  for (auto& element : from.elements)
    if (element.is_array()) out.push_back(stream::decode_entry(std::move(element)));
  return out;
}

ids texts(const redis::reply& from) {
  ids out;
  for (const auto& element : from.elements) out.push_back(element.text);
  return out;
}

// Finds a value in an XINFO reply: "name", value, "name", value, ...
const redis::reply* member(const redis::reply& from, std::string_view name) {
  for (std::size_t i = 0; i + 1 < from.elements.size(); i += 2)
    if (from.elements[i].text == name) return &from.elements[i + 1];
  return nullptr;
}

std::int64_t integer_member(const redis::reply& from, std::string_view name) {
  const auto* value = member(from, name);
  return value ? value->integer : 0;
}

}  // namespace

bool id_less(const std::string& a, const std::string& b) {
  const auto parts = [](const std::string& id) {
    std::uint64_t time = 0, sequence = 0;
    const auto* end = id.data() + id.size();
    const auto dash = std::from_chars(id.data(), end, time).ptr;
    if (dash != end) std::from_chars(dash + 1, end, sequence);
    return std::pair(time, sequence);
  };
  return parts(a) < parts(b);
}

delivery_stream::delivery_stream(
    redis::client& client, std::string key, std::string consumer, milliseconds timeout,
    const stop_signal& stop
)
    : client_(client),
      key_(std::move(key)),
      consumer_(std::move(consumer)),
      group_(stream::group),
      timeout_(timeout),
      stop_(stop) {}

redis::client::result delivery_stream::call(const args& command, milliseconds extra) {
  return client_.execute(command, stop_.at_most(timeout_ + extra));
}

std::string delivery_stream::create_group() {
  const auto made = call({"XGROUP", "CREATE", key_, group_, "0", "MKSTREAM"});
  return made.reply.error_code() == "BUSYGROUP" ? "" : error_of(made);
}

delivery_stream::result<std::vector<stream::entry>> delivery_stream::read_without_group(
    int count, const std::string& error
) {
  const auto from = last_read_.empty() ? std::string("-") : "(" + last_read_;
  auto found = call({"XRANGE", key_, from, "+", "COUNT", std::to_string(count)});
  if (!found.ok()) return {{}, found.error()};
  auto entries = decode_entries(found.reply);
  const bool stream_empty = entries.empty() && last_read_.empty();
  // At the end of the stream, the next read starts again at its head.
  last_read_ = entries.empty() ? "" : entries.back().id;
  if (stream_empty) return {{}, error};
  return {std::move(entries), ""};
}

delivery_stream::result<std::vector<stream::entry>> delivery_stream::read_new(
    int count, milliseconds block
) {
  args command{"XREADGROUP", "GROUP", group_, consumer_, "COUNT", std::to_string(count)};
  if (block.count() > 0) append(command, {"BLOCK", std::to_string(block.count())});
  append(command, {"STREAMS", key_, ">"});
  auto read = call(command, block);
  if (read.reply.error_code() == "NOGROUP") {
    if (const auto rejected = create_group(); !rejected.empty()) {
      const auto error = "cannot create the consumer group: " + rejected;
      if (rejected.starts_with("OOM")) return read_without_group(count, error);
      return {{}, error};
    }
    read = call(command, block);
  }
  if (!read.ok()) return {{}, read.error()};
  last_read_.clear();
  if (read.reply.elements.empty() || read.reply.elements[0].elements.size() < 2)
    return {std::vector<stream::entry>{}, ""};
  return {decode_entries(read.reply.elements[0].elements[1]), ""};
}

delivery_stream::result<std::vector<stream::entry>> delivery_stream::claim(const ids& entries) {
  args command{"XCLAIM", key_, group_, consumer_, "0"};
  append(command, entries);
  auto claimed = call(command);
  if (!claimed.ok()) return {{}, claimed.error()};
  return {decode_entries(claimed.reply), ""};
}

delivery_stream::result<std::vector<std::string>> delivery_stream::fields(const std::string& id) {
  const auto found = call({"XRANGE", key_, id, id});
  if (!found.ok()) return {{}, found.error()};
  if (found.reply.elements.empty() || found.reply.elements[0].elements.size() < 2)
    return {std::vector<std::string>{}, ""};
  return {texts(found.reply.elements[0].elements[1]), ""};
}

std::string delivery_stream::settle(const ids& entries) {
  args ack{"XACK", key_, group_}, drop{"XDEL", key_};
  append(ack, entries);
  append(drop, entries);
  const auto done = client_.pipeline({std::move(ack), std::move(drop)}, stop_.at_most(timeout_));
  for (const auto& each : done)
    if (!each.ok()) return each.error();
  return "";
}

std::string delivery_stream::release(const ids& entries, milliseconds idle, bool force) {
  return release(entries, idle, 0, force);
}

std::string delivery_stream::release_unseen(milliseconds idle) {
  for (;;) {
    const auto pending = own_pending("-", "+", 1000);
    if (!pending) return pending.error;
    if (pending.value->empty()) return "";
    std::map<std::int64_t, ids> by_count;
    for (const auto& entry : *pending.value) by_count[entry.deliveries].push_back(entry.id);
    for (const auto& [deliveries, entries] : by_count)
      if (auto error = release(entries, idle, std::max<std::int64_t>(deliveries - 1, 0), false);
          !error.empty())
        return error;
  }
}

std::string delivery_stream::release(
    const ids& entries, milliseconds idle, std::int64_t deliveries, bool force
) {
  args command{"XCLAIM", key_, group_, std::string(stream::released_consumer), "0"};
  append(command, entries);
  append(
      command,
      {"IDLE", std::to_string(idle.count()), "RETRYCOUNT", std::to_string(deliveries), "JUSTID"}
  );
  if (force) command.push_back("FORCE");
  return error_of(call(command));
}

std::string delivery_stream::refresh(const ids& entries) {
  if (entries.empty()) return "";
  auto first = entries.front(), last = entries.front();
  for (const auto& id : entries) {
    if (id_less(id, first)) first = id;
    if (id_less(last, id)) last = id;
  }
  // XCLAIM also takes entries of other consumers, which may have reclaimed them during a stall.
  const auto pending = own_pending(first, last, entries.size() + 100);
  if (!pending) return pending.error;
  const std::set<std::string> refreshed(entries.begin(), entries.end());
  args command{"XCLAIM", key_, group_, consumer_, "0"};
  const auto head = command.size();
  for (const auto& entry : *pending.value)
    if (refreshed.contains(entry.id)) command.push_back(entry.id);
  if (command.size() == head) return "";
  command.push_back("JUSTID");
  return error_of(call(command));
}

delivery_stream::result<delivery_stream::claimed_page> delivery_stream::claim_idle(
    milliseconds idle, const std::string& cursor, int count
) {
  const auto claimed = call(
      {"XAUTOCLAIM", key_, group_, consumer_, std::to_string(idle.count()), cursor, "COUNT",
       std::to_string(count), "JUSTID"}
  );
  if (claimed.reply.error_code() == "NOGROUP") {
    if (auto error = create_group(); !error.empty()) return {{}, std::move(error)};
    return {claimed_page{{}, {}, "0-0"}, ""};
  }
  if (!claimed.ok()) return {{}, claimed.error()};
  const auto& parts = claimed.reply.elements;
  if (parts.size() < 3)
    return {{}, "XAUTOCLAIM reports no deleted entries: Redis 7.0 or later is required"};
  return {claimed_page{texts(parts[1]), texts(parts[2]), parts[0].text}, ""};
}

delivery_stream::result<std::vector<pending_entry>> delivery_stream::own_pending(
    const std::string& from, const std::string& to, std::size_t count
) {
  const auto found = call({"XPENDING", key_, group_, from, to, std::to_string(count), consumer_});
  if (found.reply.error_code() == "NOGROUP") return {std::vector<pending_entry>{}, ""};
  if (!found.ok()) return {{}, found.error()};
  std::vector<pending_entry> out;
  for (const auto& row : found.reply.elements)
    if (row.elements.size() >= 4) out.push_back({row.elements[0].text, row.elements[3].integer});
  return {std::move(out), ""};
}

delivery_stream::result<ids> delivery_stream::oldest_delivered(int count) {
  const auto groups = call({"XINFO", "GROUPS", key_});
  if (!groups.ok()) return {{}, groups.error()};
  std::string last;
  for (const auto& each : groups.reply.elements)
    if (const auto* name = member(each, "name"); name && name->text == group_)
      if (const auto* id = member(each, "last-delivered-id")) last = id->text;
  if (last.empty() || last == "0-0") return {ids{}, ""};
  const auto found = call({"XRANGE", key_, "-", last, "COUNT", std::to_string(count)});
  if (!found.ok()) return {{}, found.error()};
  ids out;
  for (const auto& each : found.reply.elements)
    if (!each.elements.empty()) out.push_back(each.elements[0].text);
  return {std::move(out), ""};
}

delivery_stream::result<ids> delivery_stream::not_pending(const ids& entries) {
  std::vector<args> commands;
  for (const auto& id : entries) commands.push_back({"XPENDING", key_, group_, id, id, "1"});
  const auto found = client_.pipeline(commands, stop_.at_most(timeout_));
  ids out;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i].ok()) return {{}, found[i].error()};
    if (found[i].reply.elements.empty()) out.push_back(entries[i]);
  }
  return {std::move(out), ""};
}

delivery_stream::result<std::vector<delivery_stream::consumer_state>> delivery_stream::consumers() {
  const auto found = call({"XINFO", "CONSUMERS", key_, group_});
  if (!found.ok()) return {{}, found.error()};
  std::vector<consumer_state> out;
  for (const auto& each : found.reply.elements)
    if (const auto* name = member(each, "name"))
      out.push_back(
          {name->text, integer_member(each, "pending"), milliseconds(integer_member(each, "idle"))}
      );
  return {std::move(out), ""};
}

std::optional<std::int64_t> delivery_stream::remove_consumer(const std::string& name) {
  const auto removed = call({"XGROUP", "DELCONSUMER", key_, group_, name});
  if (!removed.ok()) return std::nullopt;
  return removed.reply.integer;
}

}  // namespace trunkline::worker
