// SPDX-License-Identifier: Apache-2.0
#include "tests/support/applier/jobs.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <random>

#include "common/text/encoding.hpp"

namespace trunkline::applier {
namespace {

std::string text_of(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

bool read_event(const rapidjson::Value& value, job::body& event) {
  const rapidjson::Value* body = &value;
  if (value.IsObject()) {
    const auto at = value.FindMember("body"), id = value.FindMember("id");
    if (at == value.MemberEnd()) return false;
    body = &at->value;
    if (id != value.MemberEnd() && id->value.IsString()) event.provider_id = text_of(id->value);
  }
  if (!body->IsString()) return false;
  auto bytes = base64_decode(text_of(*body));
  if (bytes) event.bytes = std::move(*bytes);
  return bytes.has_value();
}

bool is_collision(const store::store_error& error) {
  return error.sqlstate == "40001" || error.sqlstate == "40P01" || error.sqlstate == "55P03";
}

}  // namespace

job read_job(const std::string& line) {
  job work;
  rapidjson::Document document;
  document.Parse(line.data(), line.size());
  if (document.HasParseError() || !document.IsObject()) {
    work.problem = "not a JSON object: " + line.substr(0, 60);
    return work;
  }
  work.barrier = document.HasMember("barrier");
  if (work.barrier) return work;
  const auto connection = document.FindMember("connection"), events = document.FindMember("events");
  if (connection != document.MemberEnd() && connection->value.IsInt()) {
    work.connection = connection->value.GetInt();
  }
  if (events == document.MemberEnd() || !events->value.IsArray()) {
    work.problem = "no events";
    return work;
  }
  for (const auto& value : events->value.GetArray()) {
    if (!read_event(value, work.events.emplace_back())) work.problem = "an event is not base64";
  }
  return work;
}

void tally::applied(std::size_t events, bool restructured) {
  const std::lock_guard lock(guard_);
  applied_ += events;
  restructures_ += restructured ? 1 : 0;
}

void tally::error(std::string message) {
  const std::lock_guard lock(guard_);
  errors_.push_back(std::move(message));
}

bool tally::failed() const {
  const std::lock_guard lock(guard_);
  return !errors_.empty();
}

std::string tally::line(bool barrier) const {
  const std::lock_guard lock(guard_);
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  json.StartObject();
  if (barrier) {
    json.Key("barrier");
    json.Bool(true);
  }
  json.Key("applied");
  json.Uint64(applied_);
  json.Key("restructures");
  json.Uint64(restructures_);
  json.Key("errors");
  json.StartArray();
  for (const auto& error : errors_) {
    json.String(error.data(), static_cast<rapidjson::SizeType>(error.size()));
  }
  json.EndArray();
  json.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

connections::~connections() {
  {
    const std::lock_guard lock(guard_);
    ending_ = true;
  }
  changed_.notify_all();
}

void connections::add(job work) {
  const std::lock_guard lock(guard_);
  auto [queue, fresh] = queues_.try_emplace(work.connection);
  if (fresh) threads_.emplace_back([this, &waiting = queue->second] { serve(waiting); });
  queue->second.push_back(std::move(work));
  ++unfinished_;
  changed_.notify_all();
}

void connections::wait() {
  std::unique_lock lock(guard_);
  changed_.wait(lock, [this] { return unfinished_ == 0; });
}

void connections::serve(std::deque<job>& queue) {
  const auto store = open_();
  std::unique_lock lock(guard_);
  while (true) {
    changed_.wait(lock, [&] { return ending_ || !queue.empty(); });
    if (queue.empty()) return;
    const auto work = std::move(queue.front());
    queue.pop_front();
    log_(work, batches_++);
    lock.unlock();
    apply(*store, work);
    lock.lock();
    --unfinished_;
    changed_.notify_all();
  }
}

void connections::apply(store::event_store& store, const job& work) {
  std::vector<store::prepared_event> batch;
  for (const auto& event : work.events) {
    stream::delivery delivery;
    delivery.body = event.bytes;
    delivery.received_at_ms = 1795194181310;
    delivery.provider_delivery_id = event.provider_id;
    std::size_t entry = 0;
    {
      const std::lock_guard lock(guard_);
      entry = entries_++;
    }
    delivery.delivery_id = "TEST" + std::to_string(entry);
    batch.push_back(store::prepare("1795194181310-" + std::to_string(entry), std::move(delivery)));
  }
  thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<int> wait_ms(1, 20);
  for (int attempt = 1;; ++attempt) {
    store::apply_stats stats;
    const auto adopted = store.adopt_own_numbers();
    if (adopted) {
      const auto outcomes = store.apply(batch, &stats);
      if (outcomes) return counts_.applied(batch.size(), stats.restructured);
      if (!is_collision(outcomes.error()) || attempt == 100) {
        return counts_.error(outcomes.error().sqlstate + " " + outcomes.error().message);
      }
    } else if (!is_collision(adopted.error()) || attempt == 100) {
      return counts_.error(adopted.error().sqlstate + " " + adopted.error().message);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms(random)));
  }
}

}  // namespace trunkline::applier
