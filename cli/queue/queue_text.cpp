// SPDX-License-Identifier: Apache-2.0
#include "cli/queue/queue_text.hpp"

#include <cstdio>

#include "cli/output.hpp"
#include "common/text/units.hpp"

namespace trunkline::cli {
namespace {

using milliseconds = std::chrono::milliseconds;
using lines = std::vector<std::vector<std::string>>;
constexpr const char* unknown = "unknown";

std::string rate_text(std::optional<double> rate) {
  if (!rate) return unknown;
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.1f/s", *rate);
  return digits;
}

std::string count_text(std::optional<std::int64_t> count) {
  return count ? std::to_string(*count) : unknown;
}

std::string oldest_text(std::optional<milliseconds> age) {
  return age ? "oldest " + describe_age(*age) : "";
}

std::string bytes_text(std::int64_t bytes) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.1f MiB", static_cast<double>(bytes) / (1 << 20));
  return digits;
}

std::string rejected_text(const redis_state& redis) {
  if (!redis.rejected) return unknown;
  std::int64_t sum = 0;
  std::string reasons;
  for (const auto& [reason, count] : *redis.rejected) {
    sum += count;
    reasons += (reasons.empty() ? ": " : ", ") + printable(reason) + " " + std::to_string(count);
  }
  return std::to_string(sum) + " in the last hour" + reasons;
}

std::string memory_text(const redis_state& redis) {
  if (!redis.used_memory || !redis.max_memory) return unknown;
  if (*redis.max_memory == 0) return bytes_text(*redis.used_memory) + ", without a limit";
  char percent[16];
  std::snprintf(
      percent, sizeof percent, "%.0f %%",
      100.0 * static_cast<double>(*redis.used_memory) / static_cast<double>(*redis.max_memory)
  );
  return bytes_text(*redis.used_memory) + " of " + bytes_text(*redis.max_memory) + " (" + percent +
         ")";
}

std::string durability_text(const redis_state& redis) {
  if (!redis.appendonly || !redis.appendfsync) return "unknown: not readable with this login";
  return "appendonly " + printable(*redis.appendonly) + ", appendfsync " +
         printable(*redis.appendfsync);
}

void add_processes(lines& out, const char* what, const std::vector<process_info>& processes) {
  for (const auto& process : processes) {
    std::string text = process.state.empty() ? unknown : printable(process.state);
    if (!process.reason.empty()) text += ": " + printable(process.reason);
    if (!process.durability.empty()) text += ", durability " + printable(process.durability);
    out.push_back(
        {what, printable(process.id), text + (process.rate ? ", " + rate_text(process.rate) : "")}
    );
  }
}

void add_redis(lines& out, const redis_state& redis) {
  const auto& workers = redis.workers;
  out.push_back(
      {"accepted", rate_text(redis.accepted_rate),
       redis.last_accepted_age     ? "last " + describe_age(*redis.last_accepted_age) + " ago"
       : redis.ever_accepted_known ? "nothing so far"
                                   : "last unknown"}
  );
  out.push_back({"settled", rate_text(settled_rate(redis))});
  out.push_back({"rejected", rejected_text(redis)});
  out.push_back(
      {"workers", workers ? std::to_string(workers->size()) : unknown,
       (redis.consumers ? std::to_string(*redis.consumers) : unknown) + std::string(" threads")}
  );
  if (workers) add_processes(out, "  worker", *workers);
  if (redis.gateways) {
    out.push_back({"gateways", std::to_string(redis.gateways->size())});
    add_processes(out, "  gateway", *redis.gateways);
  }
  out.push_back({"memory", memory_text(redis)});
  out.push_back({"durability", durability_text(redis)});
}

std::vector<std::string> state_line(const char* name, const state_count& state) {
  return {
      name, std::to_string(state.count) + (state.at_least ? "+" : ""), oldest_text(state.oldest)};
}

}  // namespace

std::string as_line(const queue_report& report, const queue_verdict& verdict) {
  std::string out = printable(describe(verdict));
  if (report.redis)
    out += " | accepted " + rate_text(report.redis->accepted_rate) + ", settled " +
           rate_text(settled_rate(*report.redis));
  return out;
}

std::string as_text(const queue_report& report, const queue_verdict& verdict) {
  lines out;
  if (report.postgres && report.postgres->pause)
    out.push_back({"applying", "paused", printable(describe(*report.postgres->pause))});
  if (report.redis) {
    out.push_back({"ready", count_text(report.redis->ready()), oldest_text(report.redis->ready_age)}
    );
    out.push_back(
        {"pending", count_text(report.redis->pending), oldest_text(report.redis->pending_age)}
    );
  } else {
    out.push_back({"ready", unknown});
    out.push_back({"pending", unknown});
  }
  if (report.postgres) {
    out.push_back(state_line("retrying", report.postgres->retrying));
    out.push_back(state_line("dead", report.postgres->dead));
  } else {
    out.push_back({"retrying", unknown});
    out.push_back({"dead", unknown});
  }
  if (report.redis) {
    add_redis(out, *report.redis);
  } else {
    for (const char* name : {"accepted", "settled", "rejected", "workers", "memory", "durability"})
      out.push_back({name, unknown});
  }
  return printable(describe(verdict)) + "\n\n" + table(out);
}

}  // namespace trunkline::cli
