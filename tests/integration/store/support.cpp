// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/store/support.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <pqxx/pqxx>
#include <thread>

namespace store_test {

std::string url() {
  const char* value = std::getenv("TEST_DATABASE_URL");
  if (value == nullptr) throw std::runtime_error("TEST_DATABASE_URL is not set");
  return value;
}

struct database::impl {
  pqxx::connection main{url()}, second{url()};
  std::unique_ptr<pqxx::work> transaction;
};

database::database() : impl_(std::make_unique<impl>()) {
  run("truncate webhook_events, activities, recordings, contacts, contact_cards, conversations, "
      "conversation_links, own_numbers, controls, event_copies restart identity");
}
database::~database() = default;

std::string database::query(const std::string& sql) {
  pqxx::nontransaction work(impl_->main);
  std::string text;
  for (const auto& row : work.exec(sql)) {
    if (!text.empty()) text += '\n';
    std::string line;
    for (const auto& field : row) {
      if (!line.empty()) line += '|';
      line += field.is_null() ? "-" : field.c_str();
    }
    text += line;
  }
  return text;
}

void database::run(const std::string& sql) {
  query(sql);
}

void database::hold(const std::string& sql) {
  impl_->transaction = std::make_unique<pqxx::work>(impl_->second);
  impl_->transaction->exec(sql);
}
void database::rollback() {
  impl_->transaction.reset();
}

void database::commit() {
  impl_->transaction->commit();
  impl_->transaction.reset();
}

std::string database::wait_for(const std::string& sql, const std::string& expected) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  auto rows = query(sql);
  while (rows != expected && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    rows = query(sql);
  }
  return rows;
}

store::store_options options(std::string application_name) {
  store::store_options options;
  options.conninfo = url();
  options.application_name = std::move(application_name);
  return options;
}

std::unique_ptr<store::event_store> open_store(store::store_options options) {
  return store::open_event_store(
      std::move(options), logger("test", log_level::error, log_format::text)
  );
}

store::prepared_event event(const std::string& body, const std::string& entry_id) {
  stream::delivery delivery;
  delivery.body = body;
  delivery.received_at_ms = 1795194181310;
  delivery.delivery_id = "D" + entry_id;
  return store::prepare(entry_id, delivery);
}

std::string body_of(const message& m) {
  std::string conversation;
  if (!m.conversation.empty()) conversation = R"("conversationId":")" + m.conversation + R"(",)";
  return R"({"type":"message.received","data":{"object":{"id":")" + m.id + R"(",)" + conversation +
         R"("direction":")" + m.direction + R"(","from":")" + m.from + R"(","to":[")" + m.to +
         R"("],"text":")" + m.text + R"(","status":"received","createdAt":")" + m.at + R"("}}})";
}

namespace {
std::string list_of(const std::vector<std::string>& texts) {
  std::string list;
  for (const auto& text : texts) list += (list.empty() ? "\"" : ",\"") + text + "\"";
  return list;
}
}  // namespace

std::string body_of(const call& c) {
  return R"({"type":"call.completed","data":{"object":{"id":")" + c.id +
         R"(","status":"completed","duration":60,"participants":[)" + list_of(c.participants) +
         R"(],"completedAt":"2026-11-20T17:05:00.000Z"}}})";
}

std::string body_of(const card& c) {
  std::string phones;
  for (const auto& phone : c.phones) {
    phones += (phones.empty() ? "" : ",") + (R"({"type":"phone-number","value":")" + phone) + "\"}";
  }
  return std::string(R"({"id":"EV)") + c.id + c.at +
         R"(","apiVersion":"2026-03-30","createdAt":")" + c.at + R"(","type":"contact.)" +
         (c.deleted ? "deleted" : "updated") + R"(","data":{"resource":{"id":")" + c.id +
         R"(","firstName":")" + c.first_name + R"(","phoneNumbers":[)" + phones +
         R"(],"updatedAt":")" + c.at + R"("},"context":{}}})";
}

std::vector<store::prepared_event> batch(const std::vector<std::string>& bodies) {
  static int entries = 0;
  std::vector<store::prepared_event> events;
  for (const auto& body : bodies) events.push_back(event(body, "7-" + std::to_string(++entries)));
  return events;
}

store::apply_stats apply(store::event_store& store, const std::vector<std::string>& bodies) {
  store::apply_stats stats;
  const auto outcomes = store.apply(batch(bodies), &stats);
  if (!outcomes) FAIL(outcomes.error().sqlstate << ' ' << outcomes.error().message);
  return stats;
}

}  // namespace store_test
