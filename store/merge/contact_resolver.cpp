// SPDX-License-Identifier: Apache-2.0
#include "store/merge/contact_resolver.hpp"

#include "common/postgres/postgres.hpp"

namespace trunkline::store {
namespace {

std::string literal(const phone_set& phones) {
  postgres::array_literal array;
  for (const auto& phone : phones) array.add(phone);
  return array.take();
}

}  // namespace

void contact_book::look_up(const phone_set& phones) {
  if (phones.empty()) return;
  for (const auto& row : store::look_up(db_, {phones, {}, {}})) take(row);
}

void contact_book::take(const found& row) {
  if (row.what == found::sort::contact) known_[row.name] = {row.id, row.flag};
}

void contact_book::open(const phone_set& named) {
  // Most numbers are named long since, and named contacts stay: no lock is needed to know that.
  phone_set missing;
  for (const auto& phone : named) {
    const auto at = known_.find(phone);
    if (at == known_.end() || !at->second.named) missing.insert(phone);
  }
  if (missing.empty()) return;
  const auto made = db_.run("insert_named_contacts", {literal(missing)});
  for (std::size_t i = 0; i < made.size(); ++i) {
    const std::string phone(made.text(i, 0));
    known_[phone] = {made.number(i, 1), true};
    missing.erase(phone);
  }
  look_up(missing);  // another transaction named them in between
}

void contact_book::ensure(const phone_set& phones) {
  phone_set missing;
  for (const auto& phone : phones) {
    if (!known_.contains(phone)) missing.insert(phone);
  }
  look_up(missing);
  std::erase_if(missing, [this](const auto& phone) { return known_.contains(phone); });
  if (missing.empty()) return;
  const auto made = db_.run("insert_contacts", {literal(missing)});
  for (std::size_t i = 0; i < made.size(); ++i) {
    const std::string phone(made.text(i, 0));
    known_[phone] = {made.number(i, 1), false};
    missing.erase(phone);
  }
  look_up(missing);
}

void contact_book::delete_unused(const std::set<std::int64_t>& ids) {
  if (ids.empty()) return;
  postgres::array_literal array;
  for (const auto id : ids) array.add_number(id);
  db_.run("delete_unused_contacts", {array.take()});
}

std::optional<std::int64_t> contact_book::find(std::string_view phone) const {
  const auto at = known_.find(std::string(phone));
  if (at == known_.end()) return std::nullopt;
  return at->second.id;
}

}  // namespace trunkline::store
