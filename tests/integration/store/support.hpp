// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/events/event_store.hpp"

// Shared by the tests of this folder: a database that is emptied for each test, and a separate
// connection to it.
namespace store_test {

using namespace trunkline;

// Empties every table. Needs TEST_DATABASE_URL, migrated.
class database {
 public:
  database();
  ~database();
  // Returns rows as text: columns joined by '|', rows by newlines, nulls as "-".
  std::string query(const std::string& sql);
  void run(const std::string& sql);
  // Opens a session that stays in a transaction and holds its locks.
  void hold(const std::string& sql);
  void rollback();
  void commit();
  // Repeats the query until it returns the expected rows, for at most 10 s. Returns the last rows.
  std::string wait_for(const std::string& sql, const std::string& expected);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

std::string url();
store::store_options options(std::string application_name = "store-test");
std::unique_ptr<store::event_store> open_store(store::store_options = options());

// Returns a delivery of this body with this stream id.
store::prepared_event event(const std::string& body, const std::string& entry_id = "1-1");

// Return bodies. Omitted parts are "".
struct message {
  std::string id = {}, from = "+14155550142", to = "+14155550100", conversation = {},
              direction = "incoming", text = "hello", at = "2026-11-20T17:00:00.000Z";
};
std::string body_of(const message&);
struct call {
  std::string id = {};
  std::vector<std::string> participants = {};
};
std::string body_of(const call&);
struct card {
  std::string id = {}, first_name = {}, at = {};
  std::vector<std::string> phones = {};
  bool deleted = false;
};
std::string body_of(const card&);

std::vector<store::prepared_event> batch(const std::vector<std::string>& bodies);
// Applies bodies as one batch, each with a new stream id. The test fails on an error.
store::apply_stats apply(store::event_store&, const std::vector<std::string>& bodies);

}  // namespace store_test
